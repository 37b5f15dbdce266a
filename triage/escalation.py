"""Telling people, one rung of the ladder after another, until somebody takes it (norms §2, §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.calendar import BusinessCalendar
from triage.policy.escalation import AlertKind, EscalationPolicy, Rung
from triage.sla import due_at


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as far as telling goes.

    `level` is the highest rung told so far, None before anybody was. The next one is told at
    `escalate_at`; None means never.
    """

    kind: AlertKind
    priority: str | None = None
    level: Rung | None = None
    escalate_at: datetime | None = None
    acknowledged_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tell:
    """Tell all of `rungs` now; `level` and `escalate_at` are the alert's from then on."""

    rungs: tuple[Rung, ...]
    level: Rung
    escalate_at: datetime | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Nobody else is told before `until`."""

    until: datetime


def next_step(
    alert: Alert, now: datetime, policy: EscalationPolicy, calendar: BusinessCalendar
) -> Tell | Wait | None:
    """Whom to tell at `now`, or until when to wait.

    None when nobody is left to tell, or the alert was acknowledged or has ended.
    """
    if alert.acknowledged_at is not None or alert.ended_at is not None:
        return None
    if alert.level is None:
        return _tell(alert, policy.first[alert.kind], now, policy, calendar)
    above = alert.level.above
    if above is None or alert.escalate_at is None:
        return None
    if now < alert.escalate_at:
        return Wait(alert.escalate_at)
    return _tell(alert, (above,), now, policy, calendar)


def _tell(
    alert: Alert,
    rungs: tuple[Rung, ...],
    now: datetime,
    policy: EscalationPolicy,
    calendar: BusinessCalendar,
) -> Tell:
    level = rungs[-1]
    within = policy.acknowledge[alert.priority or policy.without_priority]
    again = None if level.above is None else due_at(now, within, calendar)
    return Tell(rungs, level, again)
