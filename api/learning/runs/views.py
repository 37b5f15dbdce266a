"""Trainings as they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, tzinfo

from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.i18n import DEFAULT, say
from api.learning.runs.schemas import Named, RunDetail, RunOut
from api.models import TrainingRun
from api.policies.service import policies

_AT = re.compile(r"^\d\d:\d\d:\d\d(?= )", re.MULTILINE)
"""When a line of a log was said, in UTC."""


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
    """One training with its log, whose times are the desk's."""
    (shown,) = await described(tx, [run], language)
    zone = (await policies(tx)).calendar.zone
    return RunDetail(**shown.model_dump(), log=in_zone(run.log, run.created_at, zone))


def in_zone(log: str, begun: datetime, zone: tzinfo) -> str:
    """A log with the times of a zone; `begun` is the day that its zone's offset is of."""
    day = begun.astimezone(UTC).date()

    def local(found: re.Match[str]) -> str:
        at = datetime.combine(day, time.fromisoformat(found[0]), tzinfo=UTC)
        return f"{at.astimezone(zone):%H:%M:%S}"

    return _AT.sub(local, log)


def _named(section: str, key: str | None, language: str) -> Named | None:
    return Named(key=key, name=say(f"{section}.{key}", language)) if key else None
