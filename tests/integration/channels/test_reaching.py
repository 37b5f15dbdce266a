"""What staff see and do about messages to WeChat customers, the survey, typing and tapped menus."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from api.attachments.storage import FileStore
from api.channels import subscription
from api.channels.interface import Opens
from api.channels.registry import channels_of
from api.channels.typing import Typing
from api.channels.wechat import menus
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.tokens import Tokens
from api.channels.wechat.transport import open_platforms
from api.conversations import repository
from api.conversations.accepting import accept_locked
from api.ids import now
from api.models import Attachment, ChannelAccount, ChannelContact, Message
from tests.support.channels import Wechat, wechat_customer
from tests.support.rig import Rig

TEMPLATE = {"template_id": "TEMPLATE1", "fields": {"thing1": "{shop} 已回复您", "time2": "{time}"}}


async def write(wechat: Wechat, text: str, opens: Opens = Opens.MESSAGE) -> None:
    """The customer writes, as the callback stores it."""
    await wechat.did(opens)
    rig = wechat.rig
    async with rig.database.transaction() as tx:
        conversation = await repository.lock(tx, wechat.conversation_id)
        await accept_locked(tx, rig.desk.queue, conversation, text, uuid4().hex)


async def taken(wechat: Wechat) -> httpx.AsyncClient:
    """An agent who has the conversation."""
    agent = await wechat.rig.staff()
    answer = await agent.post(f"/api/v1/conversations/{wechat.conversation_id}/take")
    assert answer.status_code == 200, answer.text
    return agent


async def get(client: httpx.AsyncClient, path: str) -> Any:
    answer = await client.get(f"/api/v1/conversations/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_agent_sees_how_many_messages_are_left_and_for_how_long(wechat: Wechat) -> None:
    agent, path = await wechat.rig.staff(), str(wechat.conversation_id)
    closed = {
        "messages_left": 0,
        "seconds_left": 0,
        "until": None,
        "subscription": False,
        "reason": None,
    }
    assert (await get(agent, f"{path}/reach"))["reach"] == closed
    await wechat.did(ago=3600)
    await wechat.say("您好")
    await wechat.deliver()
    reach = (await get(agent, path))["reach"]
    assert reach["messages_left"] == 4
    assert 46.9 * 3600 < reach["seconds_left"] < 47 * 3600


@pytest.mark.parametrize(
    ("kind", "column", "value", "reason"),
    [
        ("official", "subscribed", "false", "unsubscribed"),
        ("kf", "service_state", "3", "elsewhere"),
        ("kf", "service_state", "4", "closed"),
    ],
)
async def test_who_cannot_be_written_to_has_no_messages_left_and_a_reason(
    rig: Rig, kind: str, column: str, value: str, reason: str
) -> None:
    async with wechat_customer(rig, kind) as wechat:
        await wechat.did(ago=10)
        await rig.rows(f"UPDATE channel_contact SET {column} = {value} RETURNING id")
        agent, path = await rig.staff(), f"{wechat.conversation_id}/reach"
        found = (await get(agent, path))["reach"]
        assert (found["messages_left"], found["until"], found["reason"]) == (0, None, reason)
        await wechat.say("您好")
        await wechat.deliver()
        assert wechat.platform.sent() == []
        state = "failed" if reason == "elsewhere" else "held"
        assert await wechat.states() == [(state, reason)]
        assert await wechat.used() == (0, 0)


async def test_who_follows_again_begins_anew(wechat: Wechat) -> None:
    await wechat.did(ago=10)
    await wechat.say("您好")
    await wechat.deliver()
    await wechat.rig.rows("UPDATE channel_contact SET subscribed = false RETURNING id")
    await wechat.say("在吗")
    await wechat.deliver()
    await wechat.did(Opens.TAP)
    await wechat.deliver()
    assert wechat.platform.texts() == ["您好", "在吗"]
    assert await wechat.used() == (0, 1)
    reach = (await get(await wechat.rig.staff(), f"{wechat.conversation_id}/reach"))["reach"]
    assert reach["reason"] is None


async def test_a_colleague_in_wecom_is_noted_and_the_window_stays(rig: Rig) -> None:
    async with wechat_customer(rig, "kf") as wechat:
        await wechat.did(ago=10)
        wechat.platform.answers["/send_msg"] = [{"errcode": 95018}]
        await wechat.say("您好", "在的")
        await wechat.deliver()
        assert await wechat.states() == [("failed", "elsewhere")] * 2
        assert len(wechat.platform.sent()) == 1, "the second is not tried in vain"
        path = f"{wechat.conversation_id}/reach"
        assert (await get(await rig.staff(), path))["reach"]["reason"] == "elsewhere"
        await rig.rows("UPDATE channel_contact SET service_state = 1 RETURNING id")
        assert (await get(await rig.staff(), path))["reach"]["messages_left"] == 5


async def test_nothing_limits_what_customers_of_the_page_are_told(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    await visitor.say("你好")
    assert (await get(agent, f"{visitor.conversation_id}/reach"))["reach"] is None
    found = await get(agent, f"{visitor.conversation_id}/messages")
    assert [each["delivery"] for each in found["messages"]] == [None]


async def test_each_message_says_how_far_it_is(wechat: Wechat) -> None:
    agent, path = await wechat.rig.staff(), str(wechat.conversation_id)
    await wechat.did(ago=5)
    wechat.platform.answers["/send"] = [{"errcode": 0}, {"errcode": 45047}]
    await wechat.say("您好", "在的")
    await wechat.deliver()
    found = await get(agent, f"{path}/messages")
    assert [each["delivery"] for each in found["messages"]] == [
        {"state": "sent", "problem": None, "code": None},
        {"state": "held", "problem": "quota", "code": 45047},
    ]
    assert found["undelivered"] == [{"seq": 2, "state": "held", "problem": "quota", "code": 45047}]


async def test_an_agent_sends_again_what_failed_and_nothing_else(wechat: Wechat) -> None:
    agent, path = await wechat.rig.staff(), str(wechat.conversation_id)
    await wechat.did()
    wechat.platform.answers["/send"] = [httpx.ReadTimeout("cut")]
    await wechat.say("您好")
    await wechat.deliver()
    answer = await agent.post(f"/api/v1/conversations/{path}/messages/1/retry")
    assert answer.json()["delivery"]["state"] == "waiting"
    await wechat.deliver()
    assert wechat.platform.texts() == ["您好", "您好"]
    again = await agent.post(f"/api/v1/conversations/{path}/messages/1/retry")
    assert (again.status_code, again.json()["error"]["code"]) == (409, "nothing_to_send")


async def test_while_somebody_has_it_only_they_and_who_leads_send_again(wechat: Wechat) -> None:
    rig, path = wechat.rig, f"/api/v1/conversations/{wechat.conversation_id}"
    await write(wechat, "转人工")
    owner = await taken(wechat)
    wechat.platform.answers["/send"] = [{"errcode": 48002}] * 9
    await wechat.say("您好", author="agent")
    await wechat.deliver()
    seq = (await get(owner, f"{wechat.conversation_id}/messages"))["undelivered"][-1]["seq"]
    other = await rig.colleague("小雨")
    for doing in (f"messages/{seq}/retry", "subscription-message"):
        refused = await other.post(f"{path}/{doing}")
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "not_owner")
    supervisor = await rig.staff("supervisor")
    for client in (supervisor, owner):
        answer = await client.post(f"{path}/messages/{seq}/retry")
        assert answer.status_code == 200, answer.text
        await wechat.deliver()


async def consent(wechat: Wechat, template: dict[str, Any] | None = TEMPLATE) -> None:
    """The account has a template, and the customer allowed one message of it."""
    async with wechat.rig.database.transaction() as tx:
        account = await tx.get_one(ChannelAccount, wechat.account_id)
        account.switches = {"subscription": template}
        contact = await tx.get_one(ChannelContact, wechat.contact_id)
        await subscription.granted(tx, contact, "TEMPLATE1", now())


async def remind(wechat: Wechat) -> Any:
    """An agent reminds the customer, over the test's platform."""
    rig = wechat.rig
    async with open_platforms(rig.desk.settings, wechat.platform.transport) as platforms:
        calls = WechatCalls(platforms, Tokens(rig.desk.redis, platforms))
        desk = rig.desk.__class__(**{**_fields(rig), "wechat": calls})
        rig.app.state.desk = desk
        agent = await rig.staff()
        return await agent.post(
            f"/api/v1/conversations/{wechat.conversation_id}/subscription-message"
        )


def _fields(rig: Rig) -> dict[str, Any]:
    return {name: getattr(rig.desk, name) for name in rig.desk.__dataclass_fields__}


async def test_a_consent_is_good_for_one_reminder(wechat: Wechat) -> None:
    await consent(wechat)
    path = str(wechat.conversation_id)
    assert (await get(await wechat.rig.staff(), f"{path}/reach"))["reach"]["subscription"] is True
    answer = await remind(wechat)
    assert (answer.status_code, answer.json()["state"]) == (200, "sent")
    ((where, body),) = wechat.platform.calls
    assert where == "/cgi-bin/message/subscribe/bizsend"
    assert body["template_id"] == "TEMPLATE1"
    assert body["data"]["thing1"] == {"value": "云杉商城 已回复您"}
    again = await remind(wechat)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "no_consent")
    (note,) = (await get(await wechat.rig.staff(), f"{path}/messages"))["messages"]
    assert (note["private"], note["delivery"]) == (True, None)


async def test_a_reminder_that_was_surely_not_sent_leaves_the_consent(wechat: Wechat) -> None:
    await consent(wechat)
    wechat.platform.answers["/bizsend"] = [{"errcode": 45009}]
    answer = await remind(wechat)
    assert answer.json()["error"] == {
        "code": "not_sent",
        "message": "微信没有接受这条消息，请按提示处理后再试",
        "details": {"problem": "busy", "errcode": 45009},
    }
    assert (await remind(wechat)).json()["state"] == "sent"


@pytest.mark.parametrize(
    ("answer", "status"), [({"errcode": 43101}, 409), (httpx.ReadTimeout("cut"), 200)]
)
async def test_a_consent_that_may_be_gone_is_not_used_again(
    wechat: Wechat, answer: Any, status: int
) -> None:
    await consent(wechat)
    wechat.platform.answers["/bizsend"] = [answer]
    assert (await remind(wechat)).status_code == status
    assert (await remind(wechat)).json()["error"]["code"] == "no_consent"


async def test_without_a_template_nobody_is_reminded(wechat: Wechat) -> None:
    await consent(wechat, None)
    assert (await remind(wechat)).json()["error"]["code"] == "no_consent"


async def test_the_survey_is_a_menu_and_then_a_question(wechat: Wechat) -> None:
    await write(wechat, "转人工")
    agent, path = await taken(wechat), str(wechat.conversation_id)
    assert (await agent.post(f"/api/v1/conversations/{path}/wrap-up")).status_code == 200
    await wechat.deliver()
    menu = wechat.platform.sent()[-1]["msgmenu"]
    assert [item["content"][:3] for item in menu["list"]] == [
        "1 分",
        "2 分",
        "3 分",
        "4 分",
        "5 分",
    ]
    await write(wechat, menu["list"][4]["content"], Opens.TAP)
    await wechat.deliver()
    await write(wechat, "9")
    await wechat.deliver()
    found = await get(agent, path)
    assert (found["rating"], found["nps"], found["state"]) == (5, 9, "wrap_up")
    assert wechat.platform.texts()[-2:] == [
        "谢谢您的评分。您有多大可能向亲友推荐我们？请回复 0 到 10 的数字，10 表示非常愿意。",
        "谢谢您的反馈，我们会继续改进。有新的问题，直接留言即可。",
    ]
    assert await wechat.rig.scalar("SELECT count(*) FROM turn") == 1, "answers begin no turn"
    await write(wechat, "9")
    assert await wechat.rig.scalar("SELECT count(*) FROM turn") == 2


async def test_a_typed_score_counts_and_other_words_are_a_message(wechat: Wechat) -> None:
    await write(wechat, "转人工")
    agent, path = await taken(wechat), str(wechat.conversation_id)
    await agent.post(f"/api/v1/conversations/{path}/wrap-up")
    await write(wechat, " ４ ")
    assert (await get(agent, path))["rating"] == 4
    await write(wechat, "谢谢")
    found = await get(agent, path)
    assert (found["nps"], found["state"]) == (None, "bot")


async def test_who_has_rated_is_not_asked_again(wechat: Wechat) -> None:
    await write(wechat, "转人工")
    agent, path = await taken(wechat), str(wechat.conversation_id)
    await agent.post(f"/api/v1/conversations/{path}/wrap-up")
    await write(wechat, "5")
    await write(wechat, "转人工")
    await agent.post(f"/api/v1/conversations/{path}/take")
    await agent.post(f"/api/v1/conversations/{path}/wrap-up")
    texts = (await get(agent, f"{path}/messages"))["messages"]
    assert texts[-1]["text"] == "本次会话已结束。有新的问题，直接留言即可。"
    assert texts[-1]["buttons"] == []


async def test_an_account_may_ask_nothing(wechat: Wechat) -> None:
    async with wechat.rig.database.transaction() as tx:
        account = await tx.get_one(ChannelAccount, wechat.account_id)
        account.switches = {"survey": False}
    await write(wechat, "转人工")
    agent, path = await taken(wechat), str(wechat.conversation_id)
    await agent.post(f"/api/v1/conversations/{path}/wrap-up")
    told = (await get(agent, f"{path}/messages"))["messages"][-1]
    assert told["buttons"] == []
    assert told["text"] == "本次会话已结束。有新的问题，直接留言即可。"


async def test_a_tap_says_what_its_button_says(wechat: Wechat) -> None:
    (message_id,) = await wechat.say("请选择", buttons=("查物流", "退款"))
    async with wechat.rig.database.transaction() as tx:
        conversation = await repository.lock(tx, wechat.conversation_id)
        tap = [menus.item_id(message_id, index) for index in (1, 2)]
        assert await menus.tapped(tx, conversation, tap[0], "退款") == "退款！"
        assert await menus.tapped(tx, conversation, tap[1], "退款") == "退款"
        assert await menus.tapped(tx, conversation, "101", "退款") == "退款"
        assert await menus.tapped(tx, conversation, f"{uuid4().hex}-0", "退款") == "退款"


@pytest.mark.parametrize(("count", "meant"), [(11, "第 2 项！"), (3, "２")])
async def test_a_number_means_a_line_where_the_list_was_numbered(
    wechat: Wechat, count: int, meant: str
) -> None:
    await wechat.did()
    await wechat.say("请选择", buttons=tuple(f"第 {each + 1} 项" for each in range(count)))
    await wechat.deliver()
    async with wechat.rig.database.transaction() as tx:
        conversation = await repository.lock(tx, wechat.conversation_id)
        assert await menus.meant(tx, conversation, "２") == meant
        assert await menus.meant(tx, conversation, "第二个") == "第二个"
        assert await menus.meant(tx, conversation, "99") == "99"


async def test_typing_is_shown_once_in_a_while_and_its_errors_harm_nobody(wechat: Wechat) -> None:
    rig = wechat.rig
    await wechat.did()
    await rig.desk.redis.delete(f"fenzhen:wechat:typing:{wechat.conversation_id}")
    wechat.platform.answers["/typing"] = [{"errcode": 45080}]
    async with open_platforms(rig.desk.settings, wechat.platform.transport) as platforms:
        calls = WechatCalls(platforms, Tokens(rig.desk.redis, platforms))
        channels = channels_of(rig.desk.settings, calls)
        typing = Typing(rig.database, rig.desk.settings, rig.desk.redis, channels)
        for _ in range(3):
            await typing.show(wechat.conversation_id)
        await typing.show(uuid4())
    assert [path for path, _ in wechat.platform.calls] == ["/cgi-bin/message/custom/typing"]


@pytest.mark.parametrize(("seconds", "count"), [(25, 1), (31, 0)])
async def test_typing_is_shown_only_shortly_after_the_customer_did_something(
    wechat: Wechat, seconds: int, count: int
) -> None:
    rig = wechat.rig
    await rig.rows(
        "UPDATE channel_contact SET message_at = :at RETURNING 1",
        at=now() - timedelta(seconds=seconds),
    )
    await rig.desk.redis.delete(f"fenzhen:wechat:typing:{wechat.conversation_id}")
    async with open_platforms(rig.desk.settings, wechat.platform.transport) as platforms:
        calls = WechatCalls(platforms, Tokens(rig.desk.redis, platforms))
        channels = channels_of(rig.desk.settings, calls)
        typing = Typing(rig.database, rig.desk.settings, rig.desk.redis, channels)
        await typing.show(wechat.conversation_id)
    assert len(wechat.platform.calls) == count


async def test_pictures_of_agents_are_sent_up_and_other_files_are_refused(wechat: Wechat) -> None:
    await wechat.did()
    for name, kind in (("杯子.png", "image/png"), ("说明.pdf", "application/pdf")):
        (message_id,) = await wechat.say("[文件]", author="agent")
        await _hang(wechat, message_id, name, kind)
    wechat.platform.answers["/upload"] = [{"media_id": "MEDIA1"}]
    await wechat.deliver()
    (sent,) = wechat.platform.sent()
    assert (sent["msgtype"], sent["image"]) == ("image", {"media_id": "MEDIA1"})
    assert await wechat.states() == [("sent", None), ("failed", "file")]


async def _hang(wechat: Wechat, message_id: Any, name: str, media_type: str) -> None:
    store = FileStore(wechat.rig.desk.settings.files)
    async with wechat.rig.database.transaction() as tx:
        message = await tx.get_one(Message, message_id)
        tx.add(
            Attachment(
                conversation_id=message.conversation_id,
                message_id=message.id,
                name=name,
                media_type=media_type,
                size=4,
                sha256=store.save(b"data"),
            )
        )
