"""Proofs: made from two releases' folders, kept, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from api.db import Database, Transaction
from api.errors import NotFound
from api.ids import now
from api.jobs import PROOF, JobQueue
from api.learning import releases
from api.learning.proof import comparing, gates, replay
from api.learning.proof.examining import Examined, examine
from api.learning.proof.predicting import Told, held_out
from api.learning.proof.replay import Real
from api.learning.proof.shapes import Findings, Proof
from api.models import Release, ReleaseProof
from api.settings import Settings
from classifier.store import ModelError

log = structlog.get_logger(__name__)

_WAITING = text(
    """SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
    AND task_name = 'desk:proof' AND (args ->> 'release')::int = :release
    AND (args ->> 'against')::int = :against LIMIT 1"""
)
_FAILED = text(
    """SELECT job.status = 'failed' AS failed, max(event.at) AS at
    FROM procrastinate_jobs job JOIN procrastinate_events event ON event.job_id = job.id
    WHERE job.task_name = 'desk:proof' AND (job.args ->> 'release')::int = :release
    AND (job.args ->> 'against')::int = :against
    GROUP BY job.id ORDER BY job.id DESC LIMIT 1"""
)


def findings_of(before: Examined, after: Examined, messages: Sequence[Real]) -> Findings:
    """Two releases that were asked the same lines and messages, side by side.

    Lines whose words one of them has learned are left out: they would make it too good.
    """
    asked = comparing.pair_up(before.predictions, after.predictions)
    learned = before.learned | after.learned
    pairs = [pair for pair in asked if pair[1].line not in learned]
    regressions, gains = comparing.changes_of(pairs)
    return Findings(
        lines=len(pairs),
        left_out=len(asked) - len(pairs),
        parts=comparing.parts_of(pairs),
        protected=comparing.protected_of(pairs),
        regressions=regressions,
        gains=gains,
        replay=replay.changed(messages, before.seen, after.seen),
    )


async def enter(tx: Transaction, release: int, against: int, findings: Findings) -> None:
    """Keep a proof; the first one of two releases stands."""
    values = {
        "release": release,
        "against": against,
        "result": findings.model_dump(mode="json"),
        "created_at": now(),
    }
    await tx.execute(insert(ReleaseProof).values(values).on_conflict_do_nothing())


async def known(tx: Transaction, release: int, against: int) -> Proof | None:
    """The proof of two releases as it is shown; None while it has not been made."""
    row = await tx.get(ReleaseProof, (release, against))
    if row is None:
        return None
    findings = Findings.model_validate(row.result)
    return Proof(
        release=release,
        against=against,
        replay=await replay.shown(tx, findings.replay),
        gate=await gates.of_findings(tx, findings.parts, findings.protected),
        created_at=row.created_at,
        **{name: value for name, value in findings if name != "replay"},
    )


async def against_of(tx: Transaction, number: int, against: int | None) -> int:
    """The release to compare with: the given one, else the live one. Raises NotFound."""
    if await tx.get(Release, number) is None:
        raise NotFound
    if against is None:
        live = await releases.live(tx)
        if live is None:
            raise NotFound
        return live.number
    if await tx.get(Release, against) is None:
        raise NotFound
    return against


async def order(tx: Transaction, queue: JobQueue, release: int, against: int) -> None:
    """Have a proof made, unless that is under way."""
    if await tx.scalar(_WAITING, {"release": release, "against": against}) is None:
        await queue.defer_learning(tx, PROOF, release=release, against=against)


async def failed_at(tx: Transaction, release: int, against: int) -> datetime | None:
    """When the last try to make a proof has failed for good; None while there is a newer one."""
    found = (await tx.execute(_FAILED, {"release": release, "against": against})).one_or_none()
    return found.at if found is not None and found.failed else None


async def make(
    settings: Settings,
    database: Database,
    release: int,
    against: int,
    told: Told | None = None,
) -> Findings:
    """Make a proof from the releases' folders and keep it; raises as `examine` does, and
    `ModelError` where no held-out lines are left: two releases that were asked nothing are alike.
    """
    after_folder, before_folder = (
        releases.folder(settings, number) for number in (release, against)
    )
    async with database.transaction() as tx:
        messages = await replay.recent(tx, now())
    others = [message.text for message in messages]
    lines = held_out(_newest(after_folder, before_folder) / "data" / "held_out")
    if not lines:
        raise ModelError(f"no held-out lines beside release {release} and {against}")
    after = examine(after_folder, settings.bot_python, lines, others, _half(told, 0))
    before = examine(before_folder, settings.bot_python, lines, others, _half(told, 1))
    findings = findings_of(before, after, messages)
    async with database.transaction() as tx:
        await enter(tx, release, against, findings)
    log.info("proof.made", release=release, against=against, lines=findings.lines)
    return findings


def _half(told: Told | None, first: int) -> Told | None:
    """Tells of the first or second half of the work."""
    return (lambda done: told((first + done) / 2)) if told else None


def _newest(*folders: Path) -> Path:
    """Of the newer release: its held-out lines are the ones both are asked."""
    return max(folders, key=lambda folder: int(folder.name))
