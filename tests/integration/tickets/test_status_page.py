"""The page where a customer follows a ticket without signing in."""

from __future__ import annotations

import httpx
import pytest

from tests.support.rig import BASE, Rig
from tests.support.ticketing import Opener, Person


def address(ticket: dict[str, str]) -> str:
    """The link, below this test's base."""
    return ticket["status_url"].removeprefix("http://127.0.0.1:8000")


@pytest.fixture
async def customer(rig: Rig) -> httpx.AsyncClient:
    """A browser without any session."""
    return await rig.client()


async def test_the_page_shows_steps_promises_and_answers_and_nothing_internal(
    agent: Person, customer: httpx.AsyncClient, open_: Opener
) -> None:
    ticket = await open_(kind="complaint", title="回电 19900004444", description="内部说明")
    number = ticket["number"]
    assert "承诺首次回复时间" in (await customer.get(address(ticket))).text
    await agent.do(f"/{number}/notes", {"text": "内部备注"})
    await agent.do(f"/{number}/notes", {"text": "<b>明天</b>上门", "public": True})
    await agent.do(f"/{number}/complaint-steps/accept", {"result": "内部结果"})
    page = await customer.get(address(ticket))
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    for shown in (
        number,
        "处理中",
        "受理",
        "调查",
        "&lt;b&gt;明天&lt;/b&gt;上门",
    ):
        assert shown in page.text
    for hidden in ("承诺首次回复时间", "内部", "19900004444", "<b>", "<script"):
        assert hidden not in page.text
    english = await customer.get(address(ticket), headers={"Accept-Language": "en"})
    assert "In progress" in english.text


async def test_the_page_looks_like_the_shop(
    rig: Rig, customer: httpx.AsyncClient, open_: Opener
) -> None:
    where = address(await open_())
    assert "云杉商城 · 工单进度" in (await customer.get(where)).text
    for name, value in (("shop_name", "山<海>"), ("shop_accent", "#fde047")):
        setattr(rig.desk.settings, name, value)
    for page in (await customer.get(where), await customer.get("/t/T1")):
        assert "山&lt;海&gt; · 工单进度" in page.text
        assert "--accent: #fde047; --on-accent: #0d211b" in page.text
        assert "云杉" not in page.text


async def test_a_wrong_key_is_as_good_as_no_ticket(
    customer: httpx.AsyncClient, open_: Opener
) -> None:
    one, two = await open_(), await open_()
    key = address(two).partition("?")[2]
    wrong = ("", "?key=", "?key=x", "?key=%00", "?key=钥匙", f"?{key}")
    for query in wrong:
        page = await customer.get(f"/t/{one['number']}{query}")
        assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert one["title"] not in page.text
        sent = await customer.post(f"/t/{one['number']}{query}", data={"text": "x"})
        assert sent.status_code == 404
    assert (await customer.get(f"/t/T20200101-00001?{key}")).status_code == 404
    for query in wrong[2:]:
        answer = await customer.get(f"/api/v1/visitor/tickets/{one['number']}{query}")
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_what_the_customer_adds_opens_a_resolved_ticket_again(
    rig: Rig, agent: Person, customer: httpx.AsyncClient, open_: Opener
) -> None:
    ticket = await agent.move(await open_(assignee_id=str(agent.id)), "resolved")
    text = "还是不行 <script>alert(1)</script>"
    sent = await customer.post(address(ticket), data={"text": text})
    assert sent.status_code == 303
    page = await customer.get(httpx.URL(BASE + address(ticket)).join(sent.headers["location"]))
    assert "已收到您的补充" in page.text
    assert "&lt;script&gt;" in page.text
    assert "<script" not in page.text
    shown = await agent.get(f"/{ticket['number']}")
    assert (shown["state"], shown["notes"][0]["author"]) == ("reopened", None)
    assert shown["notes"][0]["text"] == text
    kinds = await rig.rows("SELECT staff_id FROM notification WHERE kind = 'watched_changed'")
    assert [row.staff_id for row in kinds] == [agent.id]


async def test_bad_additions_are_explained_and_kept_out(
    rig: Rig, agent: Person, customer: httpx.AsyncClient, open_: Opener
) -> None:
    ticket = await open_()
    for text, status in ((" \u200b", 422), ("长" * 2001, 422)):
        page = await customer.post(address(ticket), data={"text": text})
        assert page.status_code == status
        assert "没有提交成功" in page.text
    closed = await agent.move(ticket, "resolved", "closed")
    assert (await customer.post(address(closed), data={"text": "在吗"})).status_code == 409
    assert "<form" not in (await customer.get(address(closed))).text
    assert await rig.scalar("SELECT count(*) FROM ticket_note") == 0


async def test_the_widget_reads_and_adds_by_the_same_key(
    agent: Person, customer: httpx.AsyncClient, open_: Opener
) -> None:
    ticket = await agent.move(await open_(), "pending_customer")
    where = "/api/v1/visitor/tickets/" + address(ticket).removeprefix("/t/")
    status = (await customer.get(where)).json()
    assert (status["number"], status["state_name"]) == (ticket["number"], "等待您补充")
    assert [step["name"] for step in status["steps"]] == [
        *("已提交", "首次回复", "已解决", "已关闭")
    ]
    answers = where.replace("?", "/answers?")
    added = await customer.post(answers, json={"text": "型号 KFR-35"})
    assert added.status_code == 201
    assert (added.json()["state"], added.json()["answers"][0]["author"]) == ("open", "customer")
    for _ in range(19):
        assert (await customer.post(answers, json={"text": "再说一次"})).status_code == 201
    assert (await customer.post(answers, json={"text": "再说一次"})).status_code == 429


async def test_the_link_of_a_merged_ticket_leads_to_where_work_goes_on(
    agent: Person, customer: httpx.AsyncClient, open_: Opener
) -> None:
    one = await open_()
    two = await open_(customer_id=one["customer"]["id"], title="合并后的工单")
    body = {"into": two["number"], "reason": "同一件事"}
    await agent.do(f"/{one['number']}/merge", body)
    page = await customer.get(address(one))
    assert "合并后的工单" in page.text
    await customer.post(address(one), data={"text": "补充"})
    assert len((await agent.get(f"/{two['number']}"))["notes"]) == 1
