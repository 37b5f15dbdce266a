"""Trainings as they are shown."""

from __future__ import annotations

from collections.abc import Sequence

from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.i18n import DEFAULT, say
from api.learning.runs.schemas import Named, RunDetail, RunOut
from api.models import TrainingRun


async def described(
    tx: Transaction, runs: Sequence[TrainingRun], language: str = DEFAULT
) -> list[RunOut]:
    """Each training as pages show it."""
    names = await people.staff_names(tx, [run.staff_id for run in runs])
    return [
        RunOut(
            id=run.id,
            state=run.state,
            reason=run.reason,
            step=_named("training_step", run.step, language),
            progress=round(run.progress, 4),
            problem=_named("training_problem", run.problem, language),
            cancel_asked=run.cancel_asked,
            release=run.release,
            by=PersonRef.of(run.staff_id, names),
            created_at=run.created_at,
            started_at=run.started_at,
            ended_at=run.ended_at,
        )
        for run in runs
    ]


async def detail(tx: Transaction, run: TrainingRun, language: str = DEFAULT) -> RunDetail:
    """One training with its log."""
    (shown,) = await described(tx, [run], language)
    return RunDetail(**shown.model_dump(), log=run.log)


def _named(section: str, key: str | None, language: str) -> Named | None:
    return Named(key=key, name=say(f"{section}.{key}", language)) if key else None
