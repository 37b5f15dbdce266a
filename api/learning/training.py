"""Trains a release: one Rasa model and one classifier from exactly the same data.

The files of a release are written into a folder of their own and only then entered in the
database, so a training that is killed leaves nothing half done behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api.db import Database, Transaction
from api.events import SilentBus
from api.ids import now
from api.knowledge import service as knowledge
from api.learning import releases
from api.learning.labelling import load_classifier
from api.learning.wishes import write_wishes
from api.models import Release
from api.settings import REPOSITORY, Settings
from classifier.evaluate import as_plain, evaluate_triage
from classifier.train import train_triage
from triage.priority import matrix

Progress = Callable[[str], None]
"""Told what is being done, in a few words."""

NLU_DATA = REPOSITORY / "nlu_data"
_LOG_TAIL = 2000
_BUILT = "built"


class TrainingFailed(Exception):
    """The bot's training ended with an error; the text holds the end of its log."""


def ensure_first_release(settings: Settings, progress: Progress) -> int:
    """The number of the live release; trains and promotes one when there is none."""
    return asyncio.run(_ensure(settings, progress))


def train(settings: Settings, progress: Progress, *, promote: bool) -> int:
    """Train a release, make it live if wanted, and return its number."""
    return asyncio.run(_with_database(settings, progress, promote))


async def _ensure(settings: Settings, progress: Progress) -> int:
    database = Database(settings.sqlalchemy_url, SilentBus())
    try:
        async with database.transaction() as tx:
            live = await releases.live(tx)
        if live is not None and releases.folder(settings, live.number).is_dir():
            return live.number
        return await _train(settings, database, progress, promote=True)
    finally:
        await database.dispose()


async def _with_database(settings: Settings, progress: Progress, promote: bool) -> int:
    database = Database(settings.sqlalchemy_url, SilentBus())
    try:
        return await _train(settings, database, progress, promote=promote)
    finally:
        await database.dispose()


async def _train(
    settings: Settings, database: Database, progress: Progress, *, promote: bool
) -> int:
    async with database.transaction() as tx:
        entries = await knowledge.training_entries(tx)
    with _workplace(settings.releases) as work:
        digest = snapshot(work / "data", entries)
        progress("models")
        await _train_both(settings.bot_python, work)
        progress("evaluation")
        evaluation = _evaluate(work)
        async with database.transaction() as tx:
            release = await _enter(tx, digest, _hash(work / releases.MODEL), evaluation)
            _install(work, releases.folder(settings, release.number))
            if promote:
                await releases.promote(tx, release.number)
    return release.number


async def _train_both(bot_python: Path, work: Path) -> None:
    """Bot and classifier side by side: each is one process that keeps one core busy."""
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(train_bot, bot_python, work))
        group.create_task(asyncio.to_thread(train_classifier, work))


def snapshot(folder: Path, entries: Sequence[knowledge.TrainingEntry]) -> str:
    """Copy everything the training reads into `folder`; returns the SHA-256 of it all."""
    for part in ("intents", "triage", "human", "lexicon", "held_out"):
        if (NLU_DATA / part).is_dir():
            shutil.copytree(NLU_DATA / part, folder / part)
    for part in ("data", "domain", "rules"):
        shutil.copytree(REPOSITORY / "bot" / part, folder / "bot" / part)
    shutil.copy(REPOSITORY / "config.yml", folder / "config.yml")
    knowledge_file = folder / "knowledge.json"
    knowledge_file.write_text(
        json.dumps(
            [asdict(entry) for entry in entries],
            ensure_ascii=False,
            indent=1,
        ),
        encoding="utf-8",
    )
    return data_hash(folder)


def data_hash(folder: Path) -> str:
    """SHA-256 over a snapshot, without what the training builds from it."""
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] != _BUILT:
            total.update(str(name).encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


@contextlib.contextmanager
def _workplace(parent: Path) -> Iterator[Path]:
    """A folder that is gone afterwards, unless `_install` has moved it."""
    parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=parent, prefix=".training-"))
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _install(work: Path, folder: Path) -> None:
    """Move a finished release to where the processes look for it."""
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def train_classifier(work: Path) -> None:
    """`work/classifier` from the snapshot in `work/data`."""
    files = sorted((work / "data" / "triage").glob("*.tsv"))
    learned = work / "wishes.tsv"
    write_wishes(work / "data", learned)
    wishes = [*sorted((work / "data" / "human").glob("*.tsv")), learned]
    train_triage(files, work / "classifier", wishes=wishes, lexicon=work / "data" / "lexicon")


def train_bot(bot_python: Path, work: Path) -> None:
    """Rasa's training from the snapshot in `work/data`, in its own environment (design §3).

    Raises `TrainingFailed`.
    """
    data = work / "data"
    built = data / _BUILT
    python = str(bot_python)
    _run([python, "-m", "bot.build_training_data", str(data / "knowledge.json"), str(built)], work)
    sources = (built / "nlu", data / "intents", data / "bot" / "data", data / "bot" / "rules")
    _run(
        [
            *(python, "-m", "rasa", "train", "--quiet", "--skip-validation"),
            *("--config", str(data / "config.yml"), "--domain", str(built / "domain")),
            *("--data", *map(str, sources)),
            *("--out", str(work), "--fixed-model-name", releases.MODEL.removesuffix(".tar.gz")),
        ],
        work,
    )
    shutil.rmtree(work / "cache", ignore_errors=True)


def _run(command: Sequence[str], work: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not _secret(name)},
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",  # it would miss changes of the lexicon
        "RASA_CACHE_DIRECTORY": str(work / "cache"),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(REPOSITORY),
    }
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TrainingFailed((done.stdout + done.stderr)[-_LOG_TAIL:])


def _secret(name: str) -> bool:
    """The desk's own settings are nothing for Rasa's environment (design §3)."""
    return name.startswith("FENZHEN_") or name in ("DATABASE_URL", "REDIS_URL")


def _evaluate(work: Path) -> dict[str, Any]:
    """Figures on data the training never sees."""
    classifier = load_classifier(work / "classifier")
    held_out = sorted((work / "data" / "held_out").glob("triage*.tsv"))
    return {path.stem: as_plain(evaluate_triage(classifier, path, matrix)) for path in held_out}


async def _enter(
    tx: Transaction, data_hash: str, model_hash: str, evaluation: dict[str, Any]
) -> Release:
    release = Release(
        data_hash=data_hash,
        model_hash=model_hash,
        evaluation=evaluation,
        created_at=now(),
    )
    tx.add(release)
    await tx.flush()
    return release
