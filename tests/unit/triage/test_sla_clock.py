"""A clock that pauses, is given other targets, warns and is missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.slow_calendar import MINUTE, Scene, scenes
from triage import sla
from triage.policy import Target
from triage.policy.calendar import business_calendar
from triage.sla import Clock, Standing

CALENDAR = business_calendar()
SHARE = 0.75
P1, P3 = Target(15, clock=True), Target(120)
TARGETS = st.builds(Target, st.integers(1, 1000), st.booleans())


def at(hour: int, minute: int = 0, second: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, second, tzinfo=CALENDAR.zone).astimezone(UTC)


def standing(clock: Clock, now: datetime) -> Standing:
    return sla.standing(clock, now, SHARE, CALENDAR)


def run(scene: Scene, target: Target) -> Clock:
    """Started at the first moment, then paused and resumed by turns."""
    first, *turns = scene.moments
    clock = sla.start(target, first, scene.calendar)
    for index, moment in enumerate(turns):
        clock = sla.resume(clock, moment) if index % 2 else sla.pause(clock, moment, scene.calendar)
    return clock


def counted(scene: Scene, target: Target) -> list[bool]:
    """For every minute from the first moment on: whether the clock counts it."""
    minutes = scene.minutes
    first, *turns = [minutes.index(moment) for moment in scene.moments]
    running = [True] * len(minutes.open)
    edges = [*turns, len(running)]
    for number, (start, end) in enumerate(pairwise(edges)):
        if number % 2 == 0:
            running[start:end] = [False] * (end - start)
    measured = [target.clock or is_open for is_open in minutes.open]
    return [
        index >= first and runs and counts
        for index, (runs, counts) in enumerate(zip(running, measured, strict=True))
    ]


@settings(max_examples=40)
@given(scenes(1, 8), TARGETS, st.integers(0, 4000))
def test_a_clock_agrees_with_one_that_counts_every_minute(
    scene: Scene, target: Target, later: int
) -> None:
    clock, minutes = run(scene, target), counted(scene, target)
    last = scene.minutes.index(scene.moments[-1])
    now = min(last + later, len(minutes) - 1)
    used = sla.used(clock, scene.minutes.at(now), scene.calendar)
    assert used == sum(minutes[:now]) * MINUTE
    ends = [index + 1 for index, counts in enumerate(minutes) if counts]
    reached = ends[clock.target_minutes - 1] if len(ends) >= clock.target_minutes else None
    if clock.breached_at is not None:
        assert reached is not None
        assert scene.minutes.at(reached) <= clock.breached_at <= scene.moments[-1]
        if scene.minutes.at(reached) not in scene.moments:
            assert clock.breached_at == scene.minutes.at(reached)
    elif clock.running_since is not None and reached is not None and reached > last:
        assert sla.clock_due_at(clock, scene.calendar) == scene.minutes.at(reached)
    if used > timedelta(minutes=clock.target_minutes):
        assert sla.is_breached(clock, scene.minutes.at(now), scene.calendar)


@settings(max_examples=20)
@given(scenes(1, 6), TARGETS, st.lists(st.integers(0, 4000), min_size=2, max_size=2))
def test_nothing_used_comes_back_and_no_breach_is_undone(
    scene: Scene, target: Target, waits: list[int]
) -> None:
    clock = run(scene, target)
    early, late = (scene.moments[-1] + wait * MINUTE for wait in sorted(waits))
    calendar = scene.calendar
    assert sla.used(clock, early, calendar) <= sla.used(clock, late, calendar)
    assert sla.is_breached(clock, early, calendar) <= sla.is_breached(clock, late, calendar)
    paused = sla.pause(clock, early, calendar)
    assert sla.is_breached(paused, late, calendar) == sla.is_breached(clock, early, calendar)
    assert sla.used(paused, late, calendar) == sla.used(clock, early, calendar)


@settings(max_examples=20)
@given(scenes(2, 2), TARGETS, TARGETS)
def test_a_change_of_priority_keeps_what_was_used_and_any_breach(
    scene: Scene, before: Target, after: Target
) -> None:
    start, changed_at = scene.moments
    clock = sla.start(before, start, scene.calendar)
    changed = sla.retarget(clock, after, changed_at, scene.calendar)
    used = sla.used(clock, changed_at, scene.calendar)
    assert sla.used(changed, changed_at, scene.calendar) == used
    assert (changed.target_minutes, changed.clock) == (after.minutes, after.clock)
    assert changed.breached_at == sla.breached_at(clock, changed_at, scene.calendar)
    due = sla.clock_due_at(changed, scene.calendar)
    assert due is not None
    assert due >= changed_at


def test_the_due_moment_itself_is_in_time() -> None:
    clock = sla.start(P3, at(10), CALENDAR)
    assert sla.clock_due_at(clock, CALENDAR) == at(12)
    assert sla.warn_at(clock, SHARE, CALENDAR) == at(11, 30)
    assert not sla.is_breached(clock, at(12), CALENDAR)
    assert sla.is_breached(clock, at(12, 0, 1), CALENDAR)


def test_a_clock_runs_warns_and_is_missed() -> None:
    clock = sla.start(P3, at(10), CALENDAR)
    stands = [standing(clock, moment) for moment in (at(10), at(11, 29), at(11, 30), at(12, 1))]
    assert stands == [
        *(Standing.RUNNING, Standing.RUNNING, Standing.WARNING, Standing.BREACHED),
    ]


def test_while_the_desk_waits_for_the_customer_nothing_is_due() -> None:
    paused = sla.pause(sla.start(P3, at(10), CALENDAR), at(11), CALENDAR)
    assert standing(paused, at(20, day=20)) is Standing.PAUSED
    assert sla.clock_due_at(paused, CALENDAR) is None
    assert sla.warn_at(paused, SHARE, CALENDAR) is None
    resumed = sla.resume(paused, at(14))
    assert sla.clock_due_at(resumed, CALENDAR) == at(15)


def test_to_pause_or_resume_again_changes_nothing() -> None:
    clock = sla.start(P3, at(10), CALENDAR)
    assert sla.resume(clock, at(11)) == clock
    paused = sla.pause(clock, at(11), CALENDAR)
    assert sla.pause(paused, at(15), CALENDAR) == paused


def test_a_breach_is_kept_however_the_clock_goes_on() -> None:
    clock = sla.pause(sla.start(P3, at(10), CALENDAR), at(14), CALENDAR)
    assert clock.breached_at == at(12)
    easier = sla.retarget(sla.resume(clock, at(15)), Target(480), at(15), CALENDAR)
    assert easier.breached_at == at(12)
    assert standing(sla.stop(easier, at(16), CALENDAR), at(17)) is Standing.BREACHED


def test_what_is_met_in_time_stays_met_and_only_the_first_time_counts() -> None:
    met = sla.stop(sla.start(P3, at(10), CALENDAR), at(11), CALENDAR)
    assert standing(met, at(20, day=20)) is Standing.MET
    assert sla.stop(met, at(19), CALENDAR) == met
    assert (met.met_at, met.used_seconds) == (at(11), 3600)


def test_what_is_opened_again_goes_on_with_what_was_used() -> None:
    met = sla.stop(sla.start(P3, at(10), CALENDAR), at(11), CALENDAR)
    again = sla.resume(met, at(14))
    assert again.met_at is None
    assert sla.clock_due_at(again, CALENDAR) == at(15)


def test_a_clock_raised_to_p1_after_more_than_its_time_is_due_at_once() -> None:
    raised = sla.retarget(sla.start(P3, at(10), CALENDAR), P1, at(11), CALENDAR)
    assert sla.clock_due_at(raised, CALENDAR) == at(11)
    assert standing(raised, at(11, 0, 1)) is Standing.BREACHED


def test_a_clock_raised_to_p1_at_night_runs_on_through_the_night() -> None:
    clock = sla.start(P3, at(19, 55), CALENDAR)
    raised = sla.retarget(clock, P1, at(22), CALENDAR)
    assert sla.clock_due_at(raised, CALENDAR) == at(22, 10)


def test_a_paused_clock_is_given_another_target_and_goes_on_pausing() -> None:
    paused = sla.pause(sla.start(P3, at(10), CALENDAR), at(10, 5), CALENDAR)
    changed = sla.retarget(paused, P1, at(14), CALENDAR)
    assert standing(changed, at(18)) is Standing.PAUSED
    assert sla.clock_due_at(sla.resume(changed, at(18)), CALENDAR) == at(18, 10)


@pytest.mark.parametrize("day", [2, 6])
def test_working_days_become_the_business_minutes_they_hold(day: int) -> None:
    target = Target(working_days=5)
    clock = sla.start(target, at(15, day=day), CALENDAR)
    assert clock.target_minutes == 5 * 60 + 5 * 600
    assert sla.clock_due_at(clock, CALENDAR) == sla.due_at(at(15, day=day), target, CALENDAR)


def test_a_clock_of_working_days_is_never_due_after_them() -> None:
    started = at(15, 0, 7)
    clock = sla.start(Target(working_days=1), started, CALENDAR)
    due = sla.clock_due_at(clock, CALENDAR)
    assert due is not None
    assert at(19, 59, day=3) < due <= at(20, day=3)
