"""Service levels of norms §2, and the expected wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.policy import Target, sla_policy
from triage.sla import due_at, expected_wait_seconds

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR, DAY = 60, 24 * 60
NORMS = {
    "chat_first_response": {"P1": 1, "P2": 2, "P3": 5, "P4": 10},
    "ticket_first_response": {"P1": 15, "P2": 15, "P3": 20, "P4": 24 * HOUR},
    "ticket_resolution": {"P1": 4 * HOUR, "P2": 24 * HOUR, "P3": 48 * HOUR, "P4": 5 * DAY},
}


@pytest.mark.parametrize("name", NORMS)
def test_the_default_figures_are_those_of_the_norms(name: str) -> None:
    targets: dict[str, Target] = getattr(sla_policy(), name)
    assert {key: target.minutes for key, target in targets.items()} == NORMS[name]
    assert [key for key, target in targets.items() if target.clock] == ["P1"]


@given(st.integers(0, 100_000), st.booleans())
def test_a_deadline_is_so_many_minutes_after_its_start(minutes: int, clock: bool) -> None:
    assert due_at(START, Target(minutes, clock)) - START == timedelta(minutes=minutes)


def test_a_deadline_keeps_the_time_zone_of_its_start() -> None:
    assert due_at(START, Target(5, clock=True)).tzinfo is UTC


def test_the_wait_is_unknown_while_nobody_is_online() -> None:
    assert expected_wait_seconds(1, 0, 240) is None


@pytest.mark.parametrize(
    ("position", "agents", "seconds"), [(1, 1, 240), (3, 1, 720), (1, 4, 60), (3, 2, 360)]
)
def test_the_wait_is_shared_among_those_online(position: int, agents: int, seconds: int) -> None:
    assert expected_wait_seconds(position, agents, 240) == seconds


@given(st.integers(1, 1000), st.integers(1, 100), st.integers(0, 3600))
def test_who_is_further_back_never_waits_less(position: int, agents: int, each: int) -> None:
    here = expected_wait_seconds(position, agents, each)
    behind = expected_wait_seconds(position + 1, agents, each)
    assert here is not None
    assert behind is not None
    assert 0 <= here <= behind
