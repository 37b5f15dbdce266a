"""Whose a session of 微信客服 is, and what is said when a colleague ends it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from api.ids import now
from simulator.wechat import kf_events
from simulator.wechat.faults import ApiFault, Setting
from simulator.wechat.kf_api import BOT, ENDED, HUMAN, QUEUE
from simulator.wechat.people import Person
from simulator.wechat.world import Account
from tests.support.wechat_desk import WechatDesk

CLOSED = "本次会话已结束。有新的问题，直接留言即可。"


async def ended(
    desk: WechatDesk, account: Account, person: Person, at_state: int = ENDED, age: int = 0
) -> None:
    """A colleague ends the session in the app of 企业微信."""
    world = desk.simulator.world
    person.phone.state = at_state
    log, at = world.log(account), now() - timedelta(seconds=age)
    code = log.new_code(person.phone.id, at, world.rules.end_code, ENDED)
    over = kf_events.event(
        "session_status_change", account, person.phone, change_type=3, msg_code=code
    )
    log.add(over, at)
    await desk.simulator.hint(account)
    await desk.work()


async def test_who_was_with_a_colleague_is_told_of_the_end(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("你好")
    await desk.work()
    await ended(desk, account, person)
    assert person.texts[-1] == CLOSED
    assert (await desk.rig.rows("SELECT state FROM delivery ORDER BY created_at"))[
        -1
    ].state == "sent"
    await person.write("又来了")
    await desk.work()
    assert person.texts[-1] == "又来了"


@pytest.mark.parametrize(("age", "at_state"), [(21, ENDED), (0, HUMAN)])
async def test_the_end_is_not_told_too_late_nor_where_the_session_goes_on(
    desk: WechatDesk, age: int, at_state: int
) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await person.write("你好")
    await desk.work()
    await ended(desk, account, person, at_state, age)
    person.phone.state = BOT
    await person.write("还有个问题")
    await desk.work()
    assert CLOSED not in person.texts
    assert person.texts[-1] == "还有个问题"


@pytest.mark.parametrize("state", [QUEUE, HUMAN])
async def test_the_bot_is_silent_only_while_a_colleague_has_the_session(
    desk: WechatDesk, state: int
) -> None:
    person = desk.customer(await desk.kf())
    person.phone.state = state
    for text in ("你好", "在吗"):
        await person.write(text)
        await desk.work()
    assert person.texts == []
    assert await desk.rig.scalar("SELECT service_state FROM channel_contact") == state
    person.phone.state = BOT  # and nobody told the desk
    await person.write("还在吗")
    await desk.work()
    assert person.texts == ["还在吗"]


async def test_while_the_state_cannot_be_asked_for_it_is_as_it_was(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    person.phone.state = HUMAN
    await person.write("你好")
    await desk.work()
    person.phone.state = BOT
    faults = desk.simulator.world.faults.api
    faults[ApiFault.busy] = Setting(where="service_state")
    await person.write("在吗")
    await desk.work()
    assert person.texts == []
    faults.clear()
    await person.write("还在吗")
    await desk.work()
    assert person.texts == ["还在吗"]


async def test_wrong_credentials_are_not_tried_all_the_time(desk: WechatDesk) -> None:
    account = await desk.kf()
    person = desk.customer(account)
    await desk.change(account.key, secret="w" * 43)
    for text in ("你好", "在吗", "有人吗"):
        await person.write(text)
        await desk.work()
    calls = [each for each in desk.simulator.world.records if each.what.endswith("gettoken")]
    assert len(calls) == 1
