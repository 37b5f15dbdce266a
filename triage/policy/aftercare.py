"""When customers are reminded of appointments and asked again after closing (norms §5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from triage.policy.reading import minute_of_day, read


@dataclass(frozen=True, slots=True)
class AppointmentPolicy:
    """Reminders: on the day before at a minute of the day, and so many minutes before the start."""

    remind_day_before_at: int
    remind_minutes_before: int


@dataclass(frozen=True, slots=True)
class FollowUpPolicy:
    """回访 between these two working days after closing.

    Raises ValueError unless they are counted from 1 and in order.
    """

    first_working_day: int
    last_working_day: int

    def __post_init__(self) -> None:
        if not 1 <= self.first_working_day <= self.last_working_day:
            raise ValueError(f"no window of working days: {self}")


@cache
def appointment_policy() -> AppointmentPolicy:
    """The default policy on appointments."""
    return appointments_of(read("appointments.yml"))


def appointments_of(raw: Mapping[str, Any]) -> AppointmentPolicy:
    """A policy of the shape of `appointments.yml`; ValueError for a time that is none."""
    at = minute_of_day(raw["remind_day_before_at"])
    return AppointmentPolicy(**{**raw, "remind_day_before_at": at})


@cache
def follow_up_policy() -> FollowUpPolicy:
    """The default policy on follow-ups."""
    return FollowUpPolicy(**read("follow_up.yml"))
