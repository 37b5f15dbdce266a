"""One person on the web page and on WeChat: joined with a code, and taken apart again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.auth.service import Role, SignedIn
from api.channels import inbound
from api.conversations import repository
from api.customers import merging
from api.ids import now
from api.models import ChannelAccount, ChannelContact, CustomerMerge, Staff
from simulator.wechat.people import Person
from tests.support.desk_work import ok, path_of, refused
from tests.support.files import PNG
from tests.support.locking import while_waiting
from tests.support.rig import Visitor
from tests.support.sockets import page
from tests.support.wechat_desk import WechatDesk

SOCKET = "/api/v1/visitor/ws"
CODE = "/api/v1/visitor/join-code"
NOTICE = "已连接您在网页上的对话"
YES, NO = "确认合并两边的对话", "不是我"
LONG = "请问我的快递到哪里了？"


async def code_of(visitor: Visitor) -> str:
    return str((await ok(visitor.http.post(CODE), 201))["code"])


async def joins(visitor: Visitor, person: Person) -> str:
    """Write a code of the page on WeChat and confirm it; the code."""
    code = await code_of(visitor)
    await person.write(code)
    await person.write(YES)
    return code


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
    await joins(visitor, person)
    assert await desk.conversation_of(person) == visitor.conversation_id
    assert await customers(desk) == 1
    await person.write(LONG)
    await desk.work()
    await person.wait_for(NOTICE)
    assert (await person.wait_for(LONG)).side == "desk"
    texts = await visitor.texts()
    assert texts[:2] == ["网页上说的话", YES]
    assert texts.count(LONG) == 2


async def test_a_page_is_told_where_a_code_can_be_written_until_one_was(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor("小林")

    async def offered() -> list[str]:
        names: list[str] = (await visitor.read())["conversation"]["wechat_accounts"]
        return names

    assert await offered() == []
    account = await desk.official()
    assert await offered() == [account.name]
    await joins(visitor, desk.customer(account))
    assert await offered() == []
    other = await desk.rig.visitor("小王")
    await desk.change(account.key, enabled=False)
    assert (await other.read())["conversation"]["wechat_accounts"] == []


async def test_the_page_may_go_on_and_is_answered_there(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    await joins(visitor, person)
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
    await joins(visitor, person)
    assert await desk.conversation_of(person) == own
    assert await opened(visitor) == own
    assert await visitor.texts("customer") == ["转人工", "[连接码]", YES]
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
    await joins(visitor, person)
    body = {"text": "您在网页上问的已办好", "client_id": "reply-2", "after_seq": 99}
    await ok(agent.post(path_of(visitor, "/messages"), json=body), 201)
    await desk.work()
    await person.wait_for("已办好")


async def test_nothing_is_joined_until_the_button_was_tapped(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    own = await desk.conversation_of(person)
    await person.write(await code_of(visitor))
    await person.write("这是什么意思")
    await desk.work()
    await person.wait_for("那个网页上也能看到")
    assert await customers(desk) == 2
    assert await desk.conversation_of(person) == own
    await person.tap(YES)
    assert await customers(desk) == 1
    assert await desk.conversation_of(person) == visitor.conversation_id


async def test_a_code_among_other_words_asks_nothing(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    code = await code_of(visitor)
    for words in (f"连接码：{code}", f"发{code}", f"{code}领红包", f"1. {code}"):
        await person.write(words)
        await person.write(YES)
    assert await customers(desk) == 2
    assert "[连接码]" not in await desk.said(person)
    assert await desk.rig.scalar("SELECT count(*) FROM join_code WHERE contact_id IS NOT NULL") == 0


async def test_who_says_no_is_not_joined_and_the_code_is_over(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    code = await code_of(visitor)
    await person.write(code)
    await desk.work()
    await person.wait_for("连接码")
    await person.tap(NO)
    await person.write(YES)
    assert await customers(desk) == 2
    await desk.work()
    await person.wait_for("已经失效")
    await person.write(code)
    await person.write(YES)
    assert await customers(desk) == 2
    assert await desk.said(person) == ["微信上说的话", "[连接码]", NO, YES, code, YES]


async def test_only_the_code_that_was_asked_about_last_is_confirmed(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    mine = await code_of(visitor)
    stranger = await desk.rig.visitor("陌生人")
    await person.write(await code_of(stranger))
    await person.write(mine)
    await person.write(YES)
    assert await desk.conversation_of(person) == visitor.conversation_id
    await person.write(YES)
    merged = "SELECT count(*) FROM customer_merge"
    assert await desk.rig.scalar(merged) == 1


async def test_a_confirmation_that_comes_too_late_joins_nothing(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    await person.write(await code_of(visitor))
    await desk.rig.rows("UPDATE join_code SET expires_at = now() - interval '1 second' RETURNING 1")
    await person.write(YES)
    await desk.work()
    await person.wait_for("已经失效")
    assert await customers(desk) == 2


async def test_a_code_counts_once_and_not_for_ever(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    code = await code_of(visitor)
    await desk.rig.rows("UPDATE join_code SET expires_at = now() - interval '1 second' RETURNING 1")
    await person.write(code)
    assert await customers(desk) == 2
    assert code in await desk.said(person)
    fresh = await joins(visitor, person)
    assert await customers(desk) == 1
    thief = desk.customer(person.account, "小王")
    await thief.write(fresh)
    await thief.write(YES)
    assert await customers(desk) == 2
    assert await desk.conversation_of(thief) != visitor.conversation_id


async def test_a_code_told_twice_joins_once(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    for _ in range(2):
        await joins(visitor, person)
    assert await customers(desk) == 1
    merged = "SELECT count(*) FROM customer_merge"
    assert await desk.rig.scalar(merged) == 1
    assert await visitor.texts("customer") == ["网页上说的话", YES, "[连接码]", YES]


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
    await joins(visitor, person)
    await undone(desk)
    assert await customers(desk) == 2
    assert await desk.conversation_of(person) == before
    assert await opened(visitor) == visitor.conversation_id
    await person.write("只在微信说")
    assert "只在微信说" not in await visitor.texts()
    await visitor.say("只在网页说")
    await desk.work()
    assert "只在网页说" not in person.texts


async def test_a_merge_is_undone_while_the_customer_writes(desk: WechatDesk) -> None:
    visitor, person = await met(desk)
    await joins(visitor, person)
    rig = desk.rig
    async with rig.database.transaction() as tx:
        merge_id = await tx.scalar(select(CustomerMerge.id))
        row = await tx.scalar(select(Staff).where(Staff.username == "supervisor"))
        assert merge_id is not None
        assert row is not None
    staff = SignedIn(row.id, row.username, row.display_name, Role.SUPERVISOR, "")

    async def undo() -> None:
        async with rig.database.transaction() as tx:
            await merging.undo(tx, staff, merge_id)

    async with rig.database.transaction() as tx:
        contact = (await tx.scalars(select(ChannelContact))).one()
        await repository.lock(tx, contact.conversation_id)
        async with while_waiting(rig, undo()) as undoing:
            account = await tx.get_one(ChannelAccount, contact.account_id)
            await inbound.did(tx, account, contact.external_id, None, now())
            await tx.commit()
            await undoing
    assert await customers(desk) == 2
    assert await opened(visitor) == visitor.conversation_id


async def test_undone_the_page_leaves_the_conversation_of_wechat(desk: WechatDesk) -> None:
    visitor = await desk.rig.visitor()
    person = desk.customer(await desk.official())
    await person.write("转人工")
    await desk.work()
    await joins(visitor, person)
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
        await joins(visitor, person)
        assert await before.close_code() == 1012
    async with page(address, SOCKET) as after:
        await after.send(enter)
        ready = await after.until("ready")
    assert ready["conversation"]["id"] == str(await desk.conversation_of(person))
    assert "转人工" in [message["text"] for message in ready["messages"]]


async def test_an_open_page_takes_a_used_code_away_at_once(desk: WechatDesk, address: str) -> None:
    visitor, person = await met(desk)
    code = await code_of(visitor)
    async with page(address, SOCKET) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        ready = await open_page.until("ready")
        assert (ready["conversation"]["joined"], ready["conversation"]["wechat_accounts"]) == (
            False,
            [person.account.name],
        )
        await person.write(code)
        await person.write(YES)
        told = await open_page.until("conversation")
    assert (told["conversation"]["joined"], told["conversation"]["wechat_accounts"]) == (True, [])
    await visitor.say("回到网页")
    assert (await visitor.read())["conversation"]["joined"] is True, "WeChat still leads here"
    await undone(desk)
    assert (await visitor.read())["conversation"]["joined"] is False


async def test_an_open_page_shows_a_file_that_came_later(desk: WechatDesk, address: str) -> None:
    visitor, person = await met(desk)
    await joins(visitor, person)
    async with page(address, SOCKET) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await open_page.until("ready")
        await person.send_file("image", "broken.png", PNG)
        first = await open_page.message("customer")
        await desk.work()
        again = await open_page.message("customer")
    assert (first["seq"], first["attachments"]) == (again["seq"], [])
    assert [file["media_type"] for file in again["attachments"]] == ["image/png"]
