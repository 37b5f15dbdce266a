"""Accounts of WeChat as admins keep them, and what their check says."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.wechat.faults import ApiFault, PushFault, Setting
from simulator.wechat.world import Mode
from tests.support.audit import recorded
from tests.support.desk_work import ok, refused
from tests.support.wechat_desk import ACCOUNTS, WechatDesk

BODY: dict[str, Any] = {
    "key": "shop",
    "kind": "official",
    "display_name": "云杉商城",
    "app_id": "wx0123456789abcdef",
    "secret": "s" * 32,
    "token": "tokenAAAA",
    "aes_key": "K" * 43,
}
MENU = [
    {"name": "找客服", "text": "转人工"},
    {
        "name": "订单",
        "items": [
            {"name": "查物流", "text": "我的快递到哪了"},
            {"name": "去商城", "url": "https://shop.test/"},
        ],
    },
]


def step(check: dict[str, Any], key: str) -> dict[str, Any]:
    """One step of a check."""
    found: dict[str, Any] = next(each for each in check["steps"] if each["key"] == key)
    return found


async def test_secrets_are_written_and_never_shown(desk: WechatDesk) -> None:
    admin = await desk.rig.staff("admin")
    made = await admin.post(ACCOUNTS, json=BODY)
    listed = await admin.get(ACCOUNTS)
    assert made.status_code == 201
    assert made.json()["secrets"] == {"secret": True, "token": True, "aes_key": True}
    assert made.json()["callback_url"].endswith("/channels/wechat/shop")
    for secret in (BODY["secret"], BODY["token"], BODY["aes_key"]):
        assert secret not in made.text + listed.text
        held = "SELECT count(*) FROM channel_account WHERE sealed::text LIKE :like"
        assert await desk.rig.scalar(held, like=f"%{secret}%") == 0


async def test_the_list_says_how_callbacks_stand_and_where_they_go(desk: WechatDesk) -> None:
    account = await desk.official()
    admin = await desk.rig.staff("admin")
    listed = await ok(admin.get(ACCOUNTS))
    assert listed["callback_base"] + account.key == listed["items"][0]["callback_url"]
    assert listed["items"][0]["callback"]["state"] == "unknown"
    account.token = "another1"
    await desk.customer(account).write("在吗")
    listed = await ok(admin.get(ACCOUNTS))
    assert listed["items"][0]["callback"]["state"] == "wrong"
    assert "签名不符" in listed["items"][0]["callback"]["text"]


async def test_secrets_that_are_left_out_stay(desk: WechatDesk) -> None:
    account = await desk.official()
    await desk.change("shop", display_name="云杉")
    assert (await desk.customer(account).write("还能收到吗")).ok
    await desk.change("shop", token="another1")
    assert (await desk.customer(account).write("不能了")).status == 403
    account.token = "another1"
    assert (await desk.customer(account).write("又能了")).ok


async def test_secrets_that_cannot_be_opened_are_shown_as_unset_and_entered_again(
    desk: WechatDesk,
) -> None:
    await desk.official("other")
    account = await desk.official()
    spoil = "UPDATE channel_account SET sealed = 'x' WHERE key = 'shop' RETURNING 1"
    await desk.rig.rows(spoil)
    admin = await desk.rig.staff("admin")
    other, shop = (await ok(admin.get(ACCOUNTS)))["items"]
    assert other["secrets"] == {"secret": True, "token": True, "aes_key": True}
    assert shop["secrets"] == {"secret": False, "token": False, "aes_key": False}
    left_out = {name: shop[name] for name in ("display_name", "app_id", "mode", "version")}
    answer = await refused(
        admin.put(f"{ACCOUNTS}/shop", json={**left_out, "token": account.token}),
        422,
        "validation_failed",
    )
    assert [each["field"] for each in answer["fields"]] == ["body.secret", "body.aes_key"]
    known = {name: getattr(account, name) for name in ("secret", "token", "aes_key")}
    saved = await desk.change("shop", **known)
    assert saved["secrets"] == {"secret": True, "token": True, "aes_key": True}
    assert (await desk.customer(account).write("又能收到了")).ok


async def test_every_change_is_audited_without_the_secrets(desk: WechatDesk) -> None:
    await desk.official()
    await desk.change("shop", display_name="云杉", secret="n" * 32)
    lines = await recorded(desk.rig, "channel_account_changed")
    assert lines[0].data["created"] == {"key": "shop", "kind": "official"}
    assert set(lines[1].data["changed"]) == {"display_name", "secret"}


@pytest.mark.parametrize("role", ["agent", "supervisor"])
async def test_only_admins_see_accounts(desk: WechatDesk, role: str) -> None:
    http = await desk.rig.staff(role)
    await refused(http.get(ACCOUNTS), 403, "forbidden")
    await refused(http.post(ACCOUNTS, json=BODY), 403, "forbidden")
    await refused(http.post(f"{ACCOUNTS}/shop/check"), 403, "forbidden")


async def test_a_key_belongs_to_one_account(desk: WechatDesk) -> None:
    admin = await desk.rig.staff("admin")
    await ok(admin.post(ACCOUNTS, json=BODY), 201)
    await refused(admin.post(ACCOUNTS, json=BODY), 409, "name_taken")


async def test_who_saves_an_old_version_is_told(desk: WechatDesk) -> None:
    await desk.official()
    old = {**desk.accounts["shop"]}
    await desk.change("shop", display_name="云杉")
    admin = await desk.rig.staff("admin")
    body = {name: old[name] for name in ("display_name", "app_id", "mode", "switches", "version")}
    await refused(admin.put(f"{ACCOUNTS}/shop", json=body), 409, "conflict")
    await refused(admin.put(f"{ACCOUNTS}/other", json=body), 404, "not_found")


@pytest.mark.parametrize(
    "changes",
    [
        {"aes_key": None},
        {"secret": None},
        {"token": None},
        {"token": "含中文"},
        {"aes_key": "K" * 42},
        {"key": "Shop!"},
        {"key": "../etc"},
        {"app_id": "wx 1"},
        {"kind": "telegram"},
        {"kind": "kf"},
        {"unknown": 1},
        {"switches": {"menu": [{"name": "空"}]}},
        {"switches": {"menu": [{"name": "两个", "text": "转人工", "url": "https://a.test"}]}},
        {"switches": {"menu": [{"name": "名字太长了太长了", "text": "转人工"}]}},
        {"switches": {"menu": [{"name": "话长", "text": "长" * 43}]}},
        {"switches": {"menu": [{"name": "一", "text": "a"}] * 4}},
        {"switches": {"menu": [{"name": "坏", "url": "javascript:alert(1)"}]}},
        {"switches": {"greeting": "长" * 601}},
    ],
)
async def test_what_cannot_be_an_account_is_refused(
    desk: WechatDesk, changes: dict[str, Any]
) -> None:
    admin = await desk.rig.staff("admin")
    body = {name: value for name, value in (BODY | changes).items() if value is not None}
    await refused(admin.post(ACCOUNTS, json=body), 422, "validation_failed")


@pytest.mark.parametrize(
    "switches",
    [
        {"greeting": "😀" * 451},
        {"greeting": "您" * 342, "greeting_buttons": [{"title": "查物流", "text": "查"}]},
        {"greeting": "您好", "greeting_buttons": [{"title": "查" * 43, "text": "查"}]},
    ],
)
async def test_a_greeting_that_one_message_cannot_hold_is_refused_at_its_field(
    desk: WechatDesk, switches: dict[str, Any]
) -> None:
    admin = await desk.rig.staff("admin")
    answer = await admin.post(ACCOUNTS, json=BODY | {"switches": switches})
    assert answer.status_code == 422
    (found,) = answer.json()["error"]["details"]["fields"]
    assert found["field"] == "body.switches.greeting"


async def test_plain_mode_needs_no_key(desk: WechatDesk) -> None:
    admin = await desk.rig.staff("admin")
    body = {name: value for name, value in BODY.items() if name != "aes_key"}
    made = await ok(admin.post(ACCOUNTS, json=body | {"mode": "plain"}), 201)
    assert made["secrets"]["aes_key"] is False


async def test_the_menu_is_published_when_it_is_saved_and_taken_away(desk: WechatDesk) -> None:
    account = await desk.official(menu=MENU)
    assert desk.accounts["shop"]["menu"]["state"] == "ok"
    bar: list[Any] = [dict(item) for item in account.menu]
    assert bar[0] == {"type": "click", "name": "找客服", "key": "转人工"}
    assert [item["type"] for item in bar[1]["sub_button"]] == ["click", "view"]
    switches = desk.accounts["shop"]["switches"] | {"menu": []}
    assert (await desk.change("shop", switches=switches))["menu"]["state"] == "ok"
    assert not account.menu
    assert (await desk.change("shop", display_name="云杉"))["menu"] is None


async def test_a_menu_that_wechat_refuses_is_said_to_be(desk: WechatDesk) -> None:
    await desk.official()
    desk.simulator.world.faults.api[ApiFault.not_authorised] = Setting()
    switches = desk.accounts["shop"]["switches"] | {"menu": MENU}
    saved = await desk.change("shop", switches=switches)
    assert (saved["menu"]["state"], saved["menu"]["errcode"]) == ("wrong", 48001)
    assert len(saved["switches"]["menu"]) == 2


async def test_a_good_connection_passes_its_check(desk: WechatDesk) -> None:
    account = await desk.official()
    before = await desk.check("shop")
    assert before["ok"] is True
    assert step(before, "callback")["state"] == "unknown"
    assert "/channels/wechat/shop" in step(before, "callback")["text"]
    await desk.customer(account).write("你好")
    after = await desk.check("shop")
    assert {each["state"] for each in after["steps"]} == {"ok"}


async def test_a_good_kf_connection_passes_its_check(desk: WechatDesk) -> None:
    account = await desk.kf()
    await desk.customer(account).write("你好")
    check = await desk.check("service")
    assert {each["state"] for each in check["steps"]} == {"ok"}


async def test_a_wrong_secret_is_named(desk: WechatDesk) -> None:
    await desk.official()
    await desk.change("shop", secret="n" * 32)
    check = await desk.check("shop")
    assert check["ok"] is False
    assert step(check, "app_id")["state"] == "ok"
    assert (step(check, "secret")["state"], step(check, "secret")["errcode"]) == ("wrong", 40125)
    assert step(check, "permission")["state"] == "unknown"
    assert "secret is wrong" in step(await desk.check("shop", "en"), "secret")["text"]


async def test_a_wrong_app_id_is_named(desk: WechatDesk) -> None:
    await desk.official()
    await desk.change("shop", app_id="wx0000000000000000")
    check = await desk.check("shop")
    assert (step(check, "app_id")["state"], step(check, "app_id")["errcode"]) == ("wrong", 40013)
    assert step(check, "secret")["state"] == "unknown"


@pytest.mark.parametrize("where", ["token", "typing"])
async def test_an_address_that_is_not_listed_is_named(desk: WechatDesk, where: str) -> None:
    await desk.official()
    desk.simulator.world.faults.api[ApiFault.address_not_allowed] = Setting(where=where)
    check = await desk.check("shop")
    found = next(each for each in check["steps"] if each["errcode"] == 40164)
    assert (found["key"], found["address"]) == ("allow_list", "203.0.113.7")
    assert "203.0.113.7" in found["text"]


async def test_a_missing_right_is_named(desk: WechatDesk) -> None:
    await desk.official()
    desk.simulator.world.faults.api[ApiFault.not_authorised] = Setting(where="typing")
    found = step(await desk.check("shop"), "permission")
    assert (found["state"], found["errcode"]) == ("wrong", 48001)


async def test_an_unknown_kf_account_is_named(desk: WechatDesk) -> None:
    await desk.kf()
    await desk.change("service", open_kfid="wk_unknown")
    found = step(await desk.check("service"), "open_kfid")
    assert (found["state"], found["errcode"]) == ("wrong", 95000)


@pytest.mark.parametrize(
    ("fault", "mode", "words"),
    [
        (PushFault.bad_signature, Mode.safe, "Token"),
        (PushFault.wrong_key, Mode.safe, "EncodingAESKey"),
        (PushFault.wrong_app_id, Mode.safe, "AppID"),
        (PushFault.stale, Mode.safe, "时钟"),
        (PushFault.doctype, Mode.plain, "无法识别"),
    ],
)
async def test_a_check_says_why_callbacks_are_refused(
    desk: WechatDesk, fault: PushFault, mode: Mode, words: str
) -> None:
    account = await desk.official(mode=mode)
    await desk.customer(account).write("你好", frozenset({fault}))
    found = step(await desk.check("shop"), "callback")
    assert found["state"] == "wrong"
    assert words in found["text"]


async def test_a_refusal_from_before_the_last_genuine_callback_is_over(desk: WechatDesk) -> None:
    account = await desk.official()
    person = desk.customer(account)
    await person.write("你好", frozenset({PushFault.bad_signature}))
    await person.write("你好")
    assert step(await desk.check("shop"), "callback")["state"] == "ok"
