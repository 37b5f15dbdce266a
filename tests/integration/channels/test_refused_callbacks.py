"""Callbacks that are not WeChat's are refused, and change nothing."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from api.limits import LARGEST_CALLBACK
from simulator.wechat import callbacks
from simulator.wechat.crypto import signature
from simulator.wechat.faults import PushFault
from simulator.wechat.sayings import Said
from simulator.wechat.world import Account, Mode
from tests.support.wechat_desk import WechatDesk

SECRET_WORDS = "我的身份证号是秘密"


async def effects(desk: WechatDesk) -> list[int]:
    """How much a callback could have changed."""
    tables = ("message", "channel_receipt", "channel_contact", "customer", "procrastinate_jobs")
    return [await desk.rig.scalar(f"SELECT count(*) FROM {table}") for table in tables]


async def posted(
    desk: WechatDesk, account: Account, query: dict[str, str], body: bytes
) -> httpx.Response:
    http = await desk.rig.client()
    return await http.post(f"/channels/wechat/{account.key}", params=query, content=body)


@pytest.mark.parametrize(
    ("fault", "mode", "status"),
    [
        (PushFault.bad_signature, Mode.plain, 403),
        (PushFault.bad_signature, Mode.compatible, 403),
        (PushFault.bad_signature, Mode.safe, 403),
        (PushFault.stale, Mode.plain, 403),
        (PushFault.stale, Mode.safe, 403),
        (PushFault.wrong_app_id, Mode.safe, 400),
        (PushFault.wrong_key, Mode.safe, 400),
        (PushFault.wrong_padding, Mode.safe, 400),
        (PushFault.doctype, Mode.plain, 400),
        (PushFault.doctype, Mode.compatible, 403),
        (PushFault.doctype, Mode.safe, 403),
        (PushFault.oversized, Mode.plain, 413),
        (PushFault.oversized, Mode.safe, 413),
        (PushFault.not_xml, Mode.plain, 400),
        (PushFault.not_xml, Mode.safe, 403),
    ],
)
async def test_a_forged_callback_is_refused_without_an_effect(
    desk: WechatDesk, fault: PushFault, mode: Mode, status: int
) -> None:
    person = desk.customer(await desk.official(mode=mode))
    before = await effects(desk)
    with capture_logs() as logged:
        push = await person.write(SECRET_WORDS, frozenset({fault}))
    assert push.statuses == [status]
    answer = json.loads(push.bodies[0])
    assert set(answer) == {"error"}
    assert answer["error"]["details"] in ({}, {"largest_bytes": LARGEST_CALLBACK})
    assert await effects(desk) == before
    told = json.dumps(logged, ensure_ascii=False)
    assert SECRET_WORDS not in told
    assert person.phone.id not in told
    assert "exc_info" not in told


async def test_an_unknown_or_closed_account_is_not_there(desk: WechatDesk) -> None:
    account = await desk.official()
    stranger = desk.simulator.official("stranger")
    assert (await desk.customer(stranger).write("你好")).status == 404
    await desk.change(account.key, enabled=False)
    assert (await desk.customer(account).write("你好")).status == 404
    assert "404" in await desk.simulator.pusher.check(account)


@pytest.mark.parametrize("name", ["%00", "%FF", "a" * 3000, "Shop", "..%2Fshop", "商城"])
async def test_a_name_no_account_can_have_is_not_there(desk: WechatDesk, name: str) -> None:
    http = await desk.rig.client()
    for method in ("GET", "POST"):
        answer = await http.request(method, f"/channels/wechat/{name}", content=b"<xml/>")
        assert answer.status_code == 404


async def test_the_plain_form_alone_is_not_believed_where_the_encrypted_one_is_due(
    desk: WechatDesk,
) -> None:
    account = await desk.official(mode=Mode.compatible)
    phone = desk.customer(account).phone
    stamp = str(int(time.time()))
    query = {"timestamp": stamp, "nonce": "1"}
    query["signature"] = signature(account.token, stamp, "1")
    body = f"<xml><FromUserName>{phone.id}</FromUserName><CreateTime>{stamp}</CreateTime>"
    body += "<MsgType>text</MsgType><Content>伪造</Content><MsgId>1</MsgId></xml>"
    assert (await posted(desk, account, query, body.encode())).status_code == 403


@pytest.mark.parametrize("mode", [Mode.compatible, Mode.safe])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<xml>",
        b"not xml",
        b"\xff\xfe",
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Encrypt>&a;</Encrypt></xml>',
        b"<xml>" + b"<a/>" * 60_000 + b"</xml>",
        b"<xml><Encrypt>" + b"A" * 200_000 + b"</Encrypt></xml>",
        b"{",
        b'{"a":' * 40_000,
        b'{"Encrypt": "AAAA"}',
    ],
)
async def test_what_nobody_has_signed_is_refused_as_such_whatever_it_is(
    desk: WechatDesk, mode: Mode, body: bytes
) -> None:
    account = await desk.official(mode=mode)
    query = {"timestamp": str(int(time.time())), "nonce": "1", "msg_signature": "0" * 40}
    assert (await posted(desk, account, query, body)).status_code == 403


async def test_a_dtd_inside_a_genuine_callback_is_refused(desk: WechatDesk) -> None:
    account = await desk.official()
    bomb = b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><FromUserName>&a;</FromUserName></xml>'
    encrypted, stamp = account.crypt.encrypt(bomb), str(int(time.time()))
    query = {"timestamp": stamp, "nonce": "1"}
    query["msg_signature"] = signature(account.token, stamp, "1", encrypted)
    body = f"<xml><Encrypt>{encrypted}</Encrypt></xml>".encode()
    assert (await posted(desk, account, query, body)).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"signature": "0" * 40},
        {"signature": ""},
        {"timestamp": "1"},
        {"timestamp": "soon"},
        {"timestamp": "9" * 400},
        {"nonce": "other"},
    ],
)
async def test_a_wrong_question_for_the_address_is_refused(
    desk: WechatDesk, changes: dict[str, str]
) -> None:
    account = await desk.official()
    request = callbacks.check_request(account, "echo")
    http = await desk.rig.client()
    where = f"/channels/wechat/{account.key}"
    assert (await http.get(where, params=request.query)).text == "echo"
    assert (await http.get(where, params=request.query | changes)).status_code == 403


async def test_a_question_of_yesterday_is_refused_though_it_is_signed(desk: WechatDesk) -> None:
    account = await desk.official()
    stamp = str(int(time.time()) - 301)
    query = {"timestamp": stamp, "nonce": "7", "echostr": "echo"}
    query["signature"] = signature(account.token, stamp, "7")
    http = await desk.rig.client()
    answer = await http.get(f"/channels/wechat/{account.key}", params=query)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"FromUserName": "o1"}, 400),
        ({"FromUserName": "", "CreateTime": "1"}, 400),
        ({"FromUserName": "o1", "CreateTime": "yesterday"}, 400),
        ({"FromUserName": "o" * 300, "CreateTime": "1"}, 400),
        ({"FromUserName": "客户", "CreateTime": "1"}, 400),
        ({"FromUserName": "o1", "CreateTime": "9" * 300}, 400),
        ({"FromUserName": "o1", "CreateTime": "99999999999"}, 200),
        ({"FromUserName": "o1", "CreateTime": "1"}, 200),
        ({"FromUserName": "o1", "CreateTime": "1", "MsgType": "event"}, 200),
    ],
)
async def test_a_genuine_callback_without_sense_is_refused_or_taken(
    desk: WechatDesk, fields: dict[str, Any], status: int
) -> None:
    account = await desk.official()
    request = callbacks.make(account, fields)
    assert (await posted(desk, account, request.query, request.body)).status_code == status


async def test_a_repetition_of_a_genuine_callback_is_harmless(desk: WechatDesk) -> None:
    account = await desk.official()
    person = desk.customer(account)
    said = {"FromUserName": person.phone.id, "CreateTime": "1790000000", "MsgType": "text"}
    request = callbacks.make(account, said | {"Content": "一次", "MsgId": "9"})
    answers = [await posted(desk, account, request.query, request.body) for _ in range(3)]
    assert [answer.text for answer in answers] == ["success"] * 3
    assert await desk.said(person) == ["一次"]


async def test_refused_ones_do_not_stop_the_next(desk: WechatDesk) -> None:
    person = desk.customer(await desk.official())
    for fault in (PushFault.wrong_key, PushFault.doctype, PushFault.oversized):
        await person.say(Said("text", "坏的"), frozenset({fault}))
    assert (await person.write("好的")).ok
    assert await desk.said(person) == ["好的"]
