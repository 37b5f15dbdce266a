"""Bad input of every kind gets the right 4xx in the error form, and never stops the next one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.support.rig import Rig

MESSAGES = "/api/v1/visitor/messages"
JSON = "application/json"


@dataclass(frozen=True)
class Bad:
    """A body that must be refused with `status` and `code`."""

    body: bytes
    status: int
    code: str
    content_type: str = JSON


def message(text: object, client_id: object = "c1") -> bytes:
    return json.dumps({"text": text, "client_id": client_id}).encode()


REFUSED = {
    "empty": Bad(message(""), 422, "empty_text"),
    "blank": Bad(message(" \t\r\n\u3000\u00a0"), 422, "empty_text"),
    "zero-width only": Bad(message("\u200b\u200c\u200d\u2060\ufeff"), 422, "empty_text"),
    "direction marks only": Bad(message("\u202e\u2066\u2069"), 422, "empty_text"),
    "control characters only": Bad(message("\x00\x01\x07\x1b\x7f\x9f"), 422, "empty_text"),
    "private use only": Bad(message("\ue000\U000f0000"), 422, "empty_text"),
    "2,001 characters": Bad(message("长" * 2001), 422, "text_too_long"),
    "10,000 emoji": Bad(message("😀" * 10_000), 413, "body_too_large"),
    "10,000 raw emoji": Bad(
        json.dumps({"text": "😀" * 10_000, "client_id": "c"}, ensure_ascii=False).encode(),
        422,
        "text_too_long",
    ),
    "one megabyte": Bad(message("a" * 1_000_000), 413, "body_too_large"),
    "one megabyte of no JSON": Bad(b"\xff" * 1_000_000, 413, "body_too_large"),
    "a lone surrogate": Bad(b'{"text": "\\ud83d", "client_id": "c1"}', 422, ""),
    "a lone surrogate as id": Bad(
        b'{"text": "x", "client_id": "\\udc00"}', 422, "validation_failed"
    ),
    "no body": Bad(b"", 422, "validation_failed"),
    "no JSON": Bad(b"hello", 400, "invalid_json"),
    "cut JSON": Bad(b'{"text": "x"', 400, "invalid_json"),
    "broken UTF-8": Bad(b'{"text": "\xff\xfe", "client_id": "c1"}', 400, "invalid_json"),
    "GBK": Bad('{"text": "退款", "client_id": "c1"}'.encode("gbk"), 400, "invalid_json"),
    "UTF-8 cut in a character": Bad('{"text": "退'.encode()[:-1], 400, "invalid_json"),
    "deep nesting": Bad(b"[" * 30_000, 400, "invalid_json"),
    "deep objects": Bad(b'{"a":' * 10_000, 400, "invalid_json"),
    "a long number": Bad(
        b'{"text": "x", "client_id": ' + b"9" * 10_000 + b"}", 400, "invalid_json"
    ),
    "NaN": Bad(b'{"text": NaN, "client_id": "c1"}', 422, "validation_failed"),
    "null": Bad(b"null", 422, "validation_failed"),
    "a list": Bad(b"[]", 422, "validation_failed"),
    "a string": Bad(b'"text"', 422, "validation_failed"),
    "text missing": Bad(b'{"client_id": "c1"}', 422, "validation_failed"),
    "id missing": Bad(b'{"text": "x"}', 422, "validation_failed"),
    "text a number": Bad(message(5), 422, "validation_failed"),
    "text an object": Bad(message({"$gt": ""}), 422, "validation_failed"),
    "text null": Bad(message(None), 422, "validation_failed"),
    "id empty": Bad(message("x", ""), 422, "validation_failed"),
    "id too long": Bad(message("x", "a" * 65), 422, "validation_failed"),
    "id with NUL": Bad(message("x", "a\x00"), 422, "validation_failed"),
    "id with a line feed": Bad(message("x", "a\n"), 422, "validation_failed"),
    "id in Chinese": Bad(message("x", "标识"), 422, "validation_failed"),
    "a form": Bad(
        b"text=x&client_id=c1", 422, "validation_failed", "application/x-www-form-urlencoded"
    ),
    "plain text": Bad(message("x"), 422, "validation_failed", "text/plain"),
    "no content type": Bad(message("x"), 422, "validation_failed", ""),
    "multipart": Bad(
        b"--x\r\n\r\n--x--", 422, "validation_failed", "multipart/form-data; boundary=x"
    ),
}

KEPT = {
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "SQL": "'; DROP TABLE message; --",
    "a template": "{{7*7}} ${7*7} %s {0} {wait}",
    "a slash command": "/restart",
    "an intent payload": '/ask_human{"a": "b"}',
    "right to left": "\u202eabc\u202c 订单",
    "combining marks": "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "emoji families": "👨‍👩‍👧‍👦🏳️‍🌈👍🏽",
    "rare characters": "𠮷𪚥龘㍿",
    "exactly 2,000": "长" * 2000,
    "JSON": '{"error": {"code": "x"}}',
    "newlines": "一\n二\n三",
}


def shown(answer: httpx.Response) -> dict[str, Any]:
    """The error, after checking its form."""
    assert answer.headers["content-type"].startswith(JSON)
    body = answer.json()
    assert body.keys() == {"error"}
    error: dict[str, Any] = body["error"]
    assert error.keys() == {"code", "message", "details"}
    assert error["message"]
    assert "Traceback" not in answer.text
    return error


@pytest.mark.parametrize("name", REFUSED)
async def test_it_is_refused_in_both_languages_and_the_next_message_works(
    rig: Rig, name: str
) -> None:
    bad, visitor = REFUSED[name], await rig.visitor()
    messages = {}
    for language in ("zh-CN", "en-US"):
        headers = {"Content-Type": bad.content_type, "Accept-Language": language}
        answer = await visitor.http.post(MESSAGES, content=bad.body, headers=headers)
        error = shown(answer)
        assert (answer.status_code, error["code"]) == (bad.status, bad.code or error["code"])
        messages[language] = error["message"]
    assert any("\u4e00" <= character <= "\u9fff" for character in messages["zh-CN"])
    assert messages["en-US"].isascii()
    assert (await visitor.say("你好"))["seq"] == 1


@pytest.mark.parametrize("name", KEPT)
async def test_what_only_looks_dangerous_is_kept_and_shown_as_it_is(rig: Rig, name: str) -> None:
    visitor = await rig.visitor()
    await visitor.say(KEPT[name])
    await rig.run_turns()
    assert await visitor.texts("customer") == [KEPT[name]]
    assert await visitor.texts("bot") == [KEPT[name]]


async def test_control_characters_are_taken_out_and_the_rest_is_kept(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("订\x00单\x1b[31m号\x08")
    assert await visitor.texts() == ["订单[31m号"]


async def test_the_rejected_text_is_not_repeated_in_the_error(rig: Rig) -> None:
    visitor = await rig.visitor()
    answer = await visitor.http.post(
        MESSAGES, json={"text": ["我的卡号 6222021234567890123"], "client_id": "c1"}
    )
    assert answer.status_code == 422
    assert "6222021234567890123" not in answer.text


@pytest.mark.parametrize("encoding", ["gzip", "br", "identity", "nonsense"])
async def test_an_announced_encoding_is_not_trusted(rig: Rig, encoding: str) -> None:
    visitor = await rig.visitor()
    answer = await visitor.http.post(
        MESSAGES,
        content=b"\x1f\x8b\x08\x00",
        headers={"Content-Type": JSON, "Content-Encoding": encoding},
    )
    assert 400 <= answer.status_code < 500
    shown(answer)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/no/such/path", 404, "not_found"),
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("POST", "/api/v2/visitor/messages", 404, "not_found"),
        ("GET", "/api/v1/visitor/messages/1", 404, "not_found"),
        ("GET", "/internal/v1/", 404, "not_found"),
        ("GET", "/%00", 404, "not_found"),
        ("GET", "/%ff%fe", 404, "not_found"),
        ("GET", "/..%2f..%2fetc/passwd", 404, "not_found"),
        ("GET", "/console/..%2f..%2f..%2fpyproject.toml", 404, "not_found"),
        ("GET", "/widget/..%2f..%2fpyproject.toml", 404, "not_found"),
        ("GET", "/widget/%00", 404, "not_found"),
        ("GET", "/console/%00", 404, "not_found"),
        ("GET", "/" + "a" * 5000, 404, "not_found"),
        ("GET", "/console/" + "a" * 5000, 404, "not_found"),
        ("GET", "/widget/" + "a" * 5000, 404, "not_found"),
        ("DELETE", "/api/v1/visitor/messages", 405, "method_not_allowed"),
        ("PUT", "/api/v1/auth/login", 405, "method_not_allowed"),
    ],
)
async def test_a_wrong_address_or_method_answers_in_the_error_form(
    rig: Rig, method: str, path: str, status: int, code: str
) -> None:
    http = await rig.client()
    answer = await http.request(method, path)
    if path.startswith("/console/") and answer.status_code == 200:
        assert "[project]" not in answer.text  # the built console's page for every address
        return
    assert (answer.status_code, shown(answer)["code"]) == (status, code)


NUL = "%00"
WITH_NUL = [
    ("POST", "/api/v1/auth/login", {"username": "agent\x00", "password": "x"}),
    ("GET", f"/api/v1/tickets/{NUL}", None),
    ("GET", f"/api/v1/tickets?state={NUL}", None),
    ("GET", f"/api/v1/knowledge?query={NUL}", None),
    ("GET", f"/api/v1/knowledge?category={NUL}", None),
    ("GET", f"/api/v1/customers/{NUL}", None),
    ("GET", f"/api/v1/conversations/{NUL}", None),
    ("GET", f"/api/v1/conversations?view={NUL}", None),
    ("GET", f"/api/v1/handoffs?conversation_id={NUL}", None),
    ("PUT", f"/api/v1/knowledge/{NUL}", {"answer": "x"}),
    ("PUT", "/api/v1/knowledge/{key}", {"answer": "a\x00b"}),
    ("PUT", "/api/v1/knowledge/{key}", {"answer": "x", "question": "\x00"}),
    ("POST", "/api/v1/conversations/{id}/messages", {"text": "x", "client_id": "a\x00"}),
    ("POST", "/api/v1/conversations/{id}/messages", {"text": "a\x00b", "client_id": "a"}),
    ("POST", "/api/v1/conversations/{id}/return-to-bot", {"note": "a\x00b"}),
]


@pytest.mark.parametrize(("method", "path", "body"), WITH_NUL)
async def test_a_nul_in_a_staff_request_is_no_server_error(
    rig: Rig, method: str, path: str, body: dict[str, str] | None
) -> None:
    visitor, admin = await rig.visitor(), await rig.staff("admin")
    await admin.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    key = await rig.scalar("SELECT key FROM knowledge_entry LIMIT 1")
    where = path.replace("{id}", str(visitor.conversation_id)).replace("{key}", str(key))
    answer = await admin.request(method, where, json=body)
    assert answer.status_code < 500, answer.text


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("handoffs", {"reason": "bot_failed", "note": "a\x00b"}),
        ("tickets", {"kind": "request", "description": "a\x00b"}),
        ("tickets", {"kind": "request", "description": "x", "contact": "\x00"}),
        ("tickets", {"kind": "request", "description": "x", "order_number": "1\x00"}),
        ("knowledge/lookup", {"keys": ["\x00"]}),
    ],
)
async def test_a_nul_from_the_bot_is_no_server_error(
    rig: Rig, path: str, body: dict[str, object]
) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("你好")
    ids = {"conversation_id": str(visitor.conversation_id), "message_id": sent["id"]}
    answer = await gateway.post(f"/internal/v1/{path}", json={**ids, **body})
    assert answer.status_code < 500, answer.text
