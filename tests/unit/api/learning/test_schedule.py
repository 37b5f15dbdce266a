"""When a release is trained without being asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from api.learning.runs.schedule import is_due
from triage.policy.gate import TrainingPolicy

ZONE = ZoneInfo("Asia/Shanghai")
AT_THREE = TrainingPolicy("daily", daily_at=180, new_lines=50)
BY_LINES = TrainingPolicy("lines", daily_at=180, new_lines=50)
OFF = TrainingPolicy("off", daily_at=180, new_lines=50)


def here(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE).astimezone(UTC)


def test_nothing_is_trained_when_it_is_off() -> None:
    assert not is_due(OFF, here(5, 12), ZONE, None, 10_000)


@pytest.mark.parametrize("policy", [AT_THREE, BY_LINES])
def test_nothing_is_trained_without_changes(policy: TrainingPolicy) -> None:
    assert not is_due(policy, here(5, 12), ZONE, here(1, 12), 0)


@pytest.mark.parametrize(
    ("at", "last", "due"),
    [
        (here(5, 2, 59), here(4, 3, 1), False),
        (here(5, 3), here(4, 3, 1), True),
        (here(5, 9), here(4, 3, 1), True),
        (here(5, 3, 1), here(5, 3), False),
        (here(5, 9), None, True),
    ],
)
def test_once_a_day_at_the_hour_of_the_desk(at: datetime, last: datetime | None, due: bool) -> None:
    assert is_due(AT_THREE, at, ZONE, last, 1) is due


def test_a_training_that_failed_is_not_begun_again_before_the_next_day() -> None:
    begun = here(5, 3)
    assert not any(
        is_due(AT_THREE, begun + timedelta(minutes=minutes), ZONE, begun, 9)
        for minutes in range(1, 24 * 60)
    )
    assert is_due(AT_THREE, begun + timedelta(days=1), ZONE, begun, 9)


@pytest.mark.parametrize(("changes", "due"), [(49, False), (50, True), (500, True)])
def test_after_so_many_new_lines(changes: int, due: bool) -> None:
    assert is_due(BY_LINES, here(5, 1), ZONE, here(5, 0), changes) is due
