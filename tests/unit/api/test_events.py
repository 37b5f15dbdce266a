"""The hub gives events to those who listen; a slow listener gets one refresh instead."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from api.events import ALL, REFRESH, Event, EventHub


def hub() -> EventHub:
    """A hub that is never run; its client opens no connection."""
    return EventHub(Redis())


def drain(queue: asyncio.Queue[Event]) -> list[Event]:
    found = []
    while not queue.empty():
        found.append(queue.get_nowait())
    return found


async def test_a_listener_hears_its_own_conversation_only() -> None:
    events = hub()
    async with events.listen("a") as mine, events.listen("b") as other, events.listen() as every:
        events._dispatch(Event("message", "a"))
        assert drain(mine) == [Event("message", "a")]
        assert drain(other) == []
        assert drain(every) == [Event("message", "a")]


async def test_a_refresh_reaches_everybody() -> None:
    events = hub()
    async with events.listen("a") as mine, events.listen(ALL) as every:
        events._dispatch(REFRESH)
        assert drain(mine) == drain(every) == [REFRESH]


async def test_a_listener_too_slow_gets_one_refresh_instead_of_the_backlog() -> None:
    events = hub()
    async with events.listen("a") as slow:
        for _ in range(slow.maxsize):
            events._dispatch(Event("message", "a"))
        assert slow.full()
        events._dispatch(Event("handled", "a"))
        assert drain(slow) == [REFRESH]
        events._dispatch(Event("handled", "a"))
        assert drain(slow) == [Event("handled", "a")]


async def test_a_slow_listener_does_not_hold_up_the_others() -> None:
    events = hub()
    async with events.listen("a") as slow, events.listen("a") as quick:
        for number in range(slow.maxsize + 1):
            events._dispatch(Event("message", "a", {"n": str(number)}))
            assert quick.get_nowait().data == {"n": str(number)}
        assert drain(slow) == [REFRESH]


async def test_who_has_left_is_forgotten() -> None:
    events = hub()
    async with events.listen("a"):
        pass
    events._dispatch(Event("message", "a"))
    assert events._listeners == {}


async def test_what_is_about_no_conversation_is_heard_once() -> None:
    events = hub()
    async with events.listen(ALL) as every, events.listen("a") as mine:
        events._dispatch(Event("presence", "", {"staff_id": "1"}))
        assert drain(every) == [Event("presence", "", {"staff_id": "1"})]
        assert drain(mine) == []
