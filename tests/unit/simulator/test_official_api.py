from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from simulator.wechat.faults import ApiFault, Setting
from simulator.wechat.people import Person
from simulator.wechat.simulator import Simulator
from tests.support.wechat.desk_calls import DeskCalls
from tests.support.wechat.desks import simulated


class Stage:
    """A customer who has written, and the desk's calls."""

    def __init__(self, simulator: Simulator) -> None:
        self.simulator = simulator
        self.account = simulator.official("shop")
        self.calls = DeskCalls(simulator, self.account)
        self.person: Person = simulator.customer(self.account)
        self.id = self.person.phone.id


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with simulated() as (simulator, _, _clock):
        made = Stage(simulator)
        await made.person.write("在吗")
        yield made


async def test_a_text_is_on_the_phone(stage: Stage) -> None:
    assert await stage.calls.send(stage.id, "您好") == 0
    assert stage.person.texts == ["您好"]


async def test_refusals_come_with_http_200_and_a_request_id(stage: Stage) -> None:
    answer = await stage.calls.call("message/custom/send", {"touser": "nobody", "msgtype": "text"})
    assert answer["errcode"] == 40003
    assert " rid: " in answer["errmsg"]


@pytest.mark.parametrize(
    ("body", "errcode"),
    [
        (b"", 44002),
        (b"not json", 47001),
        (b"[]", 47001),
        ('{"touser": "x", "msgtype": "text"}'.encode("utf-16-le"), 47001),
        (b'{"touser": "\xff"}', 40033),
        (b'{"touser": "x", "text": {"content": "\\u4f60"}}', 40033),
        ({"msgtype": "text", "text": {"content": "x"}}, 41009),
        ({"touser": "nobody", "msgtype": "text", "text": {"content": "x"}}, 40003),
    ],
)
async def test_bodies_are_read_strictly(stage: Stage, body: object, errcode: int) -> None:
    assert await stage.calls.code("message/custom/send", body) == errcode


@pytest.mark.parametrize(
    ("message", "errcode"),
    [
        ({}, 40008),
        ({"msgtype": "sticker"}, 40008),
        ({"msgtype": "text"}, 44004),
        ({"msgtype": "text", "text": {"content": ""}}, 44004),
        ({"msgtype": "text", "text": {"content": 5}}, 47001),
        ({"msgtype": "text", "text": {"content": "长" * 683}}, 45002),
        ({"msgtype": "image", "image": {}}, 41006),
        ({"msgtype": "image", "image": {"media_id": "gone"}}, 40007),
        ({"msgtype": "msgmenu", "msgmenu": {"head_content": "?", "list": []}}, 45002),
        ({"msgtype": "msgmenu", "msgmenu": {"list": [{"id": "1"}]}}, 44004),
    ],
)
async def test_messages_are_checked(stage: Stage, message: dict[str, object], errcode: int) -> None:
    assert await stage.calls.code("message/custom/send", {"touser": stage.id, **message}) == errcode
    assert stage.person.texts == []


async def test_an_escaped_backslash_is_no_escape(stage: Stage) -> None:
    assert await stage.calls.send(stage.id, "路径 C:\\users") == 0
    assert stage.person.texts == ["路径 C:\\users"]


async def test_the_sixth_message_is_too_many_until_the_customer_writes(stage: Stage) -> None:
    assert [await stage.calls.send(stage.id) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    await stage.person.write("还在吗")
    assert await stage.calls.send(stage.id) == 0


async def test_after_48_hours_it_is_too_late(stage: Stage) -> None:
    stage.simulator.world.clock.advance(timedelta(hours=48))
    stage.calls.token = ""
    assert await stage.calls.send(stage.id) == 45015


async def test_a_menu_can_be_tapped_and_the_tap_opens_the_short_window(stage: Stage) -> None:
    menu = {"head_content": "满意吗？", "list": [{"id": "5", "content": "满意"}]}
    body = {"touser": stage.id, "msgtype": "msgmenu", "msgmenu": menu}
    assert await stage.calls.code("message/custom/send", body) == 0
    stage.simulator.world.clock.advance(timedelta(hours=48))
    await stage.person.tap("满意")
    stage.calls.token = ""
    assert [await stage.calls.send(stage.id) for _ in range(4)] == [0, 0, 0, 45047]


async def test_who_left_cannot_be_written_to(stage: Stage) -> None:
    await stage.person.unfollow()
    assert await stage.calls.send(stage.id) == 45015


async def test_typing_needs_a_recent_message_and_is_shown_once(stage: Stage) -> None:
    typing = {"touser": stage.id, "command": "Typing"}
    assert await stage.calls.code("message/custom/typing", typing) == 0
    assert await stage.calls.code("message/custom/typing", typing) == 45081
    stage.simulator.world.clock.advance(timedelta(seconds=31))
    assert await stage.calls.code("message/custom/typing", typing) == 45080
    other = {"touser": stage.id, "command": "Sleeping"}
    assert await stage.calls.code("message/custom/typing", other) == 45072


async def test_a_subscription_message_needs_a_consent_each(stage: Stage) -> None:
    body = {
        "touser": stage.id,
        "template_id": "tmpl-service-progress",
        "data": {"thing1": {"value": "您的工单有新进展"}},
    }
    assert await stage.calls.code("message/subscribe/bizsend", body) == 43101
    await stage.person.grant("tmpl-service-progress")
    assert await stage.calls.code("message/subscribe/bizsend", body) == 0
    assert await stage.calls.code("message/subscribe/bizsend", body) == 43101
    unknown = {**body, "template_id": "other"}
    assert await stage.calls.code("message/subscribe/bizsend", unknown) == 40037


async def test_files_are_kept_three_days(stage: Stage) -> None:
    await stage.calls.fetch_token()
    address = f"{stage.calls.root}/cgi-bin/media"
    query = {"access_token": stage.calls.token}
    sent = await stage.calls.http.post(
        f"{address}/upload",
        params={**query, "type": "image"},
        files={"media": ("a.png", b"\x89PNG")},
    )
    media_id = sent.json()["media_id"]
    got = await stage.calls.http.get(f"{address}/get", params={**query, "media_id": media_id})
    assert (got.content, got.headers["content-type"]) == (b"\x89PNG", "image/png")
    stage.simulator.world.clock.advance(timedelta(days=3, seconds=1))
    query["access_token"] = (await stage.calls.fetch_token())["access_token"]
    gone = await stage.calls.http.get(f"{address}/get", params={**query, "media_id": media_id})
    assert gone.json()["errcode"] == 40007


@pytest.mark.parametrize(
    ("kind", "name", "content", "errcode"),
    [
        ("poster", "a.png", b"x", 40004),
        ("image", "a.exe", b"x", 40005),
        ("image", "a.png", b"", 41005),
        ("voice", "a.amr", bytes(2 * 1024**2 + 1), 40006),
    ],
)
async def test_uploads_are_checked(
    stage: Stage, kind: str, name: str, content: bytes, errcode: int
) -> None:
    await stage.calls.fetch_token()
    sent = await stage.calls.http.post(
        f"{stage.calls.root}/cgi-bin/media/upload",
        params={"access_token": stage.calls.token, "type": kind},
        files={"media": (name, content)},
    )
    assert sent.json()["errcode"] == errcode


async def test_a_wrong_secret_gets_no_token(stage: Stage) -> None:
    stage.account.secret = "another"
    body = {"grant_type": "client_credential", "appid": stage.account.app_id, "secret": "wrong"}
    answer = await stage.calls.http.post(f"{stage.calls.root}/cgi-bin/stable_token", json=body)
    assert answer.json()["errcode"] == 40125


@pytest.mark.parametrize(
    ("fault", "errcode"),
    [
        (ApiFault.busy, -1),
        (ApiFault.daily_limit, 45009),
        (ApiFault.minute_limit, 45011),
        (ApiFault.address_not_allowed, 40164),
        (ApiFault.not_authorised, 48001),
        (ApiFault.token_invalid, 40001),
    ],
)
async def test_a_fault_is_met_as_often_as_it_was_ordered(
    stage: Stage, fault: ApiFault, errcode: int
) -> None:
    stage.simulator.world.faults.api[fault] = Setting(times=1)
    assert await stage.calls.send(stage.id, "一") == errcode
    assert await stage.calls.send(stage.id, "二") == 0
    assert stage.person.texts == ["二"]


async def test_the_log_holds_no_secrets(stage: Stage) -> None:
    await stage.calls.send(stage.id)
    held = str(list(stage.simulator.world.records))
    assert stage.account.secret not in held
    assert stage.calls.token not in held


async def test_a_menu_with_too_many_buttons_is_refused(stage: Stage) -> None:
    button = {"type": "click", "name": "查订单", "key": "order"}
    assert await stage.calls.code("menu/create", {"button": [button] * 4}) == 40016
    assert await stage.calls.code("menu/create", {"button": [{**button, "type": "tap"}]}) == 40017
    assert await stage.calls.code("menu/create", {"button": [button]}) == 0
    assert stage.account.menu[0]["key"] == "order"
