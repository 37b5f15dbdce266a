"""Pages lose the desk or the network, say so, and come back by themselves with nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_desk import in_a_conversation
from tests.browser.test_story import ask
from tests.e2e.test_story import signed_in
from tests.support.cuttable import CuttableNetwork, cuttable_network
from tests.support.running_desk import PASSWORD, RunningDesk

DRAFT = "您好，正在帮您核实，请稍等"
MEANWHILE = "断开的时候我又说了一句"
CONSOLE_LOST, WIDGET_LOST = "连接断开，正在重连", "网络断开，正在重连…"
BACK_SECONDS = 60
BACK_MS = BACK_SECONDS * 1000
LOST_MS = 60_000
"""Design §8: after so long the customer of an agent who is gone has somebody else."""
COLLEAGUE = "recovery"


@pytest.fixture
def admin(desk: RunningDesk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=desk.url, timeout=20, trust_env=False) as client:
        yield signed_in(client, "admin")


@pytest.fixture
def talk(
    console: Callable[..., Page], open_page: OpenPage, admin: httpx.Client
) -> Iterator[Callable[..., tuple[Page, Page, str]]]:
    """An agent's page, a customer's page and the id of their conversation; over at the end."""
    begun: list[str] = []

    def begin(**options: Any) -> tuple[Page, Page, str]:
        agent, shop = console("agent", **options), open_page("/")
        begun.append(in_a_conversation(agent, shop, "快递一直没有更新"))
        return agent, shop, begun[-1]

    yield begin
    for conversation_id in begun:
        path = f"/api/v1/conversations/{conversation_id}"
        admin.post(f"{path}/take")
        assert admin.post(f"{path}/close", json={"result": "resolved"}).is_success


@pytest.fixture
def network(desk: RunningDesk) -> Iterator[CuttableNetwork]:
    """The way of one agent to the desk."""
    with cuttable_network(desk.url) as way:
        yield way


@pytest.fixture
def little_patience(admin: httpx.Client) -> Iterator[None]:
    """The desk takes back what a lost agent has as soon as it ever may."""
    path = "/api/v1/settings/routing"
    before = admin.get(path).json()["value"]["lost_connection_seconds"]
    for seconds in (15, before):
        version = admin.get(path).json()["version"]
        body = {"version": version, "value": {"lost_connection_seconds": seconds}}
        assert admin.put(path, json=body).is_success
        if seconds == 15:
            yield


def said(page: Page, text: str) -> Locator:
    """Where a page shows a message."""
    return page.get_by_role("log").get_by_text(text, exact=True)


def both_are_back(agent: Page, shop: Page) -> None:
    """Nothing is said to be lost any more, and everything that was said stands there once."""
    expect(shop.get_by_text(WIDGET_LOST)).to_be_hidden(timeout=BACK_MS)
    expect(agent.get_by_text(CONSOLE_LOST)).to_have_count(0, timeout=BACK_MS)
    expect(said(agent, MEANWHILE)).to_have_count(1, timeout=BACK_MS)
    composer = agent.get_by_label("回复客户")
    expect(composer).to_have_value(DRAFT)
    composer.press("Enter")
    expect(said(shop, DRAFT)).to_have_count(1)
    shop.reload()
    shop.get_by_role("button", name="打开在线客服").click()
    expect(said(shop, DRAFT)).to_have_count(1)
    expect(said(shop, MEANWHILE)).to_have_count(1)
    expect(said(agent, MEANWHILE)).to_have_count(1)


def test_pages_recover_by_themselves_when_the_api_was_killed(
    desk: RunningDesk, talk: Callable[..., tuple[Page, Page, str]]
) -> None:
    agent, shop, _ = talk()
    agent.get_by_label("回复客户").fill(DRAFT)
    pid = desk.kill("api")
    expect(agent.get_by_text(CONSOLE_LOST)).to_be_visible()
    expect(shop.get_by_text(WIDGET_LOST)).to_be_visible()
    ask(shop, MEANWHILE)
    expect(said(shop, MEANWHILE)).to_have_count(1)
    desk.wait_restarted("api", pid, BACK_SECONDS)
    both_are_back(agent, shop)


def test_pages_recover_by_themselves_when_the_network_was_away(
    talk: Callable[..., tuple[Page, Page, str]],
) -> None:
    agent, shop, _ = talk()
    agent.get_by_label("回复客户").fill(DRAFT)
    for page in (agent, shop):
        page.context.set_offline(True)
    expect(agent.get_by_text(CONSOLE_LOST)).to_be_visible(timeout=BACK_MS)
    expect(shop.get_by_text(WIDGET_LOST)).to_be_visible(timeout=BACK_MS)
    ask(shop, MEANWHILE)
    expect(said(agent, MEANWHILE)).to_have_count(0)
    for page in (agent, shop):
        page.context.set_offline(False)
    both_are_back(agent, shop)


def test_an_agent_whose_network_was_cut_sees_that_somebody_else_has_it_and_works_on(
    network: CuttableNetwork,
    little_patience: None,
    console: Callable[..., Page],
    talk: Callable[..., tuple[Page, Page, str]],
    admin: httpx.Client,
) -> None:
    account = {"username": COLLEAGUE, "display_name": "小河", "role": "agent"}
    admin.post("/api/v1/agents", json={**account, "password": PASSWORD})
    agent, shop, conversation_id = talk(at=network.url)
    colleague = console(COLLEAGUE)
    network.cut()
    log = shop.get_by_role("log")
    expect(log).to_contain_text("小云的连接中断了", timeout=LOST_MS)
    expect(log).to_contain_text("小河已为您接通")
    row = f'a.row[data-id="{conversation_id}"]'
    colleague.locator(row).click()
    colleague.get_by_label("回复客户").fill("我来接着处理")
    colleague.get_by_label("回复客户").press("Enter")
    expect(log).to_contain_text("我来接着处理")
    expect(agent.get_by_text(CONSOLE_LOST)).to_be_visible(timeout=BACK_MS)

    network.mend()
    expect(agent.get_by_text(CONSOLE_LOST)).to_have_count(0, timeout=BACK_MS)
    expect(agent.locator(row)).to_have_count(0)
    expect(agent.get_by_role("log")).to_contain_text("我来接着处理")
    expect(agent.get_by_label("回复客户")).to_have_count(0)
    me = next(
        each["id"]
        for each in admin.get("/api/v1/agents").json()["items"]
        if each["username"] == "agent"
    )
    path = f"/api/v1/conversations/{conversation_id}/assign"
    assert admin.post(path, json={"agent_id": me}).is_success
    expect(agent.locator(row)).to_have_count(1)
    composer = agent.get_by_label("回复客户")
    composer.fill("我回来了")
    composer.press("Enter")
    expect(log).to_contain_text("我回来了")
