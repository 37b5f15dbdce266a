"""Who is told of an alert, and who next when nobody takes it (norms §2, §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.escalation import Alert, Tell, Wait, next_step
from triage.policy.calendar import business_calendar
from triage.policy.escalation import AlertKind, Rung, escalation_policy

POLICY, CALENDAR = escalation_policy(), business_calendar()
NOON = datetime(2026, 3, 2, 11, 0, tzinfo=CALENDAR.zone)
EVENING = datetime(2026, 3, 2, 20, 30, tzinfo=CALENDAR.zone)
MINUTE = timedelta(minutes=1)


def tell(alert: Alert, now: datetime = NOON) -> Tell:
    step = next_step(alert, now, POLICY, CALENDAR)
    assert isinstance(step, Tell)
    return step


def told(alert: Alert, step: Tell) -> Alert:
    return replace(alert, level=step.level, escalate_at=step.escalate_at)


@pytest.mark.parametrize(
    ("kind", "rungs"),
    [
        (AlertKind.SLA_WARNING, (Rung.AGENT,)),
        (AlertKind.SLA_BREACH, (Rung.AGENT, Rung.LEAD)),
        (AlertKind.COMPLAINT_UNANSWERED, (Rung.LEAD, Rung.MANAGEMENT)),
        (AlertKind.INCIDENT, (Rung.LEAD,)),
        (AlertKind.GRAVE_INCIDENT, (Rung.LEAD, Rung.MANAGEMENT)),
    ],
)
def test_who_is_told_at_once(kind: AlertKind, rungs: tuple[Rung, ...]) -> None:
    step = tell(Alert(kind))
    assert (step.rungs, step.level) == (rungs, rungs[-1])


def test_an_alert_that_nobody_takes_climbs_the_ladder_to_management_and_stays_there() -> None:
    alert = Alert(AlertKind.SLA_WARNING, "P3")
    now, rungs = NOON, []
    while isinstance(step := next_step(alert, now, POLICY, CALENDAR), Tell):
        rungs.append(step.rungs)
        alert = told(alert, step)
        now = step.escalate_at or now
    assert rungs == [(Rung.AGENT,), (Rung.LEAD,), (Rung.MANAGEMENT,)]
    assert now - NOON == 60 * MINUTE
    assert step is None


def test_before_its_time_nobody_else_is_told() -> None:
    alert = Alert(AlertKind.SLA_BREACH, "P2")
    alert = told(alert, tell(alert))
    until = NOON + 15 * MINUTE
    assert next_step(alert, until - timedelta(seconds=1), POLICY, CALENDAR) == Wait(until)
    assert tell(alert, until).rungs == (Rung.MANAGEMENT,)


def test_only_p1_climbs_while_the_desk_is_closed() -> None:
    waits = {
        priority: tell(Alert(AlertKind.SLA_BREACH, priority), EVENING).escalate_at
        for priority in ("P1", "P2")
    }
    assert waits["P1"] == EVENING + 5 * MINUTE
    assert waits["P2"] == CALENDAR.next_opening(EVENING) + 15 * MINUTE


def test_an_alert_without_a_priority_is_taken_as_p2() -> None:
    assert tell(Alert(AlertKind.BURST)) == tell(Alert(AlertKind.BURST, "P2"))


@pytest.mark.parametrize("level", [None, Rung.AGENT])
def test_what_somebody_took_or_what_is_over_is_told_to_nobody_else(level: Rung | None) -> None:
    alert = Alert(AlertKind.SLA_BREACH, "P1", level, escalate_at=NOON)
    assert next_step(replace(alert, acknowledged_at=NOON), NOON, POLICY, CALENDAR) is None
    assert next_step(replace(alert, ended_at=NOON), NOON, POLICY, CALENDAR) is None


@given(st.sampled_from(AlertKind), st.sampled_from([None, "P1", "P2", "P3", "P4"]))
def test_every_alert_reaches_management_rung_by_rung(kind: AlertKind, priority: str | None) -> None:
    alert, now = Alert(kind, priority), NOON
    levels = []
    while isinstance(step := next_step(alert, now, POLICY, CALENDAR), Tell):
        levels.append(step.level)
        alert, now = told(alert, step), step.escalate_at or now
    ladder = list(Rung)
    assert levels == ladder[ladder.index(levels[0]) :]
