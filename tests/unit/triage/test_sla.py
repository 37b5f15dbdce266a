"""Service levels of norms §2 and the moments they are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slow_calendar import Scene, scenes
from triage.calendar import ALWAYS_OPEN
from triage.policy import SlaKind, Target, sla_policy
from triage.policy.calendar import business_calendar
from triage.sla import due_at

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
CALENDAR = business_calendar()
HOUR = 60
PRIORITIES = ("P1", "P2", "P3", "P4")
NORMS = {
    SlaKind.CHAT_FIRST_RESPONSE: [1, 2, 5, 10],
    SlaKind.TICKET_FIRST_RESPONSE: [15, 15, 20, 24 * HOUR],
    SlaKind.NEXT_RESPONSE: [15, 30, 2 * HOUR, 8 * HOUR],
    SlaKind.TICKET_RESOLUTION: [4 * HOUR, 24 * HOUR, 48 * HOUR, None],
}


@pytest.mark.parametrize("kind", SlaKind)
def test_the_default_figures_are_those_of_the_norms(kind: SlaKind) -> None:
    targets = [sla_policy().target(kind, priority) for priority in PRIORITIES]
    assert [target.minutes for target in targets] == NORMS[kind]
    assert [target.clock for target in targets] == [True, False, False, False]


def test_a_ticket_of_p4_is_solved_in_five_working_days_and_a_warning_comes_at_75_percent() -> None:
    assert sla_policy().target(SlaKind.TICKET_RESOLUTION, "P4") == Target(working_days=5)
    assert sla_policy().warn_share == 0.75


@settings(max_examples=20)
@given(scenes(1, 1), st.sampled_from(SlaKind))
def test_what_is_more_urgent_is_never_due_later_whatever_the_opening_hours(
    scene: Scene, kind: SlaKind
) -> None:
    (start,) = scene.moments
    targets = [sla_policy().target(kind, priority) for priority in PRIORITIES]
    due = [due_at(start, target, scene.calendar) for target in targets]
    assert due == sorted(due)


@given(st.integers(0, 100_000), st.booleans())
def test_a_deadline_of_an_open_desk_is_so_many_minutes_after_its_start(
    minutes: int, clock: bool
) -> None:
    due = due_at(START, Target(minutes, clock), ALWAYS_OPEN)
    assert due - START == timedelta(minutes=minutes)


def test_minutes_on_the_clock_pass_at_night_and_business_minutes_in_the_morning() -> None:
    evening = datetime(2026, 3, 2, 20, 0, tzinfo=CALENDAR.zone)
    assert due_at(evening, Target(15, clock=True), CALENDAR) == evening + timedelta(minutes=15)
    assert due_at(evening, Target(15), CALENDAR) == evening + timedelta(hours=13, minutes=15)


def test_working_days_are_due_at_closing_time() -> None:
    friday = datetime(2026, 3, 6, 10, 0, tzinfo=CALENDAR.zone)
    due = due_at(friday, Target(working_days=5), CALENDAR)
    assert due == datetime(2026, 3, 13, 20, 0, tzinfo=CALENDAR.zone)


def test_of_minutes_and_working_days_the_earlier_counts() -> None:
    minutes, days = Target(48 * HOUR), Target(working_days=1)
    both = due_at(START, Target(48 * HOUR, working_days=1), CALENDAR)
    assert both == due_at(START, days, CALENDAR) < due_at(START, minutes, CALENDAR)


@pytest.mark.parametrize(
    "figures",
    [
        *({}, {"minutes": -1}, {"working_days": 0}, {"minutes": 5, "working_days": -1}),
        {"clock": True, "working_days": 1},
    ],
)
def test_what_is_no_target_is_refused(figures: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"no time target|never on the clock"):
        Target(**figures)  # type: ignore[arg-type]


def test_a_deadline_is_in_utc() -> None:
    assert due_at(START.astimezone(CALENDAR.zone), Target(5, clock=True), CALENDAR).tzinfo is UTC
