"""The steps of a training, from what is learned from to a release that can go live."""

from __future__ import annotations

import asyncio
import hashlib
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from pydantic import JsonValue
from sqlalchemy import text

from api.db import Database, Transaction
from api.ids import now
from api.learning import releases, training
from api.learning.material import snapshot
from api.learning.proof import gates, replay
from api.learning.proof import service as proof
from api.learning.proof.evaluation import evaluation_of
from api.learning.proof.examining import Examined, examine
from api.learning.proof.parsing import ParsingFailed
from api.learning.proof.predicting import Expected, held_out
from api.learning.proof.replay import Real
from api.learning.proof.shapes import Findings
from api.learning.rollout import files, moves
from api.learning.rollout.moves import By
from api.learning.runs import folders, service
from api.learning.runs.reporting import Reporter
from api.models import Release
from api.settings import Settings
from classifier.store import ModelError

_BOT_SHARE = 0.8
"""Of the time both models take, side by side."""
_TRAINED = re.compile(r"Finished training component '([^']+)'")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m|\[\d+m")
_BAR = re.compile(r"\r|\dit/s|\?it/s|\d%\|")
_PLACE = re.compile(r"^[-\d]+ [:\d]+ (?:DEBUG|INFO|WARNING) +\S+ +- ")
_WARNING = re.compile(r"\.py:\d+: \w*Warning: |^\s+(?:\w+\.)*(?:raise_)?warn(?:ing)?\(")
"""What Python says of a warning, and the line of code below it."""
_FOLDERS = re.compile(r"(?<![\w.:/])/(?:[\w.+-]+/)+(?=[\w.+-])")
"""The folders before the name of a file of the server."""
_AS_OF_ONE_MOMENT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
"""Or a line that goes from an intent to an entry meanwhile would be in neither."""
_COMPONENTS = 5
"""About so many parts of the bot are trained one after another."""


LIVE_IS_GONE = "the files of the live release are gone"
"""Why a release goes live past the gate: customers would not be answered at all."""


class Stopped(Exception):
    """The training was cancelled or given up while its process was at work."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training has made, before it is entered."""

    work: Path
    taken: snapshot.Snapshot
    model_hash: str
    evaluation: dict[str, JsonValue]
    against: int | None
    """The live release it was compared with; None without one that can be asked."""
    findings: Findings | None


async def perform(settings: Settings, database: Database, run_id: UUID, report: Reporter) -> int:
    """Train; the number of the release. Nothing of it is left when it raises."""
    async with database.transaction() as tx:
        numbers = {release.number for release in await releases.listing(tx)}
    settings.releases.mkdir(parents=True, exist_ok=True)
    folders.sweep(settings.releases, numbers)
    work = folders.workplace(settings.releases, run_id)
    try:
        trained = await _train(settings, database, work, report)
        return await _enter(settings, database, run_id, trained)
    finally:
        shutil.rmtree(work, ignore_errors=True)


async def _train(settings: Settings, database: Database, work: Path, report: Reporter) -> Trained:
    report.step("snapshot")
    async with database.transaction() as tx:
        await tx.execute(_AS_OF_ONE_MOMENT)
        material = await snapshot.read(tx)
        messages = await replay.recent(tx, now())
    taken = await asyncio.to_thread(snapshot.write, work / "data", material)
    report.log(", ".join(f"{name} {count}" for name, count in taken.data_counts.items()))
    report.step("models")
    await _train_both(settings.bot_python, work, report)
    report.step("evaluation")
    lines = held_out(work / "data" / "held_out")
    others = [message.text for message in messages]
    after = await asyncio.to_thread(examine, work, settings.bot_python, lines, others, report.part)
    evaluation = evaluation_of(work, after)
    report.step("comparison")
    against, findings = await _compare(settings, database, lines, messages, after, report)
    return Trained(work, taken, _hash(work / releases.MODEL), evaluation, against, findings)


async def _train_both(bot_python: Path, work: Path, report: Reporter) -> None:
    """Bot and classifier side by side: each is one process that keeps one core busy."""
    done = {"bot": 0.0, "classifier": 0.0}

    def told(name: str, part: float) -> None:
        done[name] = part
        report.part(_BOT_SHARE * done["bot"] + (1 - _BOT_SHARE) * done["classifier"])

    def labels(step: str, steps_done: int, steps: int) -> None:
        report.log(f"classifier: {step}")
        told("classifier", steps_done / steps)

    async with asyncio.TaskGroup() as group:
        group.create_task(
            asyncio.to_thread(training.train_bot, bot_python, work, _listener(report, told))
        )
        group.create_task(asyncio.to_thread(training.train_classifier, work, labels))


def _listener(report: Reporter, told: Callable[[str, float], None]) -> Callable[[str], None]:
    """Understands how far the bot's training is from what it prints."""
    trained: list[str] = []

    def listen(line: str) -> None:
        if said := legible(line):
            report.log(f"bot: {said}")
        if (found := _TRAINED.search(line)) is not None:
            trained.append(found[1])
            told("bot", min(0.95, len(trained) / _COMPONENTS))

    return listen


def legible(line: str) -> str:
    """A line of the bot's training without colours, bars, warnings of Python, folders of the
    server, and when and where it was said."""
    plain = _COLOUR.sub("", line)
    if _BAR.search(plain) or _WARNING.search(plain):
        return ""
    return _FOLDERS.sub("", _PLACE.sub("", plain)).strip()


async def _compare(
    settings: Settings,
    database: Database,
    lines: Sequence[Expected],
    messages: Sequence[Real],
    after: Examined,
    report: Reporter,
) -> tuple[int | None, Findings | None]:
    """The release beside the live one, if there is one that can be asked."""
    async with database.transaction() as tx:
        live = await releases.live(tx)
    if live is None:
        return None, None
    folder = releases.folder(settings, live.number)
    others = [message.text for message in messages]
    try:
        before = await asyncio.to_thread(
            examine, folder, settings.bot_python, lines, others, report.part
        )
    except (ModelError, ParsingFailed, OSError) as error:
        report.log(f"release {live.number} cannot be asked: {error}")
        return None, None
    report.step("replay")
    findings = await asyncio.to_thread(proof.findings_of, before, after, messages)
    async with database.transaction() as tx:
        gate = await gates.of_findings(tx, findings.parts, findings.protected)
    for reason in gate.reasons:
        report.log(f"gate: {reason.code} {reason.subject} {reason.before:.4f} {reason.after:.4f}")
    return live.number, findings


async def _enter(settings: Settings, database: Database, run_id: UUID, trained: Trained) -> int:
    """Row, files and proof together; the first release of a desk goes live at once."""
    async with database.transaction() as tx:
        run = await service.get(tx, run_id, lock=True)
        if run.state != "running" or run.cancel_asked:
            raise Stopped
        release = await _row(tx, trained, run.staff_id)
        folder = releases.folder(settings, release.number)
        folders.install(trained.work, folder)
        if trained.against is not None and trained.findings is not None:
            await proof.enter(tx, release.number, trained.against, trained.findings)
        live = await releases.live(tx)
        if live is None or await files.none_left(tx, settings, live):
            gone = LIVE_IS_GONE if live is not None else None
            await moves.promote(tx, release.number, By(reason=run.reason), override_reason=gone)
        run.release, run.step, run.progress = release.number, None, 1.0
        service.end(tx, run, "done")
    folders.confirm(folder)
    return release.number


async def _row(tx: Transaction, trained: Trained, staff_id: UUID | None) -> Release:
    release = Release(
        data_hash=trained.taken.data_hash,
        model_hash=trained.model_hash,
        evaluation=trained.evaluation,
        data_counts=trained.taken.data_counts,
        trained_by=staff_id,
        created_at=now(),
    )
    tx.add(release)
    await tx.flush()
    return release


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
