"""微信客服: a hint comes, what it hints at is pulled, and each thing happens once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from api.ids import now
from simulator.wechat import kf_events
from simulator.wechat.faults import ApiFault, PushFault, Setting
from simulator.wechat.kf_api import ENDED, HUMAN
from simulator.wechat.people import Person
from simulator.wechat.sayings import Said
from simulator.wechat.world import Account
from tests.support.files import PNG
from tests.support.wechat_desk import WechatDesk

LONG = "请问我的快递到哪里了？"
GREETING: dict[str, Any] = {
    "greeting": "您好，这里是云杉客服。",
    "greeting_buttons": [{"title": "查物流", "text": "我的快递到哪了"}],
}


def entry(desk: WechatDesk, account: Account, item: dict[str, object], ago: float = 0) -> str:
    """Something in the account's log; gives its id."""
    return desk.simulator.world.log(account).add(item, now() - timedelta(seconds=ago))


def text_of(account: Account, person: Person, content: str, **more: object) -> dict[str, object]:
    said = {"open_kfid": account.open_kfid, "external_userid": person.phone.id, "origin": 3}
    return {**said, "msgtype": "text", "text": {"content": content}, **more}


async def cursor(desk: WechatDesk) -> str | None:
    found = await desk.rig.scalar("SELECT cursor FROM channel_account")
    return str(found) if found else None


async def test_a_message_is_pulled_and_answered(desk: WechatDesk) -> None:
    account = await desk.kf()
    assert await desk.simulator.pusher.check(account) == ""
    person = desk.customer(account)
    assert (await person.write(LONG)).bodies == [b"success"]
    assert await desk.rig.scalar("SELECT count(*) FROM message") == 0
    await desk.work()
    assert await desk.said(person) == [LONG]
    assert (await person.wait_for()).text == LONG
    assert await desk.rig.scalar("SELECT channel FROM conversation") == "wechat_kf"
    assert await cursor(desk)


async def test_hints_told_twice_or_not_at_all_lose_nothing(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    await person.say(Said("text", "第一条"), hint=False)
    await person.write("第二条", frozenset({PushFault.duplicate}))
    await desk.work()
    assert await desk.said(person) == ["第一条", "第二条"]


async def test_a_page_that_comes_again_changes_nothing(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("一次")
    await desk.work()
    await desk.rig.rows("UPDATE channel_account SET cursor = NULL RETURNING 1")
    await person.write("两次")
    await desk.work()
    assert await desk.said(person) == ["一次", "两次"]


async def test_empty_pages_with_more_to_come_are_passed(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    desk.simulator.world.faults.api[ApiFault.empty_page] = Setting(times=3)
    await person.write("在吗")
    await desk.work()
    assert await desk.said(person) == ["在吗"]


async def test_many_pages_are_pulled_to_the_end(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    for number in range(230):
        entry(desk, account, text_of(account, person, f"第 {number} 条"))
    await desk.simulator.hint(account)
    await desk.work()
    assert await desk.said(person) == [f"第 {number} 条" for number in range(230)]


async def test_an_old_hint_is_followed_without_its_token(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("在吗")
    desk.simulator.world.log(account)._tokens.clear()
    await desk.work()
    assert await desk.said(person) == ["在吗"]


async def test_what_is_old_at_the_first_pull_is_kept_and_not_answered(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    entry(desk, account, text_of(account, person, "两天前问的"), ago=2 * 86_400)
    await person.write(LONG)
    await desk.work()
    assert await desk.said(person) == ["两天前问的", LONG]
    assert await desk.said(person, "bot") == [LONG]


async def test_strange_items_do_not_stop_the_others(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    strange: list[dict[str, object]] = [
        {"msgtype": "text"},
        {"origin": "who", "msgtype": "text"},
        {"origin": 3, "msgtype": "text", "external_userid": "x", "text": "no object"},
        {"origin": 3, "msgtype": "event"},
        {"origin": 4, "msgtype": "event", "event": {"event_type": "enter_session"}},
        {"origin": 4, "msgtype": "event", "event": {"event_type": 7, "fail_type": "?"}},
        {"origin": 4, "msgtype": "event", "event": {"event_type": "brand_new"}},
        text_of(account, person, "谁", external_userid="a\x00b"),
        text_of(account, person, "谁", external_userid=""),
        text_of(account, person, "\x00"),
        text_of(account, person, "长" * 5000),
        {**text_of(account, person, ""), "msgtype": "channels_shop_order"},
        {
            **text_of(account, person, ""),
            "msgtype": "miniprogram",
            "miniprogram": {"title": "云杉"},
        },
    ]
    for item in strange:
        entry(desk, account, item)
    await person.write("最后一条")
    await desk.work()
    assert (await desk.said(person))[-1] == "最后一条"
    assert "[小程序] 云杉" in await desk.said(person)


async def test_files_and_places_can_be_read(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    await person.send_file("image", "broken.png", PNG)
    await person.say(Said("location", label="北京市海淀区", latitude="39.9", longitude="116.3"))
    await person.say(Said("voice", media_id="gone"))
    await desk.work()
    assert await desk.said(person) == [
        "[图片]",
        "[位置] 北京市海淀区（39.9, 116.3）",
        "[语音]（文件未能取到）",
    ]
    assert await desk.rig.scalar("SELECT media_type FROM attachment") == "image/png"


async def test_who_comes_in_is_greeted_with_the_code_and_may_tap(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf(**GREETING))
    await person.enter()
    await desk.work()
    greeting = await person.wait_for("云杉客服")
    assert [item.text for item in greeting.items] == ["查物流"]
    assert len(person.phone.received) == 1
    await person.tap("查物流")
    await desk.work()
    assert await desk.said(person) == ["我的快递到哪了"]
    states = await desk.rig.rows("SELECT DISTINCT state FROM delivery")
    assert [row.state for row in states] == ["sent"]
    assert [bubble.text for bubble in person.phone.received].count("您好，这里是云杉客服。") == 1


async def test_a_greeting_that_did_not_arrive_after_all_is_shown_as_failed(
    desk: WechatDesk,
) -> None:
    account = await desk.kf(**GREETING)
    person = desk.customer(account)
    await person.enter()
    await desk.work()
    sending = await desk.rig.scalar("SELECT id FROM sending")
    failed = kf_events.event(
        "msg_send_fail", account, person.phone, fail_msgid=sending.hex, fail_type=10
    )
    entry(desk, account, dict(failed))
    await desk.simulator.hint(account)
    await desk.work()
    assert await desk.rig.scalar("SELECT state FROM delivery") == "failed"


async def test_a_greeting_that_was_refused_is_shown_as_such(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf(**GREETING))
    await person.enter()
    refusing = Setting(where="send_msg_on_event")
    desk.simulator.world.faults.api[ApiFault.minute_limit] = refusing
    await desk.work()
    row = (await desk.rig.rows("SELECT state, code FROM delivery"))[0]
    assert (row.state, row.code) == ("failed", 45011)


async def test_a_greeting_whose_answer_was_lost_may_have_arrived(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf(**GREETING))
    await person.enter()
    lost = Setting(where="send_msg_on_event")
    desk.simulator.world.faults.api[ApiFault.cut_after_accepting] = lost
    await desk.work()
    assert await desk.rig.scalar("SELECT state FROM delivery") == "unconfirmed"
    assert len(person.phone.received) == 1


async def test_a_late_failure_is_shown_at_the_message(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write(LONG)
    await desk.work()
    sending = await desk.rig.scalar("SELECT id FROM sending")
    failed = kf_events.event(
        "msg_send_fail", account, person.phone, fail_msgid=sending.hex, fail_type=10
    )
    entry(desk, account, dict(failed))
    await desk.simulator.hint(account)
    await desk.work()
    row = (await desk.rig.rows("SELECT state, problem FROM delivery"))[0]
    assert (row.state, row.problem) == ("failed", "refused")


async def test_a_message_the_customer_takes_back_is_shown_no_more(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("转人工")
    await desk.work()
    msgid = entry(desk, account, text_of(account, person, "写错了"))
    recall = kf_events.event("user_recall_msg", account, person.phone, recall_msgid=msgid)
    entry(desk, account, dict(recall))
    await desk.simulator.hint(account)
    await desk.work()
    recalled = "SELECT text FROM message WHERE recalled_at IS NOT NULL"
    assert await desk.rig.scalar(recalled) == "写错了"
    assert await desk.rig.scalar("SELECT last_text FROM conversation") == "对方撤回了一条消息"


@pytest.mark.parametrize(("change", "state"), [(1, 3), (2, 3), (3, 4), (4, 3)])
async def test_the_state_of_a_session_is_followed(
    desk: WechatDesk, change: int, state: int
) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("在吗")
    changed = kf_events.event("session_status_change", account, person.phone, change_type=change)
    entry(desk, account, dict(changed))
    await desk.simulator.hint(account)
    await desk.work()
    assert await desk.rig.scalar("SELECT service_state FROM channel_contact") == state


async def test_who_writes_after_the_end_begins_a_new_session(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("在吗")
    await desk.work()
    await desk.rig.rows("UPDATE channel_contact SET service_state = 4 RETURNING 1")
    await person.write(LONG)
    await desk.work()
    assert await desk.rig.scalar("SELECT service_state FROM channel_contact") == 0
    await person.wait_for(LONG)


async def test_what_a_colleague_says_in_the_app_is_a_note(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("在吗")
    await desk.work()
    entry(desk, account, text_of(account, person, "我来处理", origin=5, servicer_userid="li"))
    await desk.simulator.hint(account)
    await desk.work()
    rows = await desk.rig.rows("SELECT text FROM message WHERE private")
    assert [row.text for row in rows] == ["同事在企业微信里回复：我来处理"]


async def test_one_address_serves_all_accounts_of_a_company(desk: WechatDesk) -> None:
    first = await desk.kf("first")
    second = desk.simulator.kf("second")
    second.app_id, second.token, second.aes_key = first.app_id, first.token, first.aes_key
    second.callback = first.callback
    await desk.enter(second)
    assert (await desk.simulator.hint(second)).ok
    pulled = "SELECT args ->> 'account_id' FROM procrastinate_jobs"
    assert await desk.rig.scalar(pulled) == desk.accounts["second"]["id"]


async def test_a_hint_for_an_account_nobody_knows_is_taken(desk: WechatDesk) -> None:
    account = await desk.kf()
    stranger = desk.simulator.kf("stranger")
    stranger.app_id, stranger.token = account.app_id, account.token
    stranger.aes_key, stranger.callback = account.aes_key, account.callback
    assert (await desk.simulator.hint(stranger)).ok
    assert await desk.rig.scalar("SELECT count(*) FROM procrastinate_jobs") == 0


async def test_while_a_colleague_has_the_session_nobody_here_answers(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    await person.write("在吗")
    await desk.work()
    turns = await desk.rig.scalar("SELECT count(*) FROM turn")
    await desk.rig.rows("UPDATE channel_contact SET service_state = 3 RETURNING 1")
    person.phone.state = HUMAN
    await person.write("转人工")
    await person.write(LONG)
    await desk.work()
    assert await desk.said(person) == ["在吗", "转人工", LONG]
    assert await desk.said(person, "bot") == ["在吗"]
    assert await desk.rig.scalar("SELECT count(*) FROM turn") == turns
    assert await desk.rig.scalar("SELECT state FROM conversation") == "bot"
    await desk.rig.rows("UPDATE channel_contact SET service_state = 4 RETURNING 1")
    person.phone.state = ENDED
    await person.write("再问一句")
    await desk.work()
    assert (await desk.said(person, "bot"))[-1] == "再问一句"
