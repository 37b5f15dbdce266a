"""The network of an agent is cut: nothing is closed, nothing arrives any more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.crew import Crew, crew_of, username_of
from tests.support.cuttable import CuttableNetwork, cuttable_network
from tests.support.desk_work import ok, path_of, refused, reply
from tests.support.hops import story_of
from tests.support.patience import lost_after
from tests.support.processes import database_of
from tests.support.running_desk import RunningDesk

CUT_OFF, COLLEAGUE = "断网甲", "断网乙"
LOST_AFTER = 15
"""Seconds, the least that is allowed."""
WITHIN = 60
"""Seconds after which the customer has somebody else (design §8)."""


@pytest.fixture
def network(desk: RunningDesk) -> Iterator[CuttableNetwork]:
    """The way of one agent to the desk."""
    with cuttable_network(desk.url) as way:
        yield way


@pytest.fixture
async def crew(desk: RunningDesk) -> AsyncIterator[Crew]:
    """Two agents, and a desk that loses patience sooner than usual."""
    async with crew_of(desk.url, CUT_OFF, COLLEAGUE) as made, lost_after(made, LOST_AFTER):
        yield made


async def test_the_customer_of_an_agent_who_is_cut_off_gets_another_one(
    desk: RunningDesk, network: CuttableNetwork, crew: Crew
) -> None:
    colleague = crew.agents[1]
    cut_off = await crew.signed_in(username_of(CUT_OFF), network.url)
    visitor = await crew.visitor()
    async with cut_off.console() as lost, colleague.console() as other:
        await ok(cut_off.http.post(path_of(visitor, "/take")))
        assert (await reply(cut_off.http, visitor, "我来查一下")).status_code == 201
        network.cut()
        await other.until("conversation", WITHIN)
        await crew.owned(visitor, colleague, WITHIN)
        network.mend()
        assert await lost.close_code(30), "the old connection is of no use any more"
        async with cut_off.console() as back:
            mine = await ok(cut_off.http.get("/api/v1/conversations", params={"view": "mine"}))
            assert [each["id"] for each in mine["items"]] == []
            told = (await ok(cut_off.http.get("/api/v1/notifications")))["items"][0]
            assert (told["kind"], told["subject"]["id"]) == (
                "requeued",
                str(visitor.conversation_id),
            )
            body = {"text": "还在吗", "client_id": "late"}
            await refused(
                cut_off.http.post(path_of(visitor, "/messages"), json=body), 409, "not_owner"
            )
            await ok(
                colleague.http.post(path_of(visitor, "/transfer"), json={"agent_id": cut_off.id})
            )
            await crew.owned(visitor, cut_off)
            await back.until("conversation", 10)
            assert (await reply(cut_off.http, visitor, "我回来了")).status_code == 201
    async with database_of(desk) as database, database.transaction() as tx:
        story = await story_of(tx, visitor.conversation_id)
    story.check()
    assert story.told() == [CUT_OFF, "queue", COLLEAGUE, "queue", CUT_OFF]
    lost_notice = [m["text"] for m in story.messages if "连接中断" in m["text"]]
    assert len(lost_notice) == 1
