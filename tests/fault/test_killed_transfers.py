"""The api is killed with -9 while many conversations are being passed on."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from tests.support.crew import Colleague, Crew, crew_of, persistently
from tests.support.desk_work import ok, path_of
from tests.support.hops import story_of
from tests.support.processes import database_of
from tests.support.rig import Visitor
from tests.support.running_desk import RunningDesk
from tests.support.waiting import eventually

NAMES = ("传递甲", "传递乙", "传递丙")
CONVERSATIONS = 10
KILLS = 3
BACK_SECONDS = 60
LOOK_AGAIN_SECONDS = 0.05


@dataclass
class Passed:
    """What one conversation's people know they have done."""

    visitor: Visitor
    transfers: int = 0
    unsure: int = 0
    """Transfers whose answer was cut off: they have happened or not."""
    said: list[str] = field(default_factory=list)


class Stream:
    """Passes every conversation on and on until it is stopped."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._stopped = False
        self.passed: list[Passed] = []

    @property
    def transfers(self) -> int:
        """Transfers so far."""
        return sum(each.transfers for each in self.passed)

    def stop(self) -> None:
        """The transfer under way is the last."""
        self._stopped = True

    async def begin(self) -> None:
        """Each conversation has an agent."""
        for number in range(CONVERSATIONS):
            visitor = await self._crew.visitor()
            first = self._crew.agents[number % len(NAMES)]
            await ok(first.http.post(path_of(visitor, "/take")))
            self.passed.append(Passed(visitor))

    async def run(self) -> None:
        """Until `stop`."""
        await asyncio.gather(*(self._pass_on(each) for each in self.passed))

    async def _pass_on(self, passed: Passed) -> None:
        while not self._stopped:
            owner = await self._owner(passed.visitor)
            if owner is None:
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
                continue
            await self._speak(passed, owner)
            await self._transfer(passed, owner)

    async def _owner(self, visitor: Visitor) -> Colleague | None:
        """Who has it now; None while it waits."""
        admin = self._crew.admin.http
        answer, _ = await persistently(lambda: admin.get(path_of(visitor)))
        found = answer.json()
        if found["state"] != "active":
            return None
        return next(each for each in self._crew.agents if each.id == found["owner"]["id"])

    async def _speak(self, passed: Passed, owner: Colleague) -> None:
        """The customer and the agent say something that arrives exactly once."""
        text = f"第 {len(passed.said) + 1} 句"
        body = {"text": text, "client_id": f"c{len(passed.said) + 1}"}
        for http, path, status in (
            (passed.visitor.http, "/api/v1/visitor/messages", 202),
            (owner.http, path_of(passed.visitor, "/messages"), 201),
        ):
            answer, _ = await persistently(lambda: http.post(path, json=body))  # noqa: B023  awaited here
            assert answer.status_code == status, answer.text
        passed.said.append(text)

    async def _transfer(self, passed: Passed, owner: Colleague) -> None:
        others = [each for each in self._crew.agents if each is not owner]
        body = {"agent_id": others[len(passed.said) % len(others)].id, "note": "转给同事"}
        answer, unsure = await persistently(
            lambda: owner.http.post(path_of(passed.visitor, "/transfer"), json=body)
        )
        if answer.status_code == 409:  # made already, or the colleague's console is not back yet
            assert unsure or answer.json()["error"]["code"] == "agent_away", answer.text
            passed.unsure += unsure
            return
        assert answer.status_code == 200, answer.text
        passed.transfers += 1
        passed.unsure += unsure


@pytest.fixture
async def crew(desk: RunningDesk) -> AsyncIterator[Crew]:
    """Three agents whose consoles come back by themselves."""
    async with crew_of(desk.url, *NAMES, capacity=CONVERSATIONS) as made, AsyncExitStack() as stack:
        for agent in made.agents:
            await stack.enter_async_context(agent.at_work())
        yield made


@pytest.mark.timeout(600)
async def test_transfers_that_the_api_dies_in_are_made_wholly_or_not_at_all(
    desk: RunningDesk, crew: Crew
) -> None:
    stream, moments = Stream(crew), random.Random(7)
    await stream.begin()
    async with asyncio.TaskGroup() as group:
        group.create_task(stream.run())
        for _ in range(KILLS):
            await _some_more(stream, moments.randint(5, 25))
            pid = await asyncio.to_thread(desk.kill, "api")
            await asyncio.to_thread(desk.wait_restarted, "api", pid, BACK_SECONDS)
        await _some_more(stream, CONVERSATIONS)
        stream.stop()
    await _check(desk, crew, stream)


async def _some_more(stream: Stream, count: int) -> None:
    wanted = stream.transfers + count
    await eventually(lambda: stream.transfers >= wanted, "transfers are being made", 120)


async def _check(desk: RunningDesk, crew: Crew, stream: Stream) -> None:
    async with database_of(desk) as database:
        for passed in stream.passed:

            async def has_an_agent(visitor: Visitor = passed.visitor) -> bool:
                return bool((await crew.shown(visitor))["state"] == "active")

            await eventually(has_an_agent, "the last transfer has reached somebody", 15)
            async with database.transaction() as tx:
                story = await story_of(tx, passed.visitor.conversation_id)
            story.check()
            made = [hop.reason for hop in story.hops].count("transfer")
            assert passed.transfers <= made <= passed.transfers + passed.unsure
            for author in ("customer", "agent"):
                said = [m["text"] for m in story.messages if m["author"] == author]
                assert Counter(said) == Counter(passed.said), "lost or doubled"
