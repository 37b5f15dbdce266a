from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from simulator.wechat import markup
from simulator.wechat.faults import ApiFault, Setting
from simulator.wechat.sayings import Said
from simulator.wechat.simulator import Simulator
from tests.support.waiting import eventually
from tests.support.wechat.desk_calls import DeskCalls
from tests.support.wechat.desks import LittleDesk, simulated


class Stage:
    """A customer of a 微信客服 account, and the desk's calls."""

    def __init__(self, simulator: Simulator, desk: LittleDesk) -> None:
        self.simulator = simulator
        self.desk = desk
        self.account = simulator.kf("kf")
        self.calls = DeskCalls(simulator, self.account)
        self.person = simulator.customer(self.account)
        self.id = self.person.phone.id

    async def sync(self, cursor: str = "", **more: Any) -> dict[str, Any]:
        body = {"open_kfid": self.account.open_kfid, "cursor": cursor, **more}
        return await self.calls.call("kf/sync_msg", body)

    async def trans(self, state: int, **more: Any) -> dict[str, Any]:
        who = {"open_kfid": self.account.open_kfid, "external_userid": self.id}
        return await self.calls.call(
            "kf/service_state/trans", {**who, "service_state": state, **more}
        )

    def advance(self, by: timedelta) -> None:
        self.simulator.world.clock.advance(by)
        self.calls.token = ""

    def hint(self) -> dict[str, str]:
        _, body = self.desk.seen[-1]
        sealed = markup.read(body)["Encrypt"]
        return markup.read(self.account.crypt.decrypt(sealed).message)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with simulated() as (simulator, desk, _):
        yield Stage(simulator, desk)


async def test_a_callback_only_says_that_something_came(stage: Stage) -> None:
    await stage.person.write("在吗")
    hint = stage.hint()
    assert (hint["Event"], hint["OpenKfId"]) == ("kf_msg_or_event", stage.account.open_kfid)
    assert "Content" not in hint
    found = await stage.sync(token=hint["Token"])
    (item,) = found["msg_list"]
    assert (item["origin"], item["text"], found["has_more"]) == (3, {"content": "在吗"}, 0)
    assert item["external_userid"] == stage.id


async def test_the_cursor_goes_on_where_it_stood_and_is_replayed_without_one(stage: Stage) -> None:
    for text in ("一", "二", "三"):
        await stage.person.write(text)
    first = await stage.sync(limit=2)
    assert ([each["text"]["content"] for each in first["msg_list"]], first["has_more"]) == (
        ["一", "二"],
        1,
    )
    second = await stage.sync(first["next_cursor"])
    assert [each["text"]["content"] for each in second["msg_list"]] == ["三"]
    assert (await stage.sync(second["next_cursor"]))["msg_list"] == []
    assert len((await stage.sync())["msg_list"]) == 3
    stage.advance(timedelta(days=3, seconds=1))
    assert (await stage.sync())["msg_list"] == []
    assert (await stage.sync("made up"))["errcode"] == 40058


async def test_there_may_be_more_after_an_empty_list(stage: Stage) -> None:
    await stage.person.write("在吗")
    stage.simulator.world.faults.api[ApiFault.empty_page] = Setting(times=1)
    empty = await stage.sync()
    assert (empty["msg_list"], empty["has_more"]) == ([], 1)
    assert len((await stage.sync(empty["next_cursor"]))["msg_list"]) == 1


async def test_the_token_of_a_callback_lives_ten_minutes(stage: Stage) -> None:
    await stage.person.write("在吗")
    token = stage.hint()["Token"]
    assert (await stage.sync(token=token))["errcode"] == 0
    assert (await stage.sync(token="made up"))["errcode"] == 95007
    stage.advance(timedelta(minutes=10))
    assert (await stage.sync(token=token))["errcode"] == 95007


async def test_without_a_token_only_a_few_calls_are_allowed(stage: Stage) -> None:
    answers = [(await stage.sync())["errcode"] for _ in range(11)]
    assert answers == [0] * 10 + [45009]


async def test_another_account_is_refused(stage: Stage) -> None:
    assert (await stage.sync(open_kfid="wk0"))["errcode"] == 95000
    assert await stage.calls.send("wm0") == 40096


async def test_the_same_msgid_sends_once(stage: Stage) -> None:
    await stage.person.write("在吗")
    for _ in range(2):
        assert await stage.calls.send(stage.id, "您好", msgid="a" * 32) == 0
    assert stage.person.texts == ["您好"]
    assert await stage.calls.send(stage.id, "您好", msgid="a" * 33) == 40058


async def test_five_messages_within_48_hours(stage: Stage) -> None:
    assert await stage.calls.send(stage.id) == 95002
    await stage.person.write("在吗")
    assert [await stage.calls.send(stage.id) for _ in range(6)] == [0, 0, 0, 0, 0, 95001]
    await stage.person.write("在吗")
    stage.advance(timedelta(hours=48))
    assert await stage.calls.send(stage.id) == 95002


async def test_only_states_0_and_1_can_be_written_to(stage: Stage) -> None:
    await stage.person.write("在吗")
    assert await stage.calls.send(stage.id) == 0
    await stage.trans(1)
    assert await stage.calls.send(stage.id) == 0
    await stage.trans(3, servicer_userid="lisi")
    assert await stage.calls.send(stage.id) == 95018
    await stage.trans(4)
    assert await stage.calls.send(stage.id) == 95013
    await stage.person.write("又来了")
    assert stage.person.phone.state == 0
    assert await stage.calls.send(stage.id) == 0


async def test_states_follow_one_another_as_allowed(stage: Stage) -> None:
    assert (await stage.trans(1))["errcode"] == 0
    assert (await stage.trans(0))["errcode"] == 95016
    assert (await stage.trans(3))["errcode"] == 40058
    assert (await stage.trans(3, servicer_userid="nobody"))["errcode"] == 95014
    assert (await stage.trans(3, servicer_userid="lisi"))["errcode"] == 0
    assert (await stage.trans(3, servicer_userid="lisi"))["errcode"] == 95016
    assert (await stage.trans(3, servicer_userid="zhangsan"))["errcode"] == 0
    assert (await stage.trans(2))["errcode"] == 95016
    assert (await stage.trans(4))["errcode"] == 0
    assert (await stage.trans(1))["errcode"] == 95016


async def test_the_end_may_be_said_once_within_20_seconds(stage: Stage) -> None:
    text = {"msgtype": "text", "text": {"content": "再见"}}
    code = (await stage.trans(4))["msg_code"]
    assert await stage.calls.code("kf/send_msg_on_event", {"code": code, **text}) == 0
    assert await stage.calls.code("kf/send_msg_on_event", {"code": code, **text}) == 40029
    await stage.person.write("在吗")
    code = (await stage.trans(4))["msg_code"]
    stage.advance(timedelta(seconds=20))
    assert await stage.calls.code("kf/send_msg_on_event", {"code": code, **text}) == 40029
    assert stage.person.texts == ["再见"]


async def test_a_welcome_is_due_to_who_has_not_written(stage: Stage) -> None:
    await stage.person.enter()
    await stage.person.enter()
    first, second = (each["event"] for each in (await stage.sync())["msg_list"])
    assert first["event_type"] == "enter_session"
    assert "welcome_code" not in second
    text = {"code": first["welcome_code"], "msgtype": "text", "text": {"content": "欢迎"}}
    assert await stage.calls.code("kf/send_msg_on_event", text) == 0
    assert stage.person.texts == ["欢迎"]
    stage.advance(timedelta(hours=48))
    await stage.person.enter()
    assert "welcome_code" in (await stage.sync())["msg_list"][-1]["event"]


@pytest.mark.parametrize("fail_type", [4, 5, 6, 10])
async def test_what_was_accepted_may_fail_later(stage: Stage, fail_type: int) -> None:
    await stage.person.write("在吗")
    stage.simulator.world.faults.api[ApiFault.fails_later] = Setting(
        times=1, fail_type=fail_type, seconds=0
    )
    assert await stage.calls.send(stage.id, "您好", msgid="m1") == 0
    assert stage.person.texts == []
    await eventually(lambda: len(stage.desk.seen) == 2, "the desk is told")
    failed = (await stage.sync())["msg_list"][-1]
    assert (failed["origin"], "external_userid" in failed) == (4, False)
    assert failed["event"]["fail_msgid"] == "m1"
    assert failed["event"]["fail_type"] == fail_type


async def test_a_menu_is_tapped_as_a_message_with_its_id(stage: Stage) -> None:
    await stage.person.write("在吗")
    items = [
        {"type": "click", "click": {"id": "yes", "content": "解决了"}},
        {"type": "text", "text": {"content": "或者直接写下问题"}},
    ]
    menu = {"msgtype": "msgmenu", "msgmenu": {"head_content": "解决了吗？", "list": items}}
    body = {"touser": stage.id, "open_kfid": stage.account.open_kfid, **menu}
    assert await stage.calls.code("kf/send_msg", body) == 0
    await stage.person.tap("解决了")
    item = (await stage.sync())["msg_list"][-1]
    assert item["text"] == {"content": "解决了", "menu_id": "yes"}
    body["msgmenu"] = {"list": [items[0]] * 11}
    assert await stage.calls.code("kf/send_msg", body) == 95008


async def test_several_messages_may_share_a_callback(stage: Stage) -> None:
    await stage.person.say(Said("text", "一"), hint=False)
    await stage.person.say(Said("text", "二"))
    assert len(stage.desk.seen) == 1
    assert len((await stage.sync())["msg_list"]) == 2


async def test_an_official_token_is_no_good_here(stage: Stage) -> None:
    other = DeskCalls(stage.simulator, stage.simulator.official("shop"))
    stage.calls.token = (await other.fetch_token())["access_token"]
    assert await stage.calls.send(stage.id) == 40014
