"""What the desk says arrives on the phone: played against the simulator, both kinds of account."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from simulator.wechat.faults import ApiFault, Setting
from simulator.wechat.people import Person
from simulator.wechat.world import Account
from tests.support.desk_work import ok
from tests.support.wechat_desk import WechatDesk

KINDS = ["official", "kf"]


async def an_account(desk: WechatDesk, kind: str, **switches: Any) -> Account:
    return await (desk.official(**switches) if kind == "official" else desk.kf(**switches))


async def an_agent(desk: WechatDesk, person: Person) -> Agent:
    """An agent who has taken the customer's conversation."""
    http = await desk.rig.staff()
    agent = Agent(desk, http, f"/api/v1/conversations/{await desk.conversation_of(person)}")
    await ok(http.post(f"{agent.path}/take"))
    return agent


class Agent:
    """Answers in one conversation."""

    def __init__(self, desk: WechatDesk, http: Any, path: str) -> None:
        self._desk = desk
        self.http = http
        self.path = path
        self._sent = 0

    async def say(self, text: str) -> None:
        self._sent += 1
        body = {"text": text, "client_id": f"answer-{self._sent}", "force": True}
        await ok(self.http.post(f"{self.path}/messages", json=body), 201)
        await self._desk.work()

    async def deliveries(self) -> list[tuple[str, str | None]]:
        """State and problem of the agent's own messages."""
        found = await ok(self.http.get(f"{self.path}/messages"))
        return [
            (each["delivery"]["state"], each["delivery"]["problem"])
            for each in found["messages"]
            if each["author"] == "agent"
        ]

    async def left(self) -> int:
        """Messages that can still be sent."""
        found = await ok(self.http.get(f"{self.path}/reach"))
        return int(found["reach"]["messages_left"])


@pytest.mark.parametrize("kind", KINDS)
async def test_agents_answers_arrive_and_the_sixth_waits_for_the_customer(
    desk: WechatDesk, kind: str
) -> None:
    person = desk.customer(await an_account(desk, kind))
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await desk.work()
    await person.write("我的包裹没到")
    await desk.work()
    before = len(person.texts)
    assert await agent.left() == 5
    for number in range(1, 7):
        await agent.say(f"第 {number} 条")
    assert person.texts[before:] == [f"第 {number} 条" for number in range(1, 6)]
    assert await agent.left() == 0
    assert await agent.deliveries() == [("sent", None)] * 5 + [("held", "quota")]
    await person.write("好的")
    await desk.work()
    assert person.texts[before + 5 :] == ["第 6 条"]
    assert await agent.deliveries() == [("sent", None)] * 6


@pytest.mark.parametrize("kind", KINDS)
async def test_a_long_answer_arrives_in_parts_that_join_back(desk: WechatDesk, kind: str) -> None:
    person = desk.customer(await an_account(desk, kind))
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await desk.work()
    await person.write("怎么退货？")
    before, long = len(person.texts), "退货运费由责任方承担，请保留好包装。" * 80
    await agent.say(long)
    parts = person.texts[before:]
    assert len(parts) > 1
    assert "".join(parts) == long
    assert all(len(part.encode()) <= 1800 for part in parts)


@pytest.mark.parametrize(
    ("kind", "fault", "states"),
    [
        ("official", ApiFault.cut_after_accepting, [("unconfirmed", None)]),
        ("kf", ApiFault.cut_after_accepting, [("waiting", None), ("sent", None)]),
        ("official", ApiFault.busy, [("waiting", "busy")]),
        ("official", ApiFault.not_authorised, [("held", "account")]),
        ("official", ApiFault.token_invalid, [("sent", None)]),
    ],
)
async def test_whatever_the_platform_does_nothing_arrives_twice(
    desk: WechatDesk, kind: str, fault: ApiFault, states: list[tuple[str, str | None]]
) -> None:
    person = desk.customer(await an_account(desk, kind))
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await desk.work()
    desk.simulator.world.faults.api[fault] = Setting(times=1, where="send")
    await agent.say("您好，我是客服小林。")
    assert (await agent.deliveries())[-1] in states
    assert person.texts.count("您好，我是客服小林。") <= 1


@pytest.mark.parametrize("kind", KINDS)
async def test_the_survey_is_answered_by_a_tap_and_a_number(desk: WechatDesk, kind: str) -> None:
    person = desk.customer(await an_account(desk, kind))
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await agent.say("已经为您处理好了。")
    await ok(agent.http.post(f"{agent.path}/wrap-up"))
    await desk.work()
    await person.tap("5 分 非常满意")
    await desk.work()
    await person.write("10")
    await desk.work()
    found = await ok(agent.http.get(agent.path))
    assert (found["rating"], found["nps"]) == (5, 10)
    assert person.texts[-1].startswith("谢谢您的反馈")


async def test_a_consent_brings_a_customer_back_after_two_days(desk: WechatDesk) -> None:
    account = await desk.official(
        subscription={"template_id": "tmpl-service-progress", "fields": {"thing1": "客服已回复您"}}
    )
    person = desk.customer(account)
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await person.grant("tmpl-service-progress")
    reach = await ok(agent.http.get(f"{agent.path}/reach"))
    assert reach["reach"]["subscription"] is True
    desk.simulator.world.clock.advance(timedelta(hours=49))
    await agent.say("您的包裹已经找到。")
    assert await agent.deliveries() == [("held", "window")]
    sent = await ok(agent.http.post(f"{agent.path}/subscription-message"))
    assert sent["state"] == "sent"
    assert sent["reach"]["subscription"] is False
    assert person.texts[-1] == "客服已回复您"
    await person.write("好的")
    await desk.work()
    assert person.texts[-1] == "您的包裹已经找到。"


async def test_what_a_wrong_account_held_up_goes_once_its_check_is_passed(
    desk: WechatDesk,
) -> None:
    person = desk.customer(await desk.official())
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await desk.work()
    faults = desk.simulator.world.faults.api
    faults[ApiFault.not_authorised] = Setting()
    await agent.say("您好，我是客服小林。")
    assert await agent.deliveries() == [("held", "account")]
    await desk.check("shop")
    await desk.work()
    assert await agent.deliveries() == [("held", "account")]
    faults.clear()
    await desk.check("shop")
    await desk.work()
    assert await agent.deliveries() == [("sent", None)]
    assert person.texts[-1] == "您好，我是客服小林。"


async def test_a_late_failure_of_customer_service_is_shown_to_the_agent(desk: WechatDesk) -> None:
    person = desk.customer(await desk.kf())
    await person.write("转人工")
    await desk.work()
    agent = await an_agent(desk, person)
    await desk.work()
    desk.simulator.world.faults.api[ApiFault.fails_later] = Setting(times=1, fail_type=10)
    await agent.say("您好")
    await asyncio.gather(*desk.simulator.world.tasks)
    await desk.work()
    assert await agent.deliveries() == [("failed", "refused")]
