"""What each role sees and may do in the console."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_story import ask


def test_an_agent_sees_no_pages_of_supervisors(console: Callable[..., Page]) -> None:
    page = console("agent")
    expect(page.get_by_role("link", name="知识")).to_be_visible()
    for name in ("监控", "学习资料", "复核", "训练", "审计", "设置"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)


def test_a_supervisor_sees_the_pages_of_the_learning_loop(console: Callable[..., Page]) -> None:
    page = console("supervisor")
    for name in ("知识", "学习资料", "复核", "训练"):
        expect(page.get_by_role("link", name=name)).to_be_visible()


def test_an_answer_edited_by_an_admin_is_given_at_the_next_question(
    console: Callable[..., Page], open_page: OpenPage
) -> None:
    admin = console("admin")
    admin.get_by_role("link", name="知识").click()
    admin.get_by_label("搜索问题、答案或问法").fill("忘记登录密码")
    admin.get_by_text("忘记登录密码怎么办").first.click()
    answer = admin.get_by_label("答案", exact=True)
    before = answer.input_value()
    changed = before + "\n（2026 年 11 月更新）"
    answer.fill(changed)
    admin.get_by_role("button", name="保存").click()
    shop = open_page("/")
    shop.get_by_role("button", name="打开在线客服").click()
    ask(shop, "忘记登录密码怎么办")
    expect(shop.get_by_role("log")).to_contain_text("2026 年 11 月更新")


def test_an_admin_closes_a_workday_with_a_click_and_opens_it_again(
    console: Callable[..., Page],
) -> None:
    admin = console("admin")
    admin.goto("/console/settings/calendar")
    admin.get_by_role("button", name="下一年").click()
    day = admin.locator("tbody button.open").first
    date = day.get_attribute("data-date")
    admin.locator(f'[data-date="{date}"]').click()
    expect(admin.locator(f'[data-date="{date}"]')).to_have_attribute("aria-pressed", "true")
    admin.get_by_role("button", name="保存").click()
    expect(admin.get_by_text("已保存")).to_be_visible()
    admin.reload()
    admin.get_by_role("button", name="下一年").click()
    admin.get_by_role("button", name="恢复", exact=True).click()
    expect(admin.get_by_text("没有。全年按官方放假安排和每周营业时间。")).to_be_visible()
    admin.get_by_role("button", name="保存").click()
    expect(admin.get_by_text("有未保存的修改")).to_have_count(0)
