"""A bot that is trained in no time and can be held up, and the processes of a training."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import psutil
from sqlalchemy import text

from api.db import Database

_PROGRAM = """#!{python} -I
import json, pathlib, sys, time
folder, arguments = pathlib.Path({folder!r}), sys.argv[1:]
def value(name):
    return arguments[arguments.index(name) + 1]
if "rasa" in arguments:
    (folder / "training").touch()
    while (folder / "hold").exists():
        time.sleep(0.02)
    if (folder / "broken").exists():
        print("no such component")
        raise SystemExit(3)
    print("Finished training component 'Everything'")
    target = pathlib.Path(value("--out")) / (value("--fixed-model-name") + ".tar.gz")
    target.write_bytes(b"model")
elif "bot.parse_lines" in arguments:
    for line in sys.stdin:
        intent = {{"name": "nlu_fallback", "confidence": 0.5}}
        print(json.dumps({{"ms": 1.0, "parsed": {{"intent": intent}}}}), flush=True)
"""


@dataclass(frozen=True)
class StubBot:
    """Stands for Rasa's Python: it understands nothing, and its training waits while held."""

    folder: Path

    @property
    def python(self) -> Path:
        """The program, for `Settings.bot_python`."""
        return self.folder / "python"

    @property
    def training(self) -> bool:
        """Whether its training has begun."""
        return (self.folder / "training").exists()

    def hold(self) -> None:
        """Trainings do not end from now on."""
        (self.folder / "hold").touch()

    def release(self) -> None:
        """They do again."""
        (self.folder / "hold").unlink(missing_ok=True)

    def break_down(self) -> None:
        """Trainings fail from now on."""
        (self.folder / "broken").touch()

    def forget(self) -> None:
        """No training has begun."""
        (self.folder / "training").unlink(missing_ok=True)


def stub_bot(folder: Path) -> StubBot:
    """A new one in `folder`."""
    folder.mkdir()
    bot = StubBot(folder)
    bot.python.write_text(_PROGRAM.format(python=sys.executable, folder=str(folder)), "utf-8")
    bot.python.chmod(0o755)
    return bot


def processes_of(run_id: UUID | str, bot: StubBot) -> list[psutil.Process]:
    """The training's own process, and the programs of the bot it has started."""
    marks = (str(run_id), str(bot.folder))
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if line and any(mark in argument for mark in marks for argument in line):
            found.append(process)
    return [process for process in found if process.status() != psutil.STATUS_ZOMBIE]


def own_process(run_id: UUID | str) -> psutil.Process:
    """The process of the training itself."""
    wanted = ["api.learning.runs", str(run_id)]
    for process in psutil.process_iter(["cmdline"]):
        if (process.info["cmdline"] or [])[-2:] == wanted:
            return process
    raise AssertionError(f"no process of {run_id}")


async def little_to_learn(database: Database) -> None:
    """Leave only so much material that a training takes seconds."""
    async with database.transaction() as tx:
        await tx.execute(
            text(
                """DELETE FROM training_line WHERE kind = 'triage' AND get_byte(digest, 0) > 12
                AND NOT (labels ->> 'nature' IN ('report', 'suggestion', 'praise'))"""
            )
        )
        await tx.execute(text("DELETE FROM knowledge_question"))
