"""What the desk says to WeChat customers is sent in its order and once, or held."""

from __future__ import annotations

import pytest

from api.channels.interface import Opens
from api.conversations import repository
from api.conversations.service import append
from api.ids import now
from tests.support.channels import Wechat
from tests.support.rig import Rig


async def test_replies_arrive_once_and_in_order(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("您好", "请问有什么可以帮您？")
    assert await wechat.deliver() is None
    assert wechat.platform.texts() == ["您好", "请问有什么可以帮您？"]
    assert await wechat.states() == [("sent", None), ("sent", None)]
    assert await wechat.used() == (2, 0)
    await wechat.deliver()
    assert len(wechat.platform.sent()) == 2


async def test_the_body_is_raw_utf_8(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("好😀")
    await wechat.deliver()
    assert "好😀".encode() in wechat.platform.raw[-1]
    assert b"\\u" not in wechat.platform.raw[-1]


async def test_a_message_and_its_job_are_stored_together(rig: Rig, wechat: Wechat) -> None:
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'desk:deliver'"
    with pytest.raises(ZeroDivisionError):
        await _say_and_break(rig, wechat)
    assert (await rig.scalar(jobs), await wechat.states()) == (0, [])
    await wechat.say("您好", "在的")
    assert await rig.scalar(jobs) == 1, "one for all messages of a transaction"


async def _say_and_break(rig: Rig, wechat: Wechat) -> None:
    async with rig.database.transaction() as tx:
        conversation = await repository.lock(tx, wechat.conversation_id)
        append(tx, conversation, author="bot", text="您好")
        await tx.flush()
        raise ZeroDivisionError


async def test_notes_suppressed_replies_and_the_customers_words_are_not_sent(
    wechat: Wechat,
) -> None:
    await wechat.did()
    await wechat.say("内部备注", author="agent", private=True)
    await wechat.say("太晚了", suppressed=True)
    await wechat.say("我的包裹呢", author="customer")
    assert await wechat.states() == []


async def test_customers_of_the_web_page_leave_nothing_to_be_sent(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    await rig.run_turns()
    assert await rig.scalar("SELECT count(*) FROM delivery") == 0


async def test_who_has_not_written_is_not_written_to_until_they_do(wechat: Wechat) -> None:
    await wechat.say("您还在吗？")
    assert await wechat.deliver() is None
    assert wechat.platform.sent() == []
    assert await wechat.states() == [("held", "window")]
    await wechat.did()
    await wechat.deliver()
    assert wechat.platform.texts() == ["您还在吗？"]
    assert await wechat.states() == [("sent", None)]


async def test_the_customer_writing_again_defers_the_job_for_what_is_held(
    rig: Rig, wechat: Wechat
) -> None:
    await wechat.say("您还在吗？")
    await wechat.deliver()
    before = await rig.scalar("SELECT count(*) FROM procrastinate_jobs")
    await wechat.did()
    assert await rig.scalar("SELECT count(*) FROM procrastinate_jobs") == before + 1


async def test_after_the_fifth_message_the_rest_is_held(wechat: Wechat) -> None:
    await wechat.did(ago=100)
    for number in range(7):
        await wechat.say(f"第 {number + 1} 条")
        await wechat.deliver()
    assert wechat.platform.texts() == [f"第 {number} 条" for number in range(1, 6)]
    assert await wechat.states() == [("sent", None)] * 5 + [("held", "quota")] * 2
    await wechat.did()
    await wechat.deliver()
    assert wechat.platform.texts()[5:] == ["第 6 条", "第 7 条"]


async def test_seven_replies_at_once_are_packed_into_what_is_left(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say(*[f"第 {number} 条。" for number in range(1, 8)])
    await wechat.deliver()
    assert wechat.platform.texts() == ["\n\n".join(f"第 {number} 条。" for number in range(1, 8))]
    assert await wechat.states() == [("sent", None)] * 7
    assert await wechat.used() == (1, 0)


async def test_what_a_tap_allows_is_used_first(wechat: Wechat) -> None:
    await wechat.did(ago=100)
    await wechat.did(Opens.TAP)
    await wechat.say(*"甲乙丙丁")
    await wechat.deliver()
    assert await wechat.used() == (1, 3)


async def test_what_was_sent_before_we_heard_of_the_message_counts(
    rig: Rig, wechat: Wechat
) -> None:
    await wechat.did(ago=600)
    await wechat.say("您好")
    await wechat.deliver()
    await wechat.did(ago=5)
    assert await wechat.used() == (1, 0)
    await wechat.say("在的")
    async with rig.database.transaction() as tx:
        await wechat.deliverer.begin(tx, wechat.contact_id, now())
    await wechat.did()
    assert await wechat.used() == (1, 0), "only what is under way"


async def test_a_long_answer_is_split_and_shown_as_one_message(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("退货运费由责任方承担。" * 100)
    await wechat.deliver()
    texts = wechat.platform.texts()
    assert len(texts) == 2
    assert "".join(texts) == "退货运费由责任方承担。" * 100
    assert await wechat.states() == [("sent", None)]


async def test_from_the_third_last_message_on_notices_go_along_with_answers(wechat: Wechat) -> None:
    await wechat.did(ago=10)
    for text in ("已为您转接", "客服小云已为您接通"):
        await wechat.say(text, author="system", kind="notice")
        await wechat.deliver()
    assert len(wechat.platform.texts()) == 2
    await wechat.say("接下来由小雨为您服务", author="system", kind="notice")
    await wechat.deliver()
    assert (await wechat.states())[-1] == ("held", "with_next")
    await wechat.say("您好，我来查一下", author="agent")
    await wechat.deliver()
    assert wechat.platform.texts()[2:] == ["接下来由小雨为您服务\n\n您好，我来查一下"]
    assert await wechat.states() == [("sent", None)] * 4
    assert await wechat.used() == (3, 0)


async def test_a_long_answer_goes_on_where_the_quota_ended(wechat: Wechat) -> None:
    await wechat.did(ago=10)
    for _ in range(4):
        await wechat.say("好")
        await wechat.deliver()
    await wechat.say("退货运费由责任方承担。" * 100)
    await wechat.deliver()
    assert (await wechat.states())[-1] == ("held", "quota")
    await wechat.did()
    await wechat.deliver()
    assert "".join(wechat.platform.texts()[4:]) == "退货运费由责任方承担。" * 100
    assert (await wechat.states())[-1] == ("sent", None)


async def test_buttons_are_a_menu_whose_lines_know_their_message(wechat: Wechat) -> None:
    await wechat.did()
    (message_id,) = await wechat.say("请选择", buttons=("查物流", "退款"))
    await wechat.deliver()
    (body,) = wechat.platform.sent()
    assert body["msgtype"] == "msgmenu"
    assert body["msgmenu"]["list"] == [
        {"id": f"{message_id.hex}-0", "content": "查物流"},
        {"id": f"{message_id.hex}-1", "content": "退款"},
    ]
