"""回访: when to ask a customer again after closing (norms §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.calendar import BusinessCalendar
from triage.policy.aftercare import FollowUpPolicy


@dataclass(frozen=True, slots=True)
class FollowUpWindow:
    """Not before the one, due at the other."""

    not_before: datetime
    due_at: datetime


def follow_up_window(
    closed_at: datetime, policy: FollowUpPolicy, calendar: BusinessCalendar
) -> FollowUpWindow:
    """From the opening of the first to the closing of the last working day of the policy."""
    closed_on = calendar.local_date(closed_at)
    first = calendar.working_day_after(closed_on, policy.first_working_day)
    return FollowUpWindow(
        calendar.opening(first), calendar.add_working_days(closed_at, policy.last_working_day)
    )
