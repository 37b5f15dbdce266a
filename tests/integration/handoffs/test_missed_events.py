"""A process that dies right after its commit tells nobody; the consoles find out all the same."""

from __future__ import annotations

from api.conversations.missed import LOOK_SECONDS, Missed
from api.db import Database
from api.events import SilentBus
from api.handoffs.routing import route
from api.settings import Settings
from tests.integration.test_agent_socket import console
from tests.support.desk_work import ok, waiting_visitor
from tests.support.rig import Rig
from tests.support.routing import change, detail

SOON = 4 * LOOK_SECONDS


async def test_a_conversation_given_by_a_worker_that_died_reaches_the_agents_page(
    rig: Rig, address: str, settings: Settings
) -> None:
    visitor = await waiting_visitor(rig)
    agent = await rig.staff()
    dying = Database(settings.sqlalchemy_url, SilentBus())
    await ok(agent.put("/api/v1/agents/me/presence", json={"presence": "busy"}))
    async with console(address, agent) as open_page:
        await change(rig, "UPDATE staff SET presence = 'online' WHERE username = 'agent'")
        await route(dying)
        await dying.dispose()
        await open_page.until("refresh", SOON)
        mine = await ok(agent.get("/api/v1/conversations", params={"view": "mine"}))
        assert [each["id"] for each in mine["items"]] == [str(visitor.conversation_id)]


async def look(rig: Rig, missed: Missed) -> bool:
    async with rig.database.transaction() as tx:
        return await missed.look(tx)


async def test_what_was_told_is_not_taken_for_missed_and_what_was_missed_is_found_once(
    rig: Rig,
) -> None:
    missed = Missed()
    visitor = await waiting_visitor(rig)
    shown = await detail(await rig.staff(), visitor)
    missed.told(shown)
    assert [await look(rig, missed) for _ in range(3)] == [False, False, False]
    await visitor.say("还在吗")
    assert [await look(rig, missed) for _ in range(3)] == [False, True, False]
