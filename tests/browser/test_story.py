"""The whole story in two real browsers: question, answer, a person, a reply, a rating."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage, picture

QUESTION = "我的快递三天没动了怎么办"
REPLY = "您好，我是小云。已经帮您联系承运方核实，今天 18 点前给您回复，请放心。"


def ask(page: Page, text: str) -> None:
    box = page.get_by_label("输入消息")
    box.fill(text)
    box.press("Enter")


def test_a_customer_is_answered_then_helped_by_a_person(
    open_page: OpenPage, console: Callable[..., Page]
) -> None:
    shop = open_page("/")
    with shop.expect_response("**/api/v1/visitor/sessions") as opened:
        shop.get_by_role("button", name="打开在线客服").click()
        ask(shop, QUESTION)
    conversation_id = opened.value.json()["conversation_id"]
    log = shop.get_by_role("log")
    expect(log).to_contain_text("催件")
    picture(shop, "widget-answer")

    shop.get_by_role("button", name="转人工").first.click()
    expect(log).to_contain_text("已为您转接人工客服")

    agent = console("agent")  # the first free hands: it comes by itself
    expect(log).to_contain_text("已为您接通")
    agent.locator(f'a.row[data-id="{conversation_id}"]').click()
    packet = agent.get_by_role("complementary")
    expect(packet).to_contain_text(QUESTION)
    expect(packet).to_contain_text("物流配送")
    expect(packet).to_contain_text("快递好几天没有更新了怎么办")
    composer = agent.get_by_label("回复客户")
    composer.fill(REPLY)
    composer.press("Enter")
    expect(log).to_contain_text(REPLY)
    picture(agent, "console-conversation")
    picture(shop, "widget-agent")

    shop.reload()
    shop.get_by_role("button", name="打开在线客服").click()
    expect(shop.get_by_role("log")).to_contain_text(QUESTION)
    expect(shop.get_by_role("log")).to_contain_text(REPLY)
    ask(shop, "好的谢谢")
    expect(agent.get_by_role("log")).to_contain_text("好的谢谢")

    agent.get_by_role("button", name="结束会话").click()
    dialog = agent.get_by_role("dialog")
    dialog.get_by_role("radio", name="已解决").check()
    dialog.get_by_role("button", name="结束会话").click()
    expect(shop.get_by_text("这次服务怎么样？")).to_be_visible()
    shop.get_by_role("radio", name="5 星").check(force=True)
    shop.get_by_role("button", name="提交评价").click()
    expect(shop.get_by_text("谢谢您的评价。")).to_be_visible()
    picture(shop, "widget-rating")


def test_text_with_markup_is_shown_as_text(open_page: OpenPage) -> None:
    shop = open_page("/", width=360, height=640)
    shop.get_by_role("button", name="打开在线客服").click()
    hostile = "<img src=x onerror=\"document.title='hit'\"><script>document.title='hit'</script>"
    ask(shop, hostile)
    expect(shop.get_by_role("log")).to_contain_text(hostile)
    assert shop.title() != "hit"
    picture(shop, "widget-360")


def test_a_long_unbroken_text_does_not_widen_the_widget_at_360_px(open_page: OpenPage) -> None:
    shop = open_page("/", width=360, height=640)
    shop.get_by_role("button", name="打开在线客服").click()
    ask(shop, "https://shop.example/" + "a" * 300)
    expect(shop.get_by_role("log")).to_contain_text("aaaaaaaa")
    assert shop.evaluate("document.documentElement.scrollWidth") <= 360
