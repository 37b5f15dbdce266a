"""Trainings without being asked, as the settings wish, and the end of those that were lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from api.db import Database
from api.errors import TrainingRuns
from api.jobs import TRAIN, JobQueue
from api.learning.runs import service
from api.policies.service import policies
from triage.policy.gate import TrainingPolicy

log = structlog.get_logger(__name__)


def is_due(
    policy: TrainingPolicy, at: datetime, zone: ZoneInfo, last: datetime | None, changes: int
) -> bool:
    """Whether to train at `at`; `last` is when the newest training began, `changes` what has been
    added, removed or changed since. Without changes never."""
    if policy.when == "off" or changes < 1:
        return False
    if policy.when == "lines":
        return changes >= policy.new_lines
    here = at.astimezone(zone)
    hour = datetime.combine(here.date(), time(), zone) + timedelta(minutes=policy.daily_at)
    return hour <= here and (last is None or last < hour)


async def mind(database: Database, queue: JobQueue, at: datetime) -> None:
    """End what was lost, and train if it is time."""
    async with database.transaction() as tx:
        for run_id in await service.settle_left(tx, at):
            log.warning("training.lost", run=str(run_id))
    async with database.transaction() as tx:
        wanted = await policies(tx)
        if wanted.training.when == "off" or await service.under_way(tx) is not None:
            return
        changes = await service.changes(tx)
        last = next((run.created_at for run in await service.newest(tx)), None)
        if not is_due(wanted.training, at, wanted.calendar.zone, last, changes):
            return
        try:
            run = await service.begin(tx, "scheduled")
        except TrainingRuns:
            return
        await queue.defer_learning(tx, TRAIN, run_id=str(run.id))
    log.info("training.scheduled", run=str(run.id), changes=changes)
