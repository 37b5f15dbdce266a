"""The first story of a customer, told on WeChat: official account in safe mode, and 微信客服."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from cli.simulate.installing import Admin, install
from simulator.wechat.people import Person
from simulator.wechat.serving import serving
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Kind, Mode
from tests.support.running_desk import PASSWORD, RunningDesk
from tests.support.waiting import eventually

CHANNELS = {Kind.official: "wechat", Kind.kf: "wechat_kf"}
SECONDS = 60
"""Until an answer is on the phone, on a machine that does other things as well."""


@pytest.fixture
async def simulator(desk: RunningDesk) -> AsyncIterator[Simulator]:
    made = Simulator(desk.url)
    async with serving(made, desk.wechat_port):
        yield made


@pytest.fixture(params=[Kind.official, Kind.kf])
async def person(request: pytest.FixtureRequest, desk: RunningDesk, simulator: Simulator) -> Person:
    """A customer of an account that the desk knows."""
    key = f"story-{uuid4().hex[:8]}"
    official = request.param is Kind.official
    account = simulator.official(key, mode=Mode.safe) if official else simulator.kf(key)
    await install(desk.url, Admin("admin", PASSWORD), [account])
    return simulator.customer(account)


@pytest.fixture
async def agent(desk: RunningDesk) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=desk.url, timeout=30, trust_env=False) as http:
        body = {"username": "agent", "password": PASSWORD}
        signed_in = await http.post("/api/v1/auth/login", json=body)
        http.headers["X-CSRF-Token"] = signed_in.json()["csrf_token"]
        yield http


async def get(agent: httpx.AsyncClient, path: str, **query: str) -> dict[str, Any]:
    answer = await agent.get(f"/api/v1{path}", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def post(agent: httpx.AsyncClient, path: str, body: object = None) -> dict[str, Any]:
    answer = await agent.post(f"/api/v1{path}", json=body)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ask(person: Person, text: str, part: str = "") -> str:
    """Write, and give the first answer with `part` in it."""
    push = await person.write(text)
    assert push.ok, push.problem
    return (await person.wait_for(part, SECONDS)).text


async def greeted(person: Person) -> None:
    if person.account.kind is Kind.official:
        await person.follow()
    else:
        await person.enter()
    await person.wait_for("云杉商城", SECONDS)


async def waiting(agent: httpx.AsyncClient, person: Person) -> str:
    """The conversation of a customer who waits for a person."""
    channel = CHANNELS[person.account.kind]
    items = (await get(agent, "/conversations", view="queue", channel=channel))["items"]
    assert len(items) == 1, "another customer waits on this channel"
    return str(items[0]["id"])


async def test_from_the_question_to_the_survey(person: Person, agent: httpx.AsyncClient) -> None:
    await greeted(person)

    known = (await get(agent, "/knowledge"))["items"]
    answer = next(each["answer"] for each in known if each["key"] == "logistics_no_update")
    assert await ask(person, "我的快递三天没动了怎么办") == answer

    await ask(person, "帮我登记一下，收到的玻璃杯碎了两个", "订单号")
    await ask(person, "202611180012345")
    confirmation = await ask(person, "13912345678", "T20")

    notice = await ask(person, "转人工", "转接人工")
    assert "转接人工" in notice
    conversation = await waiting(agent, person)
    (ticket,) = (await get(agent, "/tickets", conversation_id=conversation))["items"]
    assert ticket["number"] in confirmation
    path = f"/conversations/{conversation}"
    assert (await get(agent, path))["reach"]["messages_left"] > 0

    await post(agent, f"{path}/take")
    await post(agent, f"{path}/messages", {"text": "我来查一下", "client_id": uuid4().hex})
    await person.wait_for("我来查一下", SECONDS)

    await post(agent, f"{path}/close", {"result": "resolved"})
    best = await person.wait_for_item("5 分", SECONDS)
    await person.tap(best.id)
    await ask(person, "9", "谢谢您的反馈")
    rated = await get(agent, path)
    assert (rated["rating"], rated["nps"]) == (5, 9)

    texts = [bubble.text for bubble in person.phone.received]
    assert len(texts) == len(set(texts)), "something came twice"
    assert [bubble for bubble in person.phone.bubbles if bubble.side == "wechat"] == []


async def test_the_agent_sees_everything_that_was_said(
    person: Person, agent: httpx.AsyncClient
) -> None:
    await ask(person, "优惠券为什么用不了")
    await ask(person, "转人工", "转接人工")
    conversation = await waiting(agent, person)
    said = (await get(agent, f"/conversations/{conversation}/messages"))["messages"]
    customer = [each["text"] for each in said if each["author"] == "customer"]
    assert customer == ["优惠券为什么用不了", "转人工"]
    await eventually(lambda: _all_delivered(agent, conversation), "all are delivered", SECONDS)
    await post(agent, f"/conversations/{conversation}/take")
    await post(agent, f"/conversations/{conversation}/close", {"result": "resolved"})


async def _all_delivered(agent: httpx.AsyncClient, conversation: str) -> bool:
    said = (await get(agent, f"/conversations/{conversation}/messages"))["messages"]
    sent = [each["delivery"] for each in said if each["author"] in ("bot", "system")]
    return bool(sent) and all(each and each["state"] == "sent" for each in sent)
