"""The whole desk as processes: the first story of a customer, told over the public API."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.support.running_desk import PASSWORD, RunningDesk, wait_until
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]


@pytest.fixture
def agent(desk: RunningDesk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=desk.url, timeout=20, trust_env=False) as client:
        yield signed_in(client, "agent")


@pytest.fixture
def admin(desk: RunningDesk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=desk.url, timeout=20, trust_env=False) as client:
        yield signed_in(client, "admin")


def signed_in(client: httpx.Client, username: str) -> httpx.Client:
    answer = client.post("/api/v1/auth/login", json={"username": username, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client


def entry(admin: httpx.Client, key: str) -> dict[str, object]:
    items = admin.get("/api/v1/knowledge").json()["items"]
    return next(dict(item) for item in items if item["key"] == key)


def test_a_parcel_that_does_not_move_gets_the_fitting_answer(
    visit: Visit, admin: httpx.Client
) -> None:
    answer = visit().ask("我的快递三天没动了怎么办")
    assert answer["text"] == entry(admin, "logistics_no_update")["answer"]


def test_the_agent_gets_the_earlier_question_and_the_customer_the_reply(
    visit: Visit, agent: httpx.Client
) -> None:
    visitor = visit()
    visitor.ask("我的快递三天没动了怎么办")
    notice = visitor.ask("转人工", author="system")
    assert "转接人工" in notice["text"]
    handoffs = agent.get(
        "/api/v1/handoffs", params={"conversation_id": visitor.conversation_id}
    ).json()["items"]
    packet = handoffs[0]["packet"]
    assert "我的快递三天没动了怎么办" in packet["summary"]
    assert packet["labels"]["category"]["key"] == "logistics"
    assert packet["tried"][0]["key"] == "logistics_no_update"
    assert packet["suggested_answers"]
    address = f"/api/v1/conversations/{visitor.conversation_id}"
    assert agent.post(f"{address}/take").status_code == 200
    sent = agent.post(f"{address}/messages", json={"text": "我来查一下", "client_id": "a1"})
    assert sent.status_code == 201
    assert visitor.wait_for("agent")["text"] == "我来查一下"


def test_an_edited_answer_is_given_at_the_next_question(visit: Visit, admin: httpx.Client) -> None:
    before = entry(admin, "invoice_how")
    question = str(before["question"])
    visitor = visit()
    assert visitor.ask(question)["text"] == before["answer"]
    changed = "电子发票已改为下单后自动开具，请到“我的订单”下载。"
    try:
        answer = admin.put("/api/v1/knowledge/invoice_how", json={"answer": changed})
        assert answer.status_code == 200, answer.text
        assert visitor.ask(question)["text"] == changed
    finally:
        admin.put("/api/v1/knowledge/invoice_how", json={"answer": before["answer"]})


def test_a_request_is_taken_down_as_a_ticket(visit: Visit, agent: httpx.Client) -> None:
    visitor = visit()
    visitor.ask("帮我登记一下，收到的玻璃杯碎了两个")
    visitor.ask("202611180012345")
    confirmation = visitor.ask("13912345678")
    wait_until(lambda: _tickets(agent, visitor), 10, "the ticket is there")
    (found,) = _tickets(agent, visitor)
    assert found["number"] in confirmation["text"]
    ticket = agent.get(f"/api/v1/tickets/{found['number']}").json()
    assert "玻璃杯碎了" in ticket["description"]
    assert ticket["order_number"] == "202611180012345"
    assert ticket["contact_masked"] == "139****5678"


def test_an_unclear_message_never_stays_without_an_answer(visit: Visit) -> None:
    visitor = visit()
    for text in ("嗯哼那个就是那个嘛", "啊吧啊吧啊吧"):
        assert visitor.ask(text)["text"]


def test_every_message_is_labelled_with_the_release_that_did_it(
    visit: Visit, agent: httpx.Client
) -> None:
    visitor = visit()
    visitor.ask("优惠券为什么用不了")
    messages = agent.get(f"/api/v1/conversations/{visitor.conversation_id}/messages").json()[
        "messages"
    ]
    assert messages[0]["labels"]["category"]["key"] == "promotion"
    assert messages[0]["turn"]["release"] == 1


def _tickets(agent: httpx.Client, visitor: Visitor) -> list[dict[str, str]]:
    answer = agent.get("/api/v1/tickets", params={"conversation_id": visitor.conversation_id})
    return list(answer.json()["items"])
