"""An admin who has never seen the desk teaches it something, following only the page."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, picture
from tests.browser.test_accessibility import serious
from tests.browser.test_story import ask
from tests.support.running_desk import RunningDesk, wait_until
from tests.support.visitor import Visitor

QUESTION = "门铃换了路由器怎么重新联网"
ANSWER = "长按门铃背面的按钮 5 秒，听到提示音后，在应用里重新选择网络。"
UNKNOWN = (
    "门铃连不上新路由器了怎么弄",
    "你们那个积分到底几时作废",
    "退的钱是不是退回花呗里头",
    "两个单子能不能并一块儿寄",
    "上门装净水的师傅带不带工具",
)
"""What the bot has trouble with; after each answer a person is asked for."""
REVIEWED = 5
COLLECTING_MS = 180_000
"""The desk looks through what was said once a minute, the page asks twice a minute."""
SWITCH_SECONDS = 30
"""Twice what a switch may take: the machine may be busy with other tests."""
TRAINING_MS = 600_000


def go_to(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()


def customers_in_trouble(desk: RunningDesk) -> None:
    """Customers to whom the bot was no help."""
    for text in UNKNOWN:
        visitor = Visitor(desk.url)
        visitor.ask(text)
        visitor.ask("转人工", author="system")
        visitor.send("不等了")
        visitor.close()


def write_an_entry(admin: Page) -> None:
    go_to(admin, "知识")
    expect(admin.get_by_text(re.compile(r"^共 \d+ 条"))).to_be_visible()
    admin.get_by_role("button", name="新建条目").click()
    admin.get_by_label("标准问题").fill(QUESTION)
    admin.get_by_role("combobox", name=re.compile("^业务")).select_option(label="商品咨询")
    admin.get_by_label("答案", exact=True).fill(ANSWER)
    picture(admin, "learning-entry")
    admin.get_by_role("button", name="保存并上线").click()
    expect(admin.get_by_text(re.compile("^已(保存|发布)。训练新版本"))).to_be_visible()


def review_messages(admin: Page) -> None:
    """With the keyboard: it is what was just written, one of the choices, or right."""
    go_to(admin, "复核")
    card = admin.get_by_role("article", name="客户说")
    expect(card).to_be_visible(timeout=COLLECTING_MS)
    assert serious(admin) == []
    picture(admin, "learning-review")
    for done in range(1, REVIEWED + 1):
        expect(card).to_be_visible(timeout=COLLECTING_MS)
        about_it = "门铃" in card.locator(".text").inner_text()
        if about_it or done == 1:
            look_for_it(admin, "Enter" if about_it else "Escape")
        if not about_it:
            known = card.get_by_role("button", name="对 Y").is_enabled()
            admin.keyboard.press("y" if known else "s")
        expect(admin.get_by_text(f"今天已看 {done} 条")).to_be_visible()
    admin.keyboard.press("u")
    expect(admin.get_by_text(f"今天已看 {REVIEWED - 1} 条")).to_be_visible()
    admin.keyboard.press("s")
    expect(admin.get_by_text(f"今天已看 {REVIEWED} 条")).to_be_visible()


def look_for_it(admin: Page, then: str) -> None:
    """Search for what was just written, and press a key on it."""
    admin.keyboard.press("n")
    search = admin.get_by_role("combobox", name="搜索知识或意图")
    search.fill("门铃换了路由器")
    expect(admin.get_by_role("option", name=QUESTION)).to_be_visible()
    picture(admin, "learning-pick")
    search.press(then)
    expect(search).to_be_hidden()


def train(admin: Page) -> None:
    go_to(admin, "训练")
    admin.get_by_role("button", name="训练新版本").click()
    expect(admin.get_by_role("progressbar")).to_be_visible()
    picture(admin, "learning-training")
    assert serious(admin) == []
    proof = admin.get_by_role("link", name="看它和线上版本的对比")
    expect(proof).to_be_visible(timeout=TRAINING_MS)
    proof.click()


def read_and_promote(admin: Page) -> None:
    expect(admin.get_by_text("同样的")).to_be_visible(timeout=TRAINING_MS)
    assert serious(admin) == []
    picture(admin, "learning-proof")
    admin.get_by_role("button", name="上线", exact=True).click()
    dialog = admin.get_by_role("dialog")
    reason = dialog.get_by_label("理由")
    if reason.count():
        reason.fill("已逐条看过新答错的句子，可以接受")
    picture(admin, "learning-promote")
    dialog.get_by_role("button", name="上线", exact=True).click()
    expect(admin.get_by_text("已上线，15 秒内对所有客户生效")).to_be_visible()


@pytest.mark.timeout(900)
def test_an_admin_adds_an_answer_corrects_messages_trains_reads_the_proof_and_goes_live(
    open_page: OpenPage, console: Callable[..., Page], desk: RunningDesk
) -> None:
    customers_in_trouble(desk)
    admin = console("admin")
    write_an_entry(admin)
    review_messages(admin)
    train(admin)
    read_and_promote(admin)
    wait_until(lambda: told_now(desk), SWITCH_SECONDS, "customers are answered by the new release")

    shop = open_page("/")
    with shop.expect_response("**/api/v1/visitor/sessions") as opened:
        shop.get_by_role("button", name="打开在线客服").click()
        ask(shop, QUESTION)
    conversation_id = opened.value.json()["conversation_id"]
    expect(shop.get_by_role("log")).to_contain_text("长按门铃背面的按钮")

    admin.goto(f"/console/desk/open/{conversation_id}")
    log = admin.get_by_role("log")
    expect(log).to_contain_text("长按门铃背面的按钮")
    log.get_by_role("article").last.hover()
    log.get_by_role("button", name="为什么").last.click()
    why = admin.get_by_role("complementary", name="为什么这样回答")
    expect(why).to_contain_text(QUESTION)
    picture(admin, "learning-why")
    assert serious(admin) == []
    why.get_by_role("button", name="试试").click()
    expect(why).to_contain_text("会这样处理")
    admin.keyboard.press("Escape")
    expect(why).to_be_hidden()

    go_to(admin, "训练")
    admin.get_by_role("button", name="退回版本").first.click()
    admin.get_by_role("dialog").get_by_role("button", name="退回版本").click()
    expect(admin.get_by_text("已退回到版本").first).to_be_visible()


def told_now(desk: RunningDesk) -> bool:
    """Whether a customer gets the new answer by now."""
    visitor = Visitor(desk.url)
    try:
        return "长按门铃背面的按钮" in visitor.ask(QUESTION)["text"]
    finally:
        visitor.close()


def test_clusters_of_unknown_questions_have_a_page(console: Callable[..., Page]) -> None:
    admin = console("admin")
    go_to(admin, "复核")
    admin.get_by_role("link", name="没听懂的问题").click()
    heading = admin.get_by_text("没有成批的未知问题")
    expect(heading.or_(admin.get_by_role("button", name="生成知识草稿")).first).to_be_visible()
    assert serious(admin) == []
