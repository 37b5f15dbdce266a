"""Finds a queue that does not move, and says so."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import func, select

from api.db import Transaction
from api.deadlines.alerts import DESK, end_alerts, raise_alert
from api.handoffs.queue import Line, line_up
from api.i18n import say
from api.models import QueueWait, Staff
from triage.policy.escalation import AlertKind
from triage.watchdog import Finding, watch

log = structlog.get_logger(__name__)


async def findings(tx: Transaction, line: Line, moment: datetime) -> list[Finding]:
    """What is wrong with the queue, if anything; look after routing."""
    if not line.order:
        return []
    last = await tx.scalar(select(func.max(QueueWait.left_at)).where(QueueWait.left_for == "agent"))
    return watch(line.order, line.agents, last, moment, line.policy)


async def report(tx: Transaction, moment: datetime) -> None:
    """Alert those concerned while the queue is stuck; the alert ends when it moves again."""
    found = await findings(tx, await line_up(tx, moment), moment)
    if not found:
        await end_alerts(tx, "desk", DESK, AlertKind.QUEUE_STUCK, at=moment)
        return
    title = await say_finding(tx, found[0], "zh")
    data = {"title": title, "reason": found[0].kind.value}
    if await raise_alert(tx, AlertKind.QUEUE_STUCK, "desk", DESK, data, moment) is not None:
        log.warning("queue.stuck", kinds=[each.kind.value for each in found])


async def say_finding(tx: Transaction, finding: Finding, language: str) -> str:
    """A finding in words."""
    name = ""
    if finding.agent_id is not None:
        query = select(Staff.display_name).where(Staff.id == finding.agent_id)
        name = await tx.scalar(query) or ""
    minutes = max(1, round(finding.seconds / 60))
    return say(f"watchdog.{finding.kind.value}", language, minutes=minutes, name=name)
