"""The model a bench measures: a release of the desk, a given folder, or one trained now."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Literal

from api.db import Database
from api.events import SilentBus
from api.knowledge.seeding import read_topics
from api.knowledge.service import TrainingEntry
from api.learning import releases, training
from api.learning.material import snapshot
from api.learning.material.bundle import NLU_DATA
from classifier.data import DataError
from classifier.store import METADATA
from cli import inside, state, texts
from cli.bench.request import Request, Source
from cli.checks import BOT_PYTHON, check_bot
from cli.errors import Refused
from cli.progress import Steps
from cli.settings import REPOSITORY, read_home

Part = Literal["classifier", "bot"]

_NEEDED: Mapping[Part, str] = {"classifier": f"classifier/{METADATA}", "bot": releases.MODEL}
_LEARNED_FROM: Mapping[Part, tuple[str, ...]] = {
    "classifier": ("triage", "human", "intents", "knowledge.json", "lexicon"),
    "bot": ("config.yml", "knowledge.json", "intents", "lexicon", "bot"),
}
_CODE: Mapping[Part, tuple[str, ...]] = {
    "classifier": ("nlp/*.py", "classifier/*.py", "classifier/*.yml", "api/learning/wishes.py"),
    "bot": ("nlp/*.py", "bot/*.py", "bot/components/*", "bot/uv.lock"),
}
_UNUSED = timedelta(days=1)
"""A trained model that no bench used for so long is dropped."""


def find_model(part: Part, request: Request, steps: Steps) -> Source:
    """The folder with the wanted model in the form of a release; trains one if need be.

    `Refused` when a release is asked for and there is none, or the training fails.
    """
    if request.model is not None:
        return _given(part, request.model)
    if request.release != "fresh":
        found = _live(request.environ)
        if found is not None and (found.folder / _NEEDED[part]).exists():
            return found
        if request.release == "live":
            raise Refused(texts.BENCH_NO_RELEASE.fill(home=read_home(request.environ).root))
    return _fresh(part, request.environ, steps)


def bot_python(environ: Mapping[str, str]) -> Path:
    """Rasa's interpreter; `Refused` when its environment is not there."""
    python = Path(environ.get("FENZHEN_BOT_PYTHON") or BOT_PYTHON)
    check_bot(python)
    return python


def _given(part: Part, folder: Path) -> Source:
    if not (folder / _NEEDED[part]).exists():
        raise Refused(texts.BENCH_NO_MODEL.fill(folder=folder, file=_NEEDED[part]))
    return Source("given", folder, data_hash=_hash_of(folder))


def _live(environ: Mapping[str, str]) -> Source | None:
    """The live release; when no desk runs (only its database knows), the newest one."""
    home = read_home(environ)
    known = state.load(home.state)
    if known is not None and any(process.find() for process in known.processes.values()):
        settings = inside.running_desk(environ)
        number = asyncio.run(_live_number(settings.sqlalchemy_url))
        if number is None:
            return None
        folder = releases.folder(settings, number)
        return Source("live", folder, number, _hash_of(folder))
    numbers = [int(path.name) for path in (home.root / "releases").glob("*") if path.name.isdigit()]
    if not numbers:
        return None
    folder = home.root / "releases" / str(max(numbers))
    return Source("newest", folder, max(numbers), _hash_of(folder))


async def _live_number(url: str) -> int | None:
    database = Database(url, SilentBus())
    try:
        async with database.transaction() as tx:
            found = await releases.live(tx)
            return None if found is None else found.number
    finally:
        await database.dispose()


def _hash_of(folder: Path) -> str | None:
    if (folder / "data").is_dir():
        return snapshot.data_hash(folder / "data")
    try:
        about = json.loads((folder / "classifier" / METADATA).read_text("utf-8"))
        return str(about["data_hash"])
    except (OSError, ValueError, KeyError):
        return None


def _fresh(part: Part, environ: Mapping[str, str], steps: Steps) -> Source:
    """Trained from the repository as it is now; kept until data or code change."""
    cache = read_home(environ).root / "bench"
    try:
        cache.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(dir=cache, prefix=".training-"))
    except OSError as error:
        raise Refused(texts.HOME_UNUSABLE.fill(home=cache, reason=error.strerror)) from error
    try:
        taken = snapshot.write(work / "data", snapshot.bundled(_shipped_entries()))
        folder = cache / f"{part}-{_key(part, work / 'data')}"
        if not (folder / _NEEDED[part]).exists():
            with steps.step(texts.BENCH_TRAIN[part]):
                _train(part, environ, work)
            _keep(work, folder, _NEEDED[part])
        os.utime(folder)
        _tidy(cache, part)
        return Source("fresh", folder, data_hash=taken.data_hash)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _keep(work: Path, folder: Path, needed: str) -> None:
    """Move what was trained to its place, unless another bench was there first."""
    try:
        work.rename(folder)
    except OSError:
        if not (folder / needed).exists():
            shutil.rmtree(folder)
            work.rename(folder)


def _tidy(cache: Path, part: Part) -> None:
    """Drop the models no bench has used for a while; a recent one may be in use right now."""
    oldest = time.time() - _UNUSED.total_seconds()
    for folder in cache.glob(f"{part}-*"):
        with contextlib.suppress(FileNotFoundError):  # another bench tidies too
            if folder.stat().st_mtime < oldest:
                shutil.rmtree(folder, ignore_errors=True)


def _train(part: Part, environ: Mapping[str, str], work: Path) -> None:
    python = bot_python(environ) if part == "bot" else None
    try:
        if python is None:
            training.train_classifier(work)
        else:
            training.train_bot(python, work)
    except (training.TrainingFailed, DataError, OSError) as error:
        raise Refused(texts.BENCH_TRAINING_FAILED.fill(reason=error)) from error


def _shipped_entries() -> list[TrainingEntry]:
    """The bundled entries as a new desk has them."""
    return [
        TrainingEntry(
            entry["key"],
            entry["question"],
            tuple(dict.fromkeys(map(str, entry["questions"]))),
            entry["answer"].strip(),
            entry.get("task"),
        )
        for topic in read_topics(NLU_DATA / "faq")
        for entry in topic["entries"]
    ]


def _key(part: Part, data: Path) -> str:
    """Names everything the trained model depends on."""
    files = [path for name in _LEARNED_FROM[part] for path in _files(data / name)]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(f"{path.relative_to(data)}\0".encode() + path.read_bytes())
    for pattern in _CODE[part]:
        for path in sorted(REPOSITORY.glob(pattern)):
            if path.is_file():
                total.update(f"{path.relative_to(REPOSITORY)}\0".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def _files(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else [item for item in path.rglob("*") if item.is_file()]
