"""One person on the web page and on WeChat: joined with a code, and taken apart again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from simulator.wechat.people import Person
from tests.support.desk_work import ok, path_of, refused
from tests.support.files import PNG
from tests.support.rig import Visitor
from tests.support.sockets import page
from tests.support.wechat_desk import WechatDesk

SOCKET = "/api/v1/visitor/ws"
CODE = "/api/v1/visitor/join-code"
NOTICE = "已连接您在网页上的对话"
LONG = "请问我的快递到哪里了？"


async def code_of(visitor: Visitor) -> str:
    return str((await ok(visitor.http.post(CODE), 201))["code"])


async def customers(desk: WechatDesk) -> int:
    """How many there are that were not merged into another."""
    query = "SELECT count(*) FROM customer WHERE merged_into_id IS NULL"
    return int(await desk.rig.scalar(query))


async def opened(visitor: Visitor) -> UUID:
    """The conversation that the page shows now."""
    return UUID((await visitor.read())["conversation"]["id"])


async def met(desk: WechatDesk) -> tuple[Visitor, Person]:
    """A visitor who has written, and somebody on WeChat who has."""
    visitor = await desk.rig.visitor("小林")
    await visitor.say("网页上说的话")
    person = desk.customer(await desk.official())
    await person.write("微信上说的话")
    return visitor, person


async def test_the_conversation_of_the_page_goes_on_on_wechat(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    await person.write(f"连接码：{await code_of(visitor)}")
    assert await desk.conversation_of(person) == visitor.conversation_id
    assert await customers(desk) == 1
    await person.write(LONG)
    await desk.work()
    await person.wait_for(NOTICE)
    assert (await person.wait_for(LONG)).side == "desk"
    texts = await visitor.texts()
    assert texts[:2] == ["网页上说的话", "[连接码]"]
    assert texts.count(LONG) == 2


async def test_a_page_is_told_where_a_code_can_be_written_until_one_was(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor("小林")

    async def offered() -> list[str]:
        names: list[str] = (await visitor.read())["conversation"]["wechat_accounts"]
        return names

    assert await offered() == []
    account = await desk.official()
    assert await offered() == [account.name]
    await desk.customer(account).write(await code_of(visitor))
    assert await offered() == []
    other = await desk.rig.visitor("小王")
    await desk.change(account.key, enabled=False)
    assert (await other.read())["conversation"]["wechat_accounts"] == []


async def test_the_page_may_go_on_and_is_answered_there(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    await person.write(await code_of(visitor))
    await desk.work()
    await person.wait_for(NOTICE)
    before = len(person.phone.received)
    await visitor.say("回到网页")
    await desk.work()
    assert len(person.phone.received) == before
    assert "回到网页" in await visitor.texts("bot")


async def test_with_people_at_it_the_conversation_of_wechat_goes_on(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor()
    await visitor.say("网页上说的话")
    person = desk.customer(await desk.official())
    await person.write("转人工")
    await desk.work()
    own = await desk.conversation_of(person)
    await person.write(await code_of(visitor))
    assert await desk.conversation_of(person) == own
    assert await opened(visitor) == own
    assert await visitor.texts("customer") == ["转人工", "[连接码]"]
    agent = await desk.rig.staff()
    await ok(agent.post(f"/api/v1/conversations/{own}/take"))
    for conversation_id, said in ((own, "我是客服"), (visitor.conversation_id, None)):
        left = await ok(agent.get(f"/api/v1/conversations/{conversation_id}/messages"))
        notes = [each for each in left["messages"] if each["private"]]
        assert len(notes) == 1
        if said:
            body = {"text": said, "client_id": "reply-1", "after_seq": left["next"]}
            path = f"/api/v1/conversations/{conversation_id}/messages"
            await ok(agent.post(path, json=body), 201)
    await desk.work()
    await person.wait_for("我是客服")
    assert "我是客服" in await visitor.texts("agent")


async def test_what_is_still_said_in_the_conversation_that_was_left_arrives(
    desk: WechatDesk,
) -> None:
    visitor = await desk.rig.visitor()
    await visitor.say("转人工")
    await desk.rig.run_turns()
    agent = await desk.rig.staff()
    await ok(agent.post(path_of(visitor, "/take")))
    person = desk.customer(await desk.official())
    await person.write("转人工")
    await desk.work()
    await person.write(await code_of(visitor))
    body = {"text": "您在网页上问的已办好", "client_id": "reply-2", "after_seq": 99}
    await ok(agent.post(path_of(visitor, "/messages"), json=body), 201)
    await desk.work()
    await person.wait_for("已办好")


async def test_a_code_counts_once_and_not_for_ever(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    code = await code_of(visitor)
    await desk.rig.rows("UPDATE join_code SET expires_at = now() - interval '1 second' RETURNING 1")
    await person.write(code)
    assert await customers(desk) == 2
    assert code in await desk.said(person)
    fresh = await code_of(visitor)
    await person.write(fresh)
    assert await customers(desk) == 1
    thief = desk.customer(person.account, "小王")
    await thief.write(fresh)
    assert await customers(desk) == 2
    assert await desk.conversation_of(thief) != visitor.conversation_id


async def test_a_code_told_twice_joins_once(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    for _ in range(2):
        await person.write(await code_of(visitor))
    assert await customers(desk) == 1
    merged = "SELECT count(*) FROM customer_merge"
    assert await desk.rig.scalar(merged) == 1
    assert await visitor.texts("customer") == ["网页上说的话", "[连接码]", "[连接码]"]


async def test_a_page_is_given_so_many_codes_an_hour(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor()
    for _ in range(10):
        await code_of(visitor)
    await refused(visitor.http.post(CODE), 429, "too_many_codes")


async def undone(desk: WechatDesk) -> dict[str, Any]:
    """Take the only merge apart."""
    row = (await desk.rig.rows("SELECT id, proof, staff_id, reason FROM customer_merge"))[0]
    assert (row.proof, row.staff_id) == ("channel_code", None)
    assert "连接码" in row.reason
    agent = await desk.rig.staff()
    return await ok(agent.post(f"/api/v1/customers/merges/{row.id}/undo"))


async def test_undone_each_channel_leads_to_its_own_customer_again(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    before = await desk.conversation_of(person)
    await person.write(await code_of(visitor))
    await undone(desk)
    assert await customers(desk) == 2
    assert await desk.conversation_of(person) == before
    assert await opened(visitor) == visitor.conversation_id
    await person.write("只在微信说")
    assert "只在微信说" not in await visitor.texts()
    await visitor.say("只在网页说")
    await desk.work()
    assert "只在网页说" not in person.texts


async def test_undone_the_page_leaves_the_conversation_of_wechat(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor()
    person = desk.customer(await desk.official())
    await person.write("转人工")
    await desk.work()
    await person.write(await code_of(visitor))
    assert await opened(visitor) != visitor.conversation_id
    await undone(desk)
    assert await opened(visitor) == visitor.conversation_id


async def test_an_open_page_is_led_to_the_conversation_of_wechat(
    desk: WechatDesk, address: str
) -> None:
    visitor = await desk.rig.visitor()
    person = desk.customer(await desk.official())
    await person.write("转人工")
    await desk.work()
    enter = {"type": "auth", "token": visitor.token, "after": 0}
    async with page(address, SOCKET) as before:
        await before.send(enter)
        await before.until("ready")
        await person.write(await code_of(visitor))
        assert await before.close_code() == 1012
    async with page(address, SOCKET) as after:
        await after.send(enter)
        ready = await after.until("ready")
    assert ready["conversation"]["id"] == str(await desk.conversation_of(person))
    assert "转人工" in [message["text"] for message in ready["messages"]]


async def test_an_open_page_shows_a_file_that_came_later(desk: WechatDesk, address: str) -> None:
    visitor, person = await met(desk)
    await person.write(await code_of(visitor))
    async with page(address, SOCKET) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await open_page.until("ready")
        await person.send_file("image", "broken.png", PNG)
        first = await open_page.message("customer")
        await desk.work()
        again = await open_page.message("customer")
    assert (first["seq"], first["attachments"]) == (again["seq"], [])
    assert [file["media_type"] for file in again["attachments"]] == ["image/png"]
