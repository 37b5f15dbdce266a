"""Appointments 预约 and follow-ups 回访 (norms §5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.appointments import ReminderKind, Slot, SlotProblem, overlaps, problem_of, reminders
from triage.follow_up import FollowUpWindow, follow_up_window
from triage.policy.aftercare import FollowUpPolicy, appointment_policy, follow_up_policy
from triage.policy.calendar import business_calendar

CALENDAR = business_calendar()
SHANGHAI = CALENDAR.zone
HOUR = timedelta(hours=1)
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)


def at(day: int, hour: int, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def slot(start: int, end: int) -> Slot:
    return Slot(MIDNIGHT + start * HOUR, MIDNIGHT + end * HOUR)


SLOTS = st.tuples(st.integers(0, 23), st.integers(1, 5)).map(
    lambda pair: slot(pair[0], pair[0] + pair[1])
)


def hours_of(booked: Slot) -> set[int]:
    return set(range((booked.start - MIDNIGHT) // HOUR, (booked.end - MIDNIGHT) // HOUR))


@given(SLOTS, SLOTS)
def test_slots_overlap_when_they_share_an_hour(one: Slot, other: Slot) -> None:
    assert overlaps(one, other) is bool(hours_of(one) & hours_of(other))
    assert overlaps(one, other) is overlaps(other, one)


def test_a_slot_must_have_a_length() -> None:
    with pytest.raises(ValueError, match="ends after it starts"):
        slot(9, 9)


def test_a_free_slot_to_come_can_be_booked() -> None:
    assert problem_of(slot(9, 10), [slot(8, 9), slot(10, 11)], MIDNIGHT) is None


def test_a_taken_slot_cannot_be_booked() -> None:
    assert problem_of(slot(9, 11), [slot(10, 12)], MIDNIGHT) is SlotProblem.TAKEN


@pytest.mark.parametrize("hours", [9, 10])
def test_a_slot_that_has_begun_cannot_be_booked(hours: int) -> None:
    assert problem_of(slot(9, 11), [], MIDNIGHT + hours * HOUR) is SlotProblem.PAST


def remind_at(starts_at: datetime, now: datetime) -> list[tuple[ReminderKind, datetime]]:
    found = reminders(starts_at, now, appointment_policy(), SHANGHAI)
    return [(each.kind, each.at) for each in found]


def test_the_customer_is_reminded_the_evening_before_and_two_hours_before() -> None:
    assert remind_at(at(10, 9), at(1, 9)) == [
        (ReminderKind.DAY_BEFORE, at(9, 18)),
        (ReminderKind.SOON, at(10, 7)),
    ]


def test_the_evening_before_is_the_one_where_the_customer_is() -> None:
    """Seven in the morning in Shanghai is still the day before in UTC."""
    assert remind_at(at(10, 7), at(1, 9))[0] == (ReminderKind.DAY_BEFORE, at(9, 18))


@pytest.mark.parametrize(("booked_at", "count"), [(at(9, 17), 2), (at(9, 18), 1), (at(10, 7), 0)])
def test_reminders_whose_time_is_over_are_left_out(booked_at: datetime, count: int) -> None:
    assert len(remind_at(at(10, 9), booked_at)) == count


@given(st.integers(0, 23), st.integers(0, 72))
def test_reminders_come_in_order_after_now_and_before_the_appointment(hour: int, ago: int) -> None:
    starts_at = at(10, hour)
    now = starts_at - ago * HOUR
    moments = [moment for _, moment in remind_at(starts_at, now)]
    assert moments == sorted(moments)
    assert all(now < moment < starts_at for moment in moments)


def test_a_customer_is_asked_again_from_the_third_to_the_seventh_working_day() -> None:
    window = follow_up_window(at(6, 15), follow_up_policy(), CALENDAR)
    assert window == FollowUpWindow(not_before=at(11, 9), due_at=at(17, 20))


def test_what_is_closed_before_the_spring_festival_is_followed_up_after_it() -> None:
    """12 February 2026: 13 and 14 are worked, then nothing until 24."""
    window = follow_up_window(at(12, 15, month=2), follow_up_policy(), CALENDAR)
    assert window == FollowUpWindow(not_before=at(24, 9, month=2), due_at=at(28, 20, month=2))


@pytest.mark.parametrize("days", [(0, 7), (7, 3)])
def test_a_window_of_working_days_is_counted_from_one_and_in_order(days: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no window"):
        FollowUpPolicy(*days)
