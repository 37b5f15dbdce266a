"""Clocks in the database: started, met, paused, aimed anew, called off."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from api.deadlines import service
from api.deadlines.sweep import look
from api.ids import new_id
from api.models import Deadline
from tests.support.rig import Rig
from tests.support.timing import (
    MINUTE,
    MONDAY,
    NEVER_CLOSED,
    SECOND,
    alerts,
    clock,
    set_calendar,
    sweep,
)

KIND = "ticket_first_response"


async def started(rig: Rig, kind: str = KIND, priority: str = "P3") -> UUID:
    """A ticket's clock that runs since Monday morning."""
    subject = new_id()
    async with rig.database.transaction() as tx:
        await service.start(tx, "ticket", subject, kind, priority, MONDAY)
    return subject


async def test_a_clock_is_due_and_warns_by_its_target(rig: Rig) -> None:
    await started(rig)
    row = await clock(rig, KIND)
    assert (row.warn_at, row.due_at) == (MONDAY + 15 * MINUTE, MONDAY + 20 * MINUTE)
    assert row.next_look_at == row.warn_at


async def test_the_same_clock_is_started_once(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        again = await service.start(tx, "ticket", subject, KIND, "P1", MONDAY + MINUTE)
    assert (again.started_at, again.priority) == (MONDAY, "P3")
    assert await rig.scalar("SELECT count(*) FROM deadline") == 1


async def test_what_the_customer_takes_does_not_count(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.pause(tx, subject, MONDAY + 5 * MINUTE)
    row = await clock(rig, KIND)
    assert (row.due_at, row.warn_at, row.next_look_at, row.used_seconds) == (None, None, None, 300)
    await sweep(rig, MONDAY + timedelta(days=3))
    async with rig.database.transaction() as tx:
        await service.pause(tx, subject, MONDAY + 6 * MINUTE)
        await service.resume(tx, subject, MONDAY + 65 * MINUTE)
    row = await clock(rig, KIND)
    assert (row.due_at, row.breached_at) == (MONDAY + 80 * MINUTE, None)


async def test_another_priority_keeps_what_was_used(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.retarget(tx, subject, "P1", MONDAY + 5 * MINUTE)
    row = await clock(rig, KIND)
    assert (row.priority, row.due_at) == ("P1", MONDAY + 15 * MINUTE)


async def test_a_target_that_is_used_up_already_is_missed_at_once(rig: Rig) -> None:
    subject = await started(rig, "next_response", "P4")
    at = MONDAY + 60 * MINUTE
    async with rig.database.transaction() as tx:
        await service.retarget(tx, subject, "P2", at)
    await sweep(rig, at + SECOND)
    assert (await clock(rig, "next_response")).breached_at == at


async def test_a_breach_is_recorded_once_and_never_overwritten(rig: Rig) -> None:
    subject = await started(rig)
    due = MONDAY + 20 * MINUTE
    await sweep(rig, due + SECOND)
    await sweep(rig, due + timedelta(days=1))
    async with rig.database.transaction() as tx:
        await service.retarget(tx, subject, "P4", due + timedelta(days=1))
        await service.meet(tx, subject, KIND, at=due + timedelta(days=2))
        await service.reopen(tx, subject, KIND, at=due + timedelta(days=3))
    assert (await clock(rig, KIND)).breached_at == due


async def test_an_answer_that_was_late_is_a_breach_even_when_no_worker_saw_it(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.meet(tx, subject, KIND, at=MONDAY + 30 * MINUTE)
    row = await clock(rig, KIND)
    assert (row.breached_at, row.met_at) == (MONDAY + 20 * MINUTE, MONDAY + 30 * MINUTE)
    assert row.next_look_at is None


async def test_an_answer_in_time_leaves_nothing_to_look_at(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.meet(tx, subject, at=MONDAY + 19 * MINUTE)
    await sweep(rig, MONDAY + timedelta(days=1))
    row = await clock(rig, KIND)
    assert (row.breached_at, row.next_look_at) == (None, None)
    assert await rig.scalar("SELECT count(*) FROM alert") == 0


async def test_what_was_called_off_goes_on_where_it_stood(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.cancel(tx, subject, at=MONDAY + 10 * MINUTE)
        assert await service.of(tx, [subject]) == {}
    async with rig.database.transaction() as tx:
        await service.reopen(tx, subject, KIND, at=MONDAY + 100 * MINUTE)
        (row,) = (await service.of(tx, [subject], running=True))[subject]
    assert row.due_at == MONDAY + 110 * MINUTE


async def test_the_most_urgent_is_due_first_and_one_that_pauses_comes_last(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.start(tx, "ticket", subject, "ticket_resolution", "P3", MONDAY)
        rows = (await service.of(tx, [subject]))[subject]
        assert getattr(service.most_urgent(rows), "kind", None) == KIND
        await service.meet(tx, subject, KIND, at=MONDAY)
        assert getattr(service.most_urgent(rows), "kind", None) == "ticket_resolution"
        assert service.most_urgent([]) is None


async def test_unknown_kinds_are_refused(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        for kind in ("coffee", "complaint_dance", "incident_party"):
            with pytest.raises(ValueError, match="is not a valid"):
                await service.start(tx, "ticket", new_id(), kind)


async def test_another_calendar_moves_the_clocks_that_run(rig: Rig) -> None:
    subject = await started(rig)
    async with rig.database.transaction() as tx:
        await service.start(tx, "ticket", subject, "complaint_accept", at=MONDAY)
    closed = {**NEVER_CLOSED, "overrides": {"2026-03-09": "closed"}}
    await set_calendar(rig, closed)
    await sweep(rig, MONDAY + 18 * MINUTE)
    row = await clock(rig, KIND)
    midnight = MONDAY + timedelta(hours=14)
    assert (row.due_at, row.warned_at) == (midnight + 20 * MINUTE, None)
    assert (await clock(rig, "complaint_accept")).due_at == MONDAY + timedelta(days=1)


async def still_warned(rig: Rig) -> list[bool]:
    """Of each warning, the oldest first: whether it holds."""
    return [each.ended_at is None for each in await alerts(rig, "sla_warning")]


async def test_after_a_pause_people_are_warned_again_at_once(rig: Rig) -> None:
    subject = await started(rig)
    await sweep(rig, MONDAY + 16 * MINUTE)
    async with rig.database.transaction() as tx:
        await service.pause(tx, subject, MONDAY + 17 * MINUTE)
    assert await still_warned(rig) == [False]
    async with rig.database.transaction() as tx:
        await service.resume(tx, subject, MONDAY + 60 * MINUTE)
    await sweep(rig, MONDAY + 60 * MINUTE + SECOND)
    assert await still_warned(rig) == [False, True]
    await sweep(rig, MONDAY + 61 * MINUTE)
    assert await still_warned(rig) == [False, True]


async def test_what_was_over_and_is_open_again_warns_again(rig: Rig) -> None:
    subject = await started(rig)
    await sweep(rig, MONDAY + 16 * MINUTE)
    async with rig.database.transaction() as tx:
        await service.meet(tx, subject, KIND, at=MONDAY + 17 * MINUTE)
        await service.reopen(tx, subject, KIND, at=MONDAY + 60 * MINUTE)
    await sweep(rig, MONDAY + 60 * MINUTE + SECOND)
    assert await still_warned(rig) == [False, True]


async def test_a_later_target_takes_the_warning_back_and_warns_in_its_own_time(rig: Rig) -> None:
    subject = await started(rig)
    await sweep(rig, MONDAY + 16 * MINUTE)
    async with rig.database.transaction() as tx:
        await service.retarget(tx, subject, "P4", MONDAY + 16 * MINUTE)
    await sweep(rig, MONDAY + 20 * MINUTE)
    assert await still_warned(rig) == [False]
    await sweep(rig, MONDAY + timedelta(hours=18) + SECOND)
    assert await still_warned(rig) == [False, True]


async def test_another_calendar_takes_the_warning_back_until_its_new_moment(rig: Rig) -> None:
    await started(rig)
    await sweep(rig, MONDAY + 16 * MINUTE)
    await set_calendar(rig, {**NEVER_CLOSED, "overrides": {"2026-03-09": "closed"}})
    await sweep(rig, MONDAY + 18 * MINUTE)
    assert await still_warned(rig) == [False]
    midnight = MONDAY + timedelta(hours=14)
    await sweep(rig, midnight + 15 * MINUTE + SECOND)
    assert await still_warned(rig) == [False, True]


async def test_a_killed_sweep_leaves_all_to_the_next_one(rig: Rig) -> None:
    for _ in range(3):
        await started(rig)
    at = MONDAY + 21 * MINUTE

    class Killed(Exception):
        pass

    async def until_killed() -> None:
        async with rig.database.transaction() as tx:
            assert await look(tx, at) == 3
            raise Killed

    with pytest.raises(Killed):
        await until_killed()
    async with rig.database.transaction() as tx:
        rows = (await tx.scalars(select(Deadline))).all()
    assert {row.breached_at for row in rows} == {None}
    assert await rig.scalar("SELECT count(*) FROM alert") == 0
    await sweep(rig, at)
    assert await rig.scalar("SELECT count(*) FROM alert WHERE kind = 'sla_breach'") == 3
    assert await rig.scalar("SELECT count(*) FROM deadline WHERE breached_at IS NOT NULL") == 3
