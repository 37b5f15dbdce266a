"""Two api processes on one database and one Redis are one desk."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest

from tests.support.crew import Colleague, Crew, crew_of, username_of
from tests.support.desk_work import ok, path_of, reply
from tests.support.hops import story_of
from tests.support.processes import database_of, emptied_redis, second_api
from tests.support.rig import Visitor
from tests.support.running_desk import RunningDesk
from tests.support.sockets import Page, page
from tests.support.waiting import eventually

FIRST, SECOND = "双机甲", "双机乙"
ROUNDS = 20
VISITOR_WS = "/api/v1/visitor/ws"


@pytest.fixture(scope="module")
def elsewhere(desk: RunningDesk) -> Iterator[str]:
    """The URL of the second process."""
    with second_api(desk) as url:
        yield url


@pytest.fixture
async def crew(desk: RunningDesk) -> AsyncIterator[Crew]:
    """Two agents; they have no console open."""
    async with crew_of(desk.url, FIRST, SECOND, capacity=ROUNDS) as made:
        yield made


async def presences(people: list[Colleague], of: Colleague) -> set[str]:
    """What each of `people` is shown of somebody's presence, by the process they ask."""
    found = set()
    for each in people:
        items = (await ok(each.http.get("/api/v1/agents")))["items"]
        found |= {item["effective_presence"] for item in items if item["id"] == of.id}
    return found


async def open_widget(stack: AsyncExitStack, url: str, visitor: Visitor) -> Page:
    """The customer's page, connected to the process at `url`."""
    opened = await stack.enter_async_context(page(url.removeprefix("http://"), VISITOR_WS))
    await opened.send({"type": "auth", "token": visitor.token, "after": 0})
    await opened.until("ready")
    return opened


async def last_words(console: Page) -> str | None:
    """What was said last in the conversation that the console is told of next."""
    shown = (await console.until("conversation"))["conversation"]
    return shown["last_message"] and str(shown["last_message"]["text"])


async def test_of_two_who_take_one_conversation_through_two_processes_one_wins(
    desk: RunningDesk, elsewhere: str, crew: Crew
) -> None:
    here = crew.agents[0]
    there = await crew.signed_in(username_of(SECOND), elsewhere)
    visitors = [await crew.visitor() for _ in range(ROUNDS)]
    winners = set()
    for visitor in visitors:
        path = path_of(visitor, "/take")
        answers = await asyncio.gather(here.http.post(path), there.http.post(path))
        assert sorted(each.status_code for each in answers) == [200, 409]
        won = next(each.json() for each in answers if each.status_code == 200)
        lost = next(each.json() for each in answers if each.status_code == 409)
        assert lost["error"]["code"] == "already_taken"
        assert (await crew.shown(visitor))["owner"]["id"] == won["owner"]["id"]
        winners.add(won["owner"]["display_name"])
    async with database_of(desk) as database, database.transaction() as tx:
        for visitor in visitors:
            story = await story_of(tx, visitor.conversation_id)
            story.check()
            assert len(story.told()) == 1
    assert winners <= {FIRST, SECOND}


async def test_what_is_said_through_one_process_appears_on_pages_of_the_other(
    desk: RunningDesk, elsewhere: str, crew: Crew
) -> None:
    here, visitor = crew.agents[0], await crew.visitor(elsewhere)
    async with AsyncExitStack() as stack:
        widget = await open_widget(stack, elsewhere, visitor)
        console = await stack.enter_async_context(here.console())
        await ok(here.http.post(path_of(visitor, "/take")))
        for number in range(12):
            if number % 4 == 2:
                await emptied_redis(desk)
            said, answered = f"问 {number}", f"答 {number}"
            await visitor.say(said)
            while await last_words(console) != said:
                pass
            assert (await reply(here.http, visitor, answered)).status_code == 201
            assert (await widget.message("agent"))["text"] == answered
    got = [frame["message"] for frame in widget.seen if frame["type"] == "message"]
    assert [each["seq"] for each in got] == list(range(1, len(got) + 1))
    assert [each["text"] for each in got if each["author"] == "agent"] == [
        f"答 {number}" for number in range(12)
    ]


async def test_a_message_sent_again_through_the_other_process_is_stored_once(
    elsewhere: str, crew: Crew
) -> None:
    visitor = await crew.visitor()
    there = Visitor(await crew.client(elsewhere), visitor.token, visitor.conversation_id)
    there.http.headers["Authorization"] = f"Bearer {visitor.token}"
    client_id = uuid4().hex
    both = await asyncio.gather(*(each.say("你好", client_id) for each in (visitor, there) * 3))
    assert len({each["id"] for each in both}) == 1
    assert sorted(each["duplicate"] for each in both) == [False] + [True] * 5


async def test_both_processes_agree_on_who_is_there(elsewhere: str, crew: Crew) -> None:
    here = crew.agents[0]
    there = await crew.signed_in(username_of(FIRST), elsewhere)
    askers = [crew.admin, await crew.signed_in(username_of(SECOND), elsewhere)]

    async def shown(presence: str) -> bool:
        return await presences(askers, here) == {presence}

    async with there.console():
        assert await shown("online")
        async with here.console():
            assert await shown("online")
        assert await shown("online"), "a console is open in the other process"
    await eventually(lambda: shown("offline"), "the last console was closed")


async def test_a_console_that_redis_has_forgotten_still_keeps_its_owner_there(
    desk: RunningDesk, elsewhere: str, crew: Crew
) -> None:
    here = crew.agents[0]
    there = await crew.signed_in(username_of(FIRST), elsewhere)
    async with there.console():
        async with here.console():
            await emptied_redis(desk)
        for _ in range(3):
            assert await presences([crew.admin], here) == {"online"}
