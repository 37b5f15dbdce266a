"""The rows of trainings: begun, told about, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert

from api.db import Transaction
from api.errors import NotFound, TrainingRuns
from api.events import ALL, Event
from api.ids import new_id, now
from api.models import KnowledgeVersion, Release, TrainingLine, TrainingRun
from api.models.learning import RunReason, RunState

Problem = Literal["interrupted", "failed", "bad_data", "no_space"]
OPEN = ("queued", "running")
LONGEST_LOG = 20_000
SHOWN = 50
SILENT = timedelta(seconds=60)
"""A training that nobody works on and that has not been heard of for so long is over."""

_LEFT = text(
    """SELECT id FROM training_run run WHERE state IN ('queued', 'running')
    AND coalesce(heartbeat_at, created_at) < :before AND NOT EXISTS (
        SELECT 1 FROM procrastinate_jobs job WHERE job.status IN ('todo', 'doing')
        AND job.task_name = 'desk:train' AND job.args ->> 'run_id' = run.id::text)"""
)


async def begin(tx: Transaction, reason: RunReason, staff_id: UUID | None = None) -> TrainingRun:
    """A training that waits to be worked on; raises TrainingRuns while there is one already."""
    run_id = new_id()
    statement = insert(TrainingRun).values(
        id=run_id,
        reason=reason,
        staff_id=staff_id,
        created_at=now(),
        state="queued",
        progress=0.0,
        log="",
        cancel_asked=False,
    )
    made = await tx.scalar(statement.on_conflict_do_nothing().returning(TrainingRun.id))
    if made is None:
        known = await under_way(tx)
        raise TrainingRuns(run=str(known.id) if known else None)
    told(tx, run_id)
    return await tx.get_one(TrainingRun, run_id)


async def get(tx: Transaction, run_id: UUID, *, lock: bool = False) -> TrainingRun:
    """One training as it stands; raises NotFound."""
    run = await tx.get(TrainingRun, run_id, with_for_update=lock, populate_existing=True)
    if run is None:
        raise NotFound
    return run


async def under_way(tx: Transaction) -> TrainingRun | None:
    """The training that waits or runs."""
    return await tx.scalar(select(TrainingRun).where(TrainingRun.state.in_(OPEN)))


async def newest(tx: Transaction) -> Sequence[TrainingRun]:
    """The newest trainings, newest first."""
    query = select(TrainingRun).order_by(TrainingRun.created_at.desc(), TrainingRun.id.desc())
    return (await tx.scalars(query.limit(SHOWN))).all()


def cancel(tx: Transaction, run: TrainingRun) -> bool:
    """Have a locked training stopped; False for one that is over or being stopped."""
    if run.state not in OPEN or run.cancel_asked:
        return False
    run.cancel_asked = True
    if run.state == "queued":
        end(tx, run, "cancelled")
    else:
        told(tx, run.id)
    return True


async def take_up(tx: Transaction, run_id: UUID, *, again: bool) -> bool:
    """A process begins to work on it, `again` after another was lost; False when it is over."""
    run = await get(tx, run_id, lock=True)
    if run.state not in OPEN:
        return False
    if run.cancel_asked:
        end(tx, run, "cancelled")
        return False
    run.state, run.step, run.progress = "running", None, 0.0
    run.started_at, run.heartbeat_at = now(), now()
    if again:
        run.log = (run.log + "\n--- begun again: its worker was lost ---\n")[-LONGEST_LOG:]
    told(tx, run.id)
    return True


async def settle(tx: Transaction, run_id: UUID, problem: Problem = "interrupted") -> None:
    """Nobody works on it any more: if it has not ended by itself it was cancelled or has failed."""
    run = await get(tx, run_id, lock=True)
    if run.state not in OPEN:
        return
    if run.cancel_asked:
        end(tx, run, "cancelled")
    else:
        end(tx, run, "failed", problem)


def end(
    tx: Transaction,
    run: TrainingRun,
    state: RunState,
    problem: Problem | None = None,
) -> None:
    """It is over."""
    run.state, run.problem, run.ended_at = state, problem, now()
    told(tx, run.id)


async def settle_left(tx: Transaction, at: datetime) -> list[UUID]:
    """End the trainings that were lost with everything that knew of them; their ids."""
    found = list((await tx.scalars(_LEFT, {"before": at - SILENT})).all())
    for run_id in found:
        await settle(tx, run_id)
    return found


async def changes(tx: Transaction) -> int:
    """Lines added or removed, and entries changed, since the newest training began."""
    trained = select(func.max(TrainingRun.created_at)).scalar_subquery()
    released = select(func.max(Release.created_at)).scalar_subquery()  # before there were runs
    since = await tx.scalar(select(func.coalesce(trained, released)))
    if since is None:
        return 0
    lines = select(func.count()).where(
        or_(TrainingLine.created_at > since, TrainingLine.removed_at > since)
    )
    entries = select(func.count()).where(KnowledgeVersion.created_at > since)
    return (await tx.scalar(lines) or 0) + (await tx.scalar(entries) or 0)


def told(tx: Transaction, run_id: UUID) -> None:
    """Pages that show it ask for it again."""
    tx.emit(Event("training", ALL, {"run": str(run_id)}))
