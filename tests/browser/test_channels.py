"""An admin connects accounts of WeChat on the page, and a customer goes on there from the web."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from simulator.wechat.world import Account
from tests.browser.conftest import OpenPage, picture
from tests.browser.test_accessibility import serious
from tests.browser.test_story import ask
from tests.support.running_desk import PASSWORD, RunningDesk
from tests.support.wechat.beside import Beside, beside

CHANNELS = "/console/settings/channels"
ACCOUNTS = "/api/v1/channels/accounts"
GREETING = "您好，这里是云杉商城。请直接说您的问题，随时可以说“转人工”。"


@pytest.fixture
def wechat(desk: RunningDesk) -> Iterator[Beside]:
    """WeChat; the accounts of a test are switched off after it."""
    with beside(desk.url, desk.wechat_port) as running:
        yield running
        with httpx.Client(base_url=desk.url, timeout=30, trust_env=False) as http:
            body = {"username": "admin", "password": PASSWORD}
            http.headers["X-CSRF-Token"] = http.post("/api/v1/auth/login", json=body).json()[
                "csrf_token"
            ]
            for account in http.get(ACCOUNTS).json()["items"]:
                if account["key"] in running.simulator.world.accounts:
                    taken = ("display_name", "app_id", "open_kfid", "mode", "switches", "version")
                    off = {name: account[name] for name in taken} | {"enabled": False}
                    http.put(f"{ACCOUNTS}/{account['key']}", json=off).raise_for_status()


def key(kind: str) -> str:
    return f"{kind}-{uuid4().hex[:6]}"


def fill(page: Page, label: str, value: str) -> None:
    page.get_by_label(label, exact=True).fill(value)


def save(page: Page) -> None:
    with page.expect_response(f"**{ACCOUNTS}**") as saved:
        page.get_by_role("button", name="保存", exact=True).click()
    assert saved.value.ok, saved.value.text()


def add(page: Page, account: Account) -> None:
    """Fill in what WeChat's console shows of the account."""
    page.goto(CHANNELS)
    page.get_by_role("button", name="添加账号").click()
    if account.open_kfid:
        page.get_by_role("radio", name="微信客服").check()
        fill(page, "企业 ID（CorpID）", account.app_id)
        fill(page, "OpenKfId", account.open_kfid)
        fill(page, "Secret", account.secret)
    else:
        fill(page, "AppID", account.app_id)
        fill(page, "AppSecret", account.secret)
    fill(page, "名称", account.name)
    fill(page, "标识", account.key)
    fill(page, "Token", account.token)
    fill(page, "EncodingAESKey", account.aes_key)
    expect(page.get_by_label("回调地址")).to_have_text(account.callback)
    save(page)
    expect(chosen(page)).to_contain_text("还没有收到回调")


def chosen(page: Page) -> Locator:
    """The chosen account in the list."""
    return page.get_by_role("list", name="渠道账号").locator('[aria-current="true"]')


def step(page: Page, name: str) -> Locator:
    """A line of the connection check."""
    return page.get_by_role("listitem").filter(has=page.get_by_text(name, exact=True))


def check(page: Page, summary: str) -> None:
    page.get_by_role("button", name="检查连接").click()
    expect(page.get_by_text(summary)).to_be_visible()


def test_a_connected_account_passes_its_check(console: Callable[..., Page], wechat: Beside) -> None:
    account = wechat.simulator.official(key("official"), "云杉商城")
    page = console("admin")
    add(page, account)
    check(page, "没有发现问题，有的项目还不能确认。")
    expect(step(page, "回调")).to_contain_text(account.callback)
    assert wechat.run(wechat.simulator.pusher.check(account)) == ""
    assert wechat.run(wechat.simulator.customer(account).write("在吗")).ok
    check(page, "全部通过。")
    expect(chosen(page)).to_contain_text("最近回调")
    expect(page.locator(".el-message")).to_have_count(0)
    picture(page, "console-channels")
    assert serious(page) == []
    page.emulate_media(color_scheme="dark")
    assert serious(page) == []
    picture(page, "console-channels-dark")


def test_a_wrong_secret_is_named_with_what_to_do(
    console: Callable[..., Page], wechat: Beside
) -> None:
    account = wechat.simulator.kf(key("kf"), "云杉客服")
    page = console("admin")
    add(page, account)
    fill(page, "Secret", "w" * 32)
    save(page)
    check(page, "有 1 项需要处理。")
    expect(step(page, "密钥")).to_contain_text("请在微信后台重置后重新填写")
    expect(chosen(page)).to_contain_text("1 个问题")
    expect(page.locator(".el-message")).to_have_count(0)
    picture(page, "console-channels-check")
    assert serious(page) == []
    fill(page, "Secret", account.secret)
    save(page)
    check(page, "没有发现问题，有的项目还不能确认。")


def test_a_menu_is_edited_with_the_keyboard_and_published(
    console: Callable[..., Page], wechat: Beside
) -> None:
    account = wechat.simulator.official(key("menu"), "云杉会员")
    page = console("admin")
    add(page, account)
    fill(page, "关注后的欢迎语", GREETING)
    page.get_by_role("button", name="添加一级菜单").press("Enter")
    page.keyboard.type("一级菜单名字太长")
    expect(page.get_by_text("一级菜单最多 16 字节")).to_be_visible()
    fill(page, "菜单 1 的名称", "找客服")
    fill(page, "菜单 1 发送的内容", "转人工")
    page.get_by_role("button", name="添加一级菜单").press("Enter")
    page.keyboard.type("订单")
    page.get_by_label("菜单 2 点击后", exact=True).select_option("items")
    page.get_by_role("button", name="在第 2 个菜单下添加子菜单").press("Enter")
    page.keyboard.type("查物流")
    fill(page, "菜单 2.1 发送的内容", "我的快递到哪了")
    page.get_by_role("button", name="在第 2 个菜单下添加子菜单").press("Enter")
    page.keyboard.type("去商城")
    page.get_by_label("菜单 2.2 点击后", exact=True).select_option("url")
    page.get_by_role("button", name="保存", exact=True).click()
    wrong = page.get_by_label("菜单 2.2 打开的网址")
    expect(wrong).to_be_focused()
    wrong.fill("https://shop.test/")
    page.get_by_label("用订阅消息提醒客户").check()
    fill(page, "模板 ID", "template-1")
    fill(page, "第 1 个字段名", "thing1")
    fill(page, "第 1 个字段的内容", "{shop}给您回复了")
    page.get_by_role("button", name="添加一级菜单").scroll_into_view_if_needed()
    expect(page.locator(".el-message")).to_have_count(0)
    picture(page, "console-channels-menu")
    assert serious(page) == []
    save(page)
    expect(step(page, "菜单发布")).to_contain_text("菜单已发布到微信")
    assert [item["name"] for item in account.menu] == ["找客服", "订单"]


def test_what_was_written_is_not_lost_by_a_click_beside_it(
    console: Callable[..., Page], wechat: Beside
) -> None:
    account = wechat.simulator.official(key("guard"), "云杉家居")
    page = console("admin")
    add(page, account)
    fill(page, "名称", "改过的名称")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="员工").click()
    expect(page.get_by_label("名称", exact=True)).to_have_value("改过的名称")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="员工").click()
    expect(page.get_by_role("button", name="新建账号")).to_be_visible()


def test_a_customer_of_the_page_goes_on_on_wechat(
    console: Callable[..., Page], open_page: OpenPage, wechat: Beside
) -> None:
    account = wechat.simulator.official(key("join"), "云杉旗舰店")
    admin = console("admin")
    add(admin, account)
    shop = open_page("/", width=360, height=720)
    with shop.expect_response("**/api/v1/visitor/sessions") as opened:
        shop.get_by_role("button", name="打开在线客服").click()
        ask(shop, "我的快递三天没动了怎么办")
    log = shop.get_by_role("log")
    expect(log).to_contain_text("催件")
    shop.get_by_role("button", name="在微信里继续").click()
    code = shop.locator("output.code")
    expect(code).to_have_text(re.compile(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$"))
    expect(shop.get_by_text(account.name)).to_be_visible()
    picture(shop, "widget-wechat")
    assert serious(shop) == []
    person = wechat.simulator.customer(account)
    assert wechat.run(person.write(code.inner_text())).ok
    assert wechat.run(person.write("确认合并两边的对话")).ok
    expect(log).to_contain_text("已连接")
    expect(code).to_be_hidden()
    conversation_id = opened.value.json()["conversation_id"]
    found = admin.request.get(f"/api/v1/conversations/{conversation_id}").json()
    admin.goto(f"/console/customers/{found['customer']['id']}")
    identities = admin.get_by_role("listitem").filter(has_text="渠道账号")
    expect(identities).to_contain_text("微信")
