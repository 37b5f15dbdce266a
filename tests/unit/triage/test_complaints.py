"""Complaints: four steps in order and in time, silence, repetition (norms §2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.complaints import (
    ComplaintDone,
    Filed,
    record,
    repeats,
    steps_due,
)
from triage.policy.calendar import business_calendar
from triage.policy.complaints import ComplaintStep, complaint_policy
from triage.procedure import BeforeLastStep, Done, ResultMissing, StepNotAllowed, next_step

POLICY, CALENDAR = complaint_policy(), business_calendar()
RECEIVED = datetime(2026, 2, 12, 3, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WANG, LI = UUID(int=1), UUID(int=2)


def done(step: ComplaintStep, hours: float, result: str = "已核实") -> ComplaintDone:
    return Done(step, WANG, RECEIVED + hours * HOUR, result)


def filed(number: int, at: datetime, customer: UUID = LI, category: str = "refund") -> Filed:
    return Filed(UUID(int=number), customer, category, at)


ALL = tuple(done(step, hours) for hours, step in enumerate(ComplaintStep, start=1))


def test_accepting_takes_24_hours_investigating_48_and_the_result_7_working_days() -> None:
    """Received on 12 February 2026, before a worked Saturday and the Spring Festival."""
    due = {each.step: each.due_at for each in steps_due(RECEIVED, (), POLICY, CALENDAR)}
    last = datetime(2026, 2, 28, 20, 0, tzinfo=CALENDAR.zone)
    assert list(due.items()) == [
        (ComplaintStep.ACCEPT, RECEIVED + 24 * HOUR),
        (ComplaintStep.INVESTIGATE, RECEIVED + 48 * HOUR),
        (ComplaintStep.RESOLVE, last),
        (ComplaintStep.FEEDBACK, last),
    ]


def test_the_steps_are_done_one_after_another() -> None:
    so_far: tuple[ComplaintDone, ...] = ()
    for new in ALL:
        assert next_step(ComplaintStep, so_far) is new.step
        so_far = record(so_far, new)
    assert so_far == ALL
    assert next_step(ComplaintStep, so_far) is None


@given(st.integers(0, 4), st.sampled_from(ComplaintStep))
def test_no_step_is_skipped_or_done_twice(count: int, wanted: ComplaintStep) -> None:
    so_far = ALL[:count]
    expected = next_step(ComplaintStep, so_far)
    if wanted is expected:
        assert record(so_far, done(wanted, 10))[:-1] == so_far
        return
    with pytest.raises(StepNotAllowed) as refused:
        record(so_far, done(wanted, 10))
    assert (refused.value.wanted, refused.value.expected) == (wanted, expected)


@pytest.mark.parametrize("result", ["", " \n　"])
def test_a_step_without_a_result_is_refused(result: str) -> None:
    with pytest.raises(ResultMissing):
        record((), done(ComplaintStep.ACCEPT, 1, result))


def test_a_step_before_the_last_one_is_refused() -> None:
    with pytest.raises(BeforeLastStep):
        record(ALL[:1], done(ComplaintStep.INVESTIGATE, 0.5))


def test_a_step_is_late_once_its_time_is_over_done_or_not() -> None:
    so_far = (done(ComplaintStep.ACCEPT, 25),)
    accept, investigate, *_ = steps_due(RECEIVED, so_far, POLICY, CALENDAR)
    assert accept.done_at == so_far[0].at
    assert accept.is_late(RECEIVED + 30 * HOUR)
    assert not investigate.is_late(RECEIVED + 48 * HOUR)
    assert investigate.is_late(RECEIVED + 49 * HOUR)


def test_a_complaint_repeats_those_of_its_customer_and_category_within_7_days() -> None:
    new = filed(9, RECEIVED)
    earlier = [
        filed(3, RECEIVED - HOUR),
        filed(1, RECEIVED - 7 * DAY),
        filed(2, RECEIVED - 7 * DAY - HOUR),
        filed(4, RECEIVED - HOUR, customer=WANG),
        filed(5, RECEIVED - HOUR, category="service"),
        filed(6, RECEIVED + HOUR),
        new,
    ]
    assert [each.id.int for each in repeats(new, earlier, POLICY)] == [1, 3]
    assert repeats(new, [], POLICY) == ()
