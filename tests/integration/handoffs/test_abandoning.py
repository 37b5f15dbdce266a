"""Who waits no more: by the button, or because the page was closed long ago."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.channels.web import service
from api.handoffs.abandoning import release_gone
from api.ids import now
from tests.support.desk_work import ok, path_of, waiting_visitor
from tests.support.rig import Rig, Visitor
from tests.support.routing import at_work, change, waiting

GAVE_UP = "SELECT left_for FROM queue_wait ORDER BY queued_at DESC LIMIT 1"


async def busy_desk(rig: Rig) -> Visitor:
    """A customer who waits, and has been told how long, since the only agent has another one."""
    await at_work(rig, "小雨", capacity=1)
    _, second = await waiting(rig, 2)
    return second


async def leave_page(rig: Rig, minutes: int) -> None:
    """All pages were closed so long ago."""
    ago = now() - timedelta(minutes=minutes)
    await change(rig, "UPDATE visitor_session SET seen_at = %s", ago)
    await change(rig, "UPDATE conversation SET queued_at = %s WHERE state = 'queued'", ago)


async def release(rig: Rig) -> int:
    return await release_gone(rig.database, rig.desk.settings, now())


async def last_hop(rig: Rig) -> tuple[str, ...]:
    query = "SELECT from_owner, to_owner, reason FROM handoff ORDER BY created_at DESC LIMIT 1"
    (hop,) = await rig.rows(query)
    return tuple(hop)


async def test_every_waiting_notice_offers_to_stop_waiting(rig: Rig) -> None:
    visitor = await busy_desk(rig)
    notice = (await visitor.read())["messages"][-1]
    assert [button["text"] for button in notice["buttons"]][-1] == "不等了"


async def test_who_gives_up_is_with_the_bot_again_and_counted(rig: Rig) -> None:
    visitor = await busy_desk(rig)
    await visitor.say("不等了")
    await rig.run_turns()
    found = await visitor.read()
    assert (found["conversation"]["state"], found["pending"]) == ("bot", [])
    assert found["messages"][-1]["text"].startswith("好的，已为您取消排队")
    assert await last_hop(rig) == ("queue", "bot", "abandoned")
    assert await rig.scalar(GAVE_UP) == "abandoned"
    running = "SELECT count(*) FROM deadline WHERE subject_id = :id AND cancelled_at IS NULL"
    assert await rig.scalar(running, id=visitor.conversation_id) == 0
    wall = await ok((await rig.staff("supervisor")).get("/api/v1/wall"))
    assert (wall["today"]["abandoned"], wall["queue"]["count"]) == (1, 0)
    await visitor.say("还是转人工吧")
    await rig.run_turns()
    assert (await visitor.read())["conversation"]["state"] == "queued"


async def test_the_button_means_nothing_to_who_does_not_wait(rig: Rig) -> None:
    visitor = await waiting_visitor(rig, "不等了")
    assert (await visitor.read())["conversation"]["state"] == "bot"
    assert await rig.scalar("SELECT count(*) FROM handoff") == 0


async def test_who_has_closed_the_page_for_long_is_let_go_and_may_come_back(rig: Rig) -> None:
    visitor = await busy_desk(rig)
    await leave_page(rig, 29)
    assert await release(rig) == 0
    await leave_page(rig, 31)
    assert (await release(rig), await release(rig)) == (1, 0)
    assert await last_hop(rig) == ("queue", "", "abandoned")
    assert await rig.scalar(GAVE_UP) == "abandoned"
    found = await visitor.read()
    assert found["conversation"]["state"] == "closed"
    assert "排队已取消" in found["messages"][-1]["text"]
    await visitor.say("我回来了")
    await rig.run_turns()
    assert (await visitor.read())["conversation"]["state"] == "bot"


async def test_who_is_still_on_the_page_goes_on_waiting(rig: Rig) -> None:
    visitor = await busy_desk(rig)
    await leave_page(rig, 31)
    await visitor.read()
    assert await release(rig) == 0
    assert (await visitor.read())["conversation"]["state"] == "queued"


@pytest.mark.parametrize("priority", ["P1", "P4"])
async def test_who_was_promised_an_answer_gets_a_ticket(rig: Rig, priority: str) -> None:
    """P1 always, and whoever was told that nobody is there and the question is kept."""
    visitor = await (busy_desk(rig) if priority == "P1" else waiting_visitor(rig))
    await change(rig, "UPDATE conversation SET priority = %s WHERE state = 'queued'", priority)
    await leave_page(rig, 31)
    assert await release(rig) == 1
    assert (await visitor.read())["conversation"]["state"] == "ticketed"
    assert await rig.scalar("SELECT priority FROM ticket") == priority
    assert await rig.scalar(GAVE_UP) == "ticket"


async def test_where_answers_reach_the_customer_anywhere_nobody_is_gone(rig: Rig) -> None:
    await busy_desk(rig)
    await change(rig, "UPDATE conversation SET channel = 'wechat' WHERE state = 'queued'")
    await leave_page(rig, 31)
    assert await release(rig) == 0


async def test_who_takes_it_at_that_moment_has_it(rig: Rig) -> None:
    visitor = await busy_desk(rig)
    await leave_page(rig, 31)
    await ok((await rig.staff("agent")).post(path_of(visitor, "/take")))
    assert await release(rig) == 0
    assert (await visitor.read())["conversation"]["state"] == "active"


async def test_what_an_open_socket_notes_keeps_the_wait(rig: Rig) -> None:
    waits = await busy_desk(rig)
    await leave_page(rig, 31)
    customer_id = await rig.scalar(
        "SELECT customer_id FROM conversation WHERE id = :id", id=waits.conversation_id
    )
    async with rig.database.transaction() as tx:
        await service.seen(tx, service.Visitor(customer_id, waits.conversation_id))
    assert await release(rig) == 0
