"""What the shipped bot understands, asked in its own environment without a server."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from api.learning import releases
from cli import texts
from cli.bench.models import bot_python, quiet_environment
from cli.bench.request import Source
from cli.errors import Refused
from cli.programs import ONE_THREAD
from cli.progress import Detail, Steps
from cli.settings import REPOSITORY

FAQ = "faq"
FALLBACK = "nlu_fallback"
LOG_TAIL = 2_000


@dataclass(frozen=True)
class Understood:
    """One text as a turn would have it; `ranking` are knowledge keys with their scores."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    verdict: str
    offer: tuple[str, ...]
    milliseconds: float

    @property
    def kind(self) -> str:
        """What the bot does: `answer`, `suggestion`, `refusal`, or `intent` (something else).

        As `actions/answers.py` decides it for the first message of a conversation.
        """
        if self.intent == FAQ and self.verdict == "answer":
            return "answer"
        if self.intent in (FAQ, FALLBACK):
            return "suggestion" if self.offer else "refusal"
        return "intent"


def understand(
    source: Source,
    lines: Sequence[str],
    environ: Mapping[str, str],
    steps: Steps,
    wishes: Sequence[float | None] | None = None,
) -> list[Understood]:
    """Parse `lines` with the bot's model in `source`; `Refused` with the log when it fails.

    `wishes` are what the classifier tells the bot of each line: how probable it is that the
    customer wants a person.
    """
    model = source.folder / releases.MODEL
    command = [str(bot_python(environ)), "-m", "bot.parse_lines", str(model)]
    with tempfile.TemporaryDirectory() as folder, steps.step(texts.BENCH_MEASURE) as detail:
        asked, log = Path(folder) / "texts", Path(folder) / "log"
        told = [
            {"text": line, "metadata": {"wants_person": wish}}
            for line, wish in zip(lines, wishes or [None] * len(lines), strict=True)
        ]
        asked.write_text("".join(json.dumps(item) + "\n" for item in told), encoding="utf-8")
        with asked.open("rb") as stdin, log.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                cwd=REPOSITORY,
                env={**quiet_environment(), **ONE_THREAD},
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )
            try:
                found = _collect(process, len(lines), detail)
            finally:
                process.kill()
                process.wait()
        if len(found) != len(lines):
            tail = log.read_text("utf-8", "replace")[-LOG_TAIL:]
            raise Refused(texts.BENCH_PROGRAM_FAILED.fill(what="bot.parse_lines", log=tail))
    return found


def task_intents(source: Source) -> frozenset[str]:
    """Intents that start a task, from the bot's rules of the same release."""
    kept = source.folder / "data" / "bot" / "rules" / "tasks.yml"
    path = kept if kept.exists() else REPOSITORY / "bot" / "rules" / "tasks.yml"
    found: set[str] = set()
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
        steps = rule["steps"]
        if {"action": "task_form"} in steps:
            options = [option for step in steps for option in (step, *step.get("or", ()))]
            found.update(str(option["intent"]) for option in options if "intent" in option)
    return frozenset(found)


def _collect(process: subprocess.Popen[bytes], total: int, detail: Detail) -> list[Understood]:
    assert process.stdout is not None
    found: list[Understood] = []
    for line in process.stdout:
        found.append(_understood(json.loads(line)))
        if len(found) % 100 == 0 or len(found) == total:
            detail(f"{len(found)}/{total}")
    process.stdout.close()
    return found


def _understood(answer: Mapping[str, object]) -> Understood:
    parsed = answer["parsed"]
    assert isinstance(parsed, dict)
    intent = parsed.get("intent") or {}
    decision = parsed.get("faq_decision") or {}
    ranking = parsed.get("faq_ranking") or ()
    return Understood(
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple((str(item["key"]), float(item["score"])) for item in ranking),
        verdict=str(decision.get("verdict") or "none"),
        offer=tuple(map(str, decision.get("offer") or ())),
        milliseconds=float(str(answer["ms"])),
    )
