"""What each role sees and may do in the console."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_story import ask


def test_an_agent_sees_no_pages_of_supervisors(console: Callable[..., Page]) -> None:
    page = console("agent")
    expect(page.get_by_role("link", name="知识")).to_be_visible()
    for name in ("监控", "版本", "审计", "设置"):
        expect(page.get_by_role("link", name=name)).to_have_count(0)


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
