"""Trains the two models of a release from one snapshot of what is learned from."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from api.learning import releases
from api.learning.bot_process import run_bot
from api.learning.material.snapshot import BUILT, training_config
from api.learning.wishes import LEARNED, write_wishes
from classifier.train import Progress, train_triage

Log = Callable[[str], None]
"""Told each line that the bot's training prints."""


class TrainingFailed(Exception):
    """The bot's training ended with an error; the text holds the end of its log."""


_LOG_TAIL = 2000


def train_classifier(work: Path, progress: Progress | None = None) -> None:
    """`work/classifier` from the snapshot in `work/data`."""
    files = sorted((work / "data" / "triage").glob("*.tsv"))
    learned = work / LEARNED
    write_wishes(work / "data", learned)
    wishes = [*sorted((work / "data" / "human").glob("*.tsv")), learned]
    lexicon = work / "data" / "lexicon"
    train_triage(files, work / releases.CLASSIFIER, progress, wishes=wishes, lexicon=lexicon)


def train_bot(bot_python: Path, work: Path, log: Log | None = None) -> None:
    """Rasa's training from the snapshot in `work/data`, in its own environment (design §3).

    Raises `TrainingFailed`.
    """
    data = work / "data"
    built = data / BUILT
    python = str(bot_python)
    build = [python, "-m", "bot.build_training_data", str(data / "knowledge.json"), str(built)]
    _run([*build, "--domain", str(data / "bot" / "domain")], work)
    sources = (built / "nlu", data / "intents", data / "bot" / "data", data / "bot" / "rules")
    _run(
        [
            *(python, "-m", "rasa", "train", "--skip-validation"),
            *("--config", str(training_config(data)), "--domain", str(built / "domain")),
            *("--data", *map(str, sources)),
            *("--out", str(work), "--fixed-model-name", releases.MODEL.removesuffix(".tar.gz")),
        ],
        work,
        log,
    )
    shutil.rmtree(work / "cache", ignore_errors=True)


def _run(command: list[str], work: Path, log: Log | None = None) -> None:
    said: list[str] = []

    def tell(line: str) -> None:
        said.append(line)
        if log is not None:
            log(line)

    code = run_bot(command, {"RASA_CACHE_DIRECTORY": str(work / "cache")}, tell)
    if code:
        raise TrainingFailed("\n".join(said)[-_LOG_TAIL:])
