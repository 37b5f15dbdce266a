"""What customers of an official account write and do reaches the desk once."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from api.ids import now
from simulator.wechat.faults import PushFault
from simulator.wechat.people import Person
from simulator.wechat.sayings import Said
from simulator.wechat.world import Mode
from tests.support.files import PNG
from tests.support.queries import asked
from tests.support.wechat_desk import WechatDesk

MOST_STATEMENTS = 12
"""Of one message of somebody who is known."""
GREETING: dict[str, Any] = {
    "greeting": "您好，欢迎来到云杉商城。",
    "greeting_buttons": [{"title": "查物流", "text": "我的快递到哪了"}],
}


async def attachments(desk: WechatDesk, person: Person) -> list[str]:
    """Kinds of the files in a customer's conversation."""
    rows = await desk.rig.rows(
        "SELECT a.media_type FROM attachment a JOIN message m ON m.id = a.message_id"
        " WHERE m.conversation_id = :id AND m.author = 'customer' ORDER BY a.created_at",
        id=await desk.conversation_of(person),
    )
    return [row.media_type for row in rows]


@pytest.mark.parametrize("mode", list(Mode))
async def test_the_address_is_proved_and_messages_come_in_each_mode(
    desk: WechatDesk, mode: Mode
) -> None:
    account = await desk.official(mode=mode)
    assert await desk.simulator.pusher.check(account) == ""
    person = desk.customer(account)
    push = await person.write("你好，我的快递到哪了？")
    assert (push.status, push.bodies) == (200, [b"success"])
    assert await desk.said(person) == ["你好，我的快递到哪了？"]


async def test_a_message_is_answered_on_wechat(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.write("请问我的快递到哪里了？")
    await desk.work()
    assert (await person.wait_for()).text == "请问我的快递到哪里了？"
    row = (await desk.rig.rows("SELECT channel, contact_id, state FROM conversation"))[0]
    assert (row.channel, row.state) == ("wechat", "bot")
    assert row.contact_id is not None


async def test_a_callback_asks_the_database_little(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.write("你好")
    async with asked(desk.rig.database) as statements:
        await person.write("我的快递到哪了？")
    assert await desk.said(person) == ["你好", "我的快递到哪了？"]
    policies = [each for each in statements if "FROM setting" in each]  # now and then
    assert len(statements) - len(policies) <= MOST_STATEMENTS


async def test_the_same_message_again_changes_nothing(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    both = frozenset({PushFault.duplicate})
    await person.say(Said("text", "在吗"), both, message_id=77)
    await person.say(Said("text", "在吗"), message_id=78)
    assert await desk.said(person) == ["在吗", "在吗"]
    assert await desk.rig.scalar("SELECT count(*) FROM turn") == 2


async def test_two_customers_may_have_the_same_message_id(desk: WechatDesk) -> None:
    account = await desk.official()
    one, other = desk.customer(account, "小李"), desk.customer(account, "小王")
    await one.say(Said("text", "我是小李"), message_id=5)
    await other.say(Said("text", "我是小王"), message_id=5)
    assert await desk.said(one) == ["我是小李"]
    assert await desk.said(other) == ["我是小王"]


async def test_first_messages_at_the_same_moment_make_one_customer(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    pushes = await asyncio.gather(*(person.write(f"第 {number} 条") for number in range(6)))
    assert {push.status for push in pushes} == {200}
    assert await desk.rig.scalar("SELECT count(*) FROM channel_contact") == 1
    assert len(await desk.said(person)) == 6


async def test_every_kind_of_message_can_be_read(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    sent: list[tuple[Said, str]] = [
        (Said("text", "文字"), "文字"),
        (Said("voice", media_id="none", recognition="我要退货"), "我要退货"),
        (Said("voice", media_id="none", recognition=""), "[语音]"),
        (Said("shortvideo", media_id="none"), "[视频]"),
        (
            Said("location", label="北京市海淀区", latitude="39.98", longitude="116.30"),
            "[位置] 北京市海淀区（39.98, 116.30）",
        ),
        (Said("sticker"), "[不支持的消息类型]"),
        (Said("text", "\u200b\u2060"), "[不支持的消息类型]"),
        (Said("text", "长" * 3000), "长" * 2000),
    ]
    for said, _ in sent:
        assert (await person.say(said)).ok
    assert await desk.said(person) == [text for _, text in sent]


async def test_a_link_says_its_title_and_address(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.say(Said("link", title="电饭煲", url="https://shop.test/1"))
    (text,) = await desk.said(person)
    assert text.startswith("[链接]\n电饭煲\n")
    assert text.endswith("https://shop.test/1")


async def test_pictures_and_sounds_are_fetched_and_kept(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.send_file("image", "broken.png", PNG)
    await person.send_file("voice", "voice.amr", b"#!AMR\n" + bytes(64), recognition="坏了")
    assert await desk.said(person) == ["[图片]", "坏了"]
    await desk.work()
    assert await attachments(desk, person) == ["image/png", "audio/amr"]
    assert await desk.said(person) == ["[图片]", "坏了"]


async def test_a_file_that_is_gone_is_said_to_be(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.say(Said("image", media_id="gone"))
    await desk.work()
    assert await desk.said(person) == ["[图片]（文件未能取到）"]
    assert await attachments(desk, person) == []


async def test_files_are_left_where_an_account_does_not_keep_them(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official(media=False))
    await person.send_file("image", "broken.png", PNG)
    await desk.work()
    assert await desk.said(person) == ["[图片]"]
    assert await attachments(desk, person) == []


async def test_who_follows_is_greeted_and_may_tap(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official(**GREETING))
    await person.follow()
    await desk.work()
    greeting = await person.wait_for("欢迎")
    assert [item.text for item in greeting.items] == ["查物流"]
    await person.tap("查物流")
    assert await desk.said(person) == ["我的快递到哪了"]
    subscribed = "SELECT subscribed FROM channel_contact"
    assert await desk.rig.scalar(subscribed) is True
    await person.unfollow()
    assert await desk.rig.scalar(subscribed) is False


@pytest.mark.parametrize("event", ["subscribe", "SCAN"])
async def test_the_window_of_an_event_begins_when_it_happened(desk: WechatDesk, event: str) -> None:
    person = desk.customer(await desk.official())
    at = (now() - timedelta(seconds=40)).replace(microsecond=0)
    await person.happen(event, "", {"CreateTime": str(int(at.timestamp()))})
    assert await desk.rig.scalar("SELECT tap_at FROM channel_contact") == at


async def test_an_account_without_a_greeting_says_nothing(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.follow()
    await desk.work()
    assert person.texts == []


async def test_a_tapped_menu_speaks_for_the_customer(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.click("转人工")
    assert await desk.said(person) == ["转人工"]
    await desk.work()
    assert await desk.rig.scalar("SELECT state FROM conversation") == "queued"


@pytest.mark.parametrize(
    ("event", "key", "more"),
    [
        ("SCAN", "42", {"Ticket": "t"}),
        ("VIEW", "https://shop.test", {}),
        ("LOCATION", None, {"Latitude": "39.9", "Longitude": "116.3", "Precision": "65"}),
        ("TEMPLATESENDJOBFINISH", None, {"MsgID": "1", "Status": "success"}),
        ("something_new", "x", {}),
    ],
)
async def test_other_events_are_taken_without_an_answer(
    desk: WechatDesk, event: str, key: str | None, more: dict[str, Any]
) -> None:
    person = desk.customer(await desk.official(**GREETING))
    assert (await person.happen(event, key, more)).ok
    await desk.work()
    assert person.texts == []
    assert await desk.rig.scalar("SELECT count(*) FROM message") == 0
    assert await desk.rig.scalar("SELECT count(*) FROM channel_receipt") == 1


async def test_an_event_told_twice_happens_once(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official(**GREETING))
    await person.happen("subscribe", "", spoilt=frozenset({PushFault.duplicate}))
    assert await desk.rig.scalar("SELECT count(*) FROM message") == 1


async def test_a_customer_who_returns_finds_the_same_conversation(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    await person.write("第一次")
    before = await desk.conversation_of(person)
    await person.unfollow()
    await person.follow()
    await person.write("第二次")
    assert await desk.conversation_of(person) == before
    assert await desk.said(person) == ["第一次", "第二次"]
