"""Whatever is done to a conversation, in whatever order, its customer knows of exactly one owner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from api.handoffs.lost import requeue_lost
from api.handoffs.routing import route
from api.ids import now
from tests.support.desk_work import path_of, reply
from tests.support.hops import Story, story_of
from tests.support.rig import Rig, Visitor
from tests.support.routing import at_work, change

NAMES = ("小雨", "小雪", "小风")
WORDS = ("转人工", "转人工", "你好", "留言，转为工单", "不等了")
SUPERVISOR = len(NAMES)

Move = tuple[str, int, int]
"""What is done, by whom, and to whom or which words."""
KINDS = (
    *("say", "say", "take", "take", "transfer", "transfer", "transfer_skill", "decline"),
    *("assign", "return-to-bot", "wrap-up", "close", "lose", "presence", "reply", "leave-word"),
)
MOVES = st.tuples(st.sampled_from(KINDS), st.integers(0, SUPERVISOR), st.integers(0, 2))
STEPS = st.lists(st.lists(MOVES, min_size=1, max_size=2), min_size=4, max_size=14)
"""The moves of one step are made at the same moment."""


@dataclass
class Desk:
    """A desk with three agents and a supervisor, and the customer of this example."""

    rig: Rig
    people: list[httpx.AsyncClient]
    ids: list[UUID]
    visitor: Visitor
    presence: list[str] = field(default_factory=lambda: ["online"] * len(NAMES))

    async def make(self, move: Move) -> httpx.Response | None:
        """Make a move; None where nothing answers."""
        kind, who, what = move
        acts: dict[str, Callable[[int, int], Awaitable[httpx.Response | None]]] = {
            "say": self._say,
            "lose": self._lose,
            "presence": self._choose,
            "reply": self._reply,
            "leave-word": self._leave_word,
        }
        if kind in acts:
            return await acts[kind](who, what)
        bodies: dict[str, dict[str, Any]] = {
            "transfer": {"agent_id": str(self.ids[what])},
            "transfer_skill": {"skill": ("refund", "order", "other")[what]},
            "assign": {"agent_id": str(self.ids[what])},
            "close": {"result": "resolved"},
        }
        path = "/" + kind.removesuffix("_skill")
        return await self.people[who].post(path_of(self.visitor, path), json=bodies.get(kind, {}))

    async def story(self) -> Story:
        """The conversation now."""
        async with self.rig.database.transaction() as tx:
            return await story_of(tx, self.visitor.conversation_id)

    async def _say(self, who: int, what: int) -> httpx.Response:
        said = await self.visitor.send(WORDS[(who + what) % len(WORDS)])
        await self.rig.run_turns()
        return said

    async def _leave_word(self, _who: int, _what: int) -> httpx.Response:
        return await self.visitor.http.post("/api/v1/visitor/leave-word", json={})

    async def _reply(self, who: int, _what: int) -> httpx.Response:
        return await reply(self.people[who], self.visitor, f"{uuid4()}")

    async def _choose(self, who: int, what: int) -> httpx.Response:
        body = {"presence": ("online", "busy", "break")[what]}
        return await self.people[who].put("/api/v1/agents/me/presence", json=body)

    async def _lose(self, who: int, _what: int) -> None:
        """The connection of one agent is lost for good; the others' consoles stay open."""
        lost = self.ids[who % len(NAMES)]
        later = now() + timedelta(seconds=50)
        await change(self.rig, "UPDATE pulse SET since = '2020-01-01', beat_at = %s", later)
        await change(
            self.rig,
            "UPDATE staff SET last_seen_at = CASE WHEN id = %s THEN now() ELSE %s END",
            *(lost, later),
        )
        async with self.rig.database.transaction() as tx:
            await requeue_lost(tx, later)
        await change(self.rig, "UPDATE staff SET last_seen_at = now()")
        await route(self.rig.database)


async def opened(rig: Rig) -> Desk:
    """Nobody has anything, everybody is at work; who was there in the last example still is."""
    people, ids = [], []
    for name in NAMES:
        known = await rig.scalar("SELECT id FROM staff WHERE username = :name", name=name)
        if known is None:
            client, staff_id = await at_work(rig, name)
        else:
            client, staff_id = await rig.staff(name), known
        people.append(client)
        ids.append(staff_id)
    await change(rig, "UPDATE conversation SET state = 'closed', owner_id = NULL")
    await change(rig, "UPDATE staff SET presence = 'online', last_seen_at = now()")
    people.append(await rig.staff("supervisor"))
    return Desk(rig, people, ids, await rig.visitor())


def changed(before: Story, after: Story) -> bool:
    """Whether anything has happened in between."""
    return (before.row.last_seq, before.row.handoff_count) != (
        after.row.last_seq,
        after.row.handoff_count,
    )


async def step(desk: Desk, moves: Sequence[Move]) -> None:
    """Make the moves at once, and look."""
    before = await desk.story()
    answers = await asyncio.gather(*(desk.make(move) for move in moves))
    after = await desk.story()
    refused = [each for each in answers if each is not None and each.status_code >= 400]
    for answer in refused:
        assert answer.status_code in (403, 404, 409, 422), answer.text
    if len(refused) == len(answers):
        assert not changed(before, after), "a refusal changed something"
    after.check()
    shown = (await desk.visitor.read())["messages"]
    shown_notices = [each["text"] for each in shown if each["author"] == "system"]
    assert shown_notices == [m["text"] for m in after.messages if m["author"] == "system"]


@settings(
    max_examples=15,
    phases=(Phase.generate,),  # a failing example is short as it is, and shrinking it takes minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_no_sequence_of_moves_tells_the_customer_of_two_owners(
    rig: Rig, steps: list[list[Move]]
) -> None:
    desk = await opened(rig)
    for moves in steps:
        await step(desk, moves)
