"""A morning at the desk: a complaint becomes a ticket, a supervisor looks on, search finds it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, picture
from tests.browser.test_story import ask

WRONG = "收到的杯子是碎的，客服还不理人，我要投诉"


def in_a_conversation(agent: Page, shop: Page, text: str) -> str:
    """A customer who has asked for a person and has got `agent`; the conversation's id."""
    with shop.expect_response("**/api/v1/visitor/sessions") as opened:
        shop.get_by_role("button", name="打开在线客服").click()
        ask(shop, text)
    ask(shop, "转人工")
    expect(shop.get_by_role("log")).to_contain_text("已为您接通")
    conversation_id: str = opened.value.json()["conversation_id"]
    agent.locator(f'a.row[data-id="{conversation_id}"]').click()
    expect(agent.get_by_role("log")).to_contain_text(text)
    return conversation_id


def test_a_note_stays_among_staff(open_page: OpenPage, console: Callable[..., Page]) -> None:
    agent, shop = console("agent"), open_page("/")
    in_a_conversation(agent, shop, WRONG)
    agent.get_by_role("log").click()
    agent.keyboard.press("n")
    agent.keyboard.type("先看一下照片，不要马上答应赔付。")
    agent.keyboard.press("Enter")
    expect(agent.get_by_role("log")).to_contain_text("不要马上答应赔付")
    composer = agent.get_by_label("回复客户")
    if not composer.is_visible():
        agent.keyboard.press("Control+/")
    composer.fill("您好，我来处理。")
    composer.press("Enter")
    expect(shop.get_by_role("log")).to_contain_text("我来处理")
    expect(shop.get_by_role("log")).not_to_contain_text("不要马上答应赔付")
    agent.keyboard.press("Escape")
    agent.get_by_role("button", name="转接").first.click()
    expect(agent.get_by_role("dialog")).to_be_visible()
    picture(agent, "console-transfer")


def test_an_agent_sees_that_the_answer_was_read(
    open_page: OpenPage, console: Callable[..., Page]
) -> None:
    agent, shop = console("agent"), open_page("/")
    in_a_conversation(agent, shop, "发票抬头写错了，想重开")
    composer = agent.get_by_label("回复客户")
    composer.fill("您好，请把正确的抬头发给我。")
    composer.press("Enter")
    expect(shop.get_by_role("log")).to_contain_text("请把正确的抬头发给我")
    expect(agent.get_by_role("log").get_by_text("已读", exact=True)).to_be_visible()


def test_a_supervisor_makes_somebody_else_answerable(
    open_page: OpenPage, console: Callable[..., Page]
) -> None:
    agent, shop = console("agent"), open_page("/")
    conversation_id = in_a_conversation(agent, shop, "洗衣机的尾款想分期付")
    supervisor = console("supervisor")
    supervisor.goto(f"/console/desk/open/{conversation_id}")
    supervisor.get_by_role("button", name="更换").click()
    supervisor.keyboard.type("supervisor")
    supervisor.keyboard.press("Enter")
    supervisor.keyboard.press("Enter")
    expect(supervisor.get_by_role("dialog")).to_be_hidden()
    expect(supervisor.get_by_text("首问负责：值班主管")).to_be_visible()
    agent.reload()
    expect(agent.get_by_text("首问负责：值班主管")).to_be_visible()


def test_a_complaint_taken_down_by_the_bot_is_worked_on_as_a_ticket(
    open_page: OpenPage, console: Callable[..., Page]
) -> None:
    shop = open_page("/")
    shop.get_by_role("button", name="打开在线客服").click()
    ask(shop, "我要投诉你们的快递员，态度特别差，还把箱子扔在地上")
    log = shop.get_by_role("log")
    for _ in range(8):
        if "T20" in log.inner_text():
            break
        shop.wait_for_timeout(1_500)
        text = log.inner_text()
        if "T20" in text:
            break
        confirm = shop.get_by_role("button", name="确认提交")
        if confirm.count() and confirm.last.is_enabled():
            confirm.last.click()
        else:
            ask(shop, "没有")
    agent = console("agent")
    agent.get_by_role("link", name="工单").click()
    agent.get_by_role("link", name="全部").or_(
        agent.get_by_role("button", name="全部")
    ).first.click()
    row = agent.locator("tbody tr, a.row").first
    expect(row).to_be_visible()
    picture(agent, "console-tickets")
    row.click()
    expect(agent.get_by_text("受理").first).to_be_visible()
    picture(agent, "console-ticket")


def test_a_supervisor_sees_the_desk_and_finds_things_by_initials(
    open_page: OpenPage, console: Callable[..., Page]
) -> None:
    agent, shop = console("agent"), open_page("/")
    in_a_conversation(agent, shop, "净水器漏水了，厨房地上全是水")
    supervisor = console("supervisor")
    supervisor.get_by_role("link", name="监控").click()
    expect(supervisor.get_by_text("小云").first).to_be_visible()
    picture(supervisor, "console-wall")
    supervisor.keyboard.press("Control+k")
    supervisor.keyboard.type("净水器漏水")
    expect(supervisor.get_by_role("dialog")).to_contain_text("净水器")
    picture(supervisor, "console-palette")
    supervisor.keyboard.press("Escape")
    admin = console("admin")
    admin.goto("/console/settings/calendar")
    expect(admin.get_by_text("每周营业时间", exact=True)).to_be_visible()
    picture(admin, "console-settings")
    admin.get_by_role("link", name="审计").click()
    admin.get_by_role("button", name="校验完整性").click()
    expect(admin.get_by_text("完整").first).to_be_visible()
    picture(admin, "console-audit")
