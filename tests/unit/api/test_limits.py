"""Large bodies are refused before anything reads them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from api.limits import LARGEST_BODY, LARGEST_INTERNAL_BODY, LARGEST_MATERIAL, BodyLimit


async def length_app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with the length of the body it was given."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


async def ask(
    chunks: list[bytes], path: str = "/api/v1/x", headers: dict[str, str] | None = None
) -> tuple[int, Any, int]:
    """Status, body as JSON, and how many chunks were left unread."""
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": number < len(chunks) - 1}
        for number, chunk in enumerate(chunks)
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.encode(), value.encode("latin-1")) for name, value in (headers or {}).items()]
    scope = {"type": "http", "path": path, "method": "POST", "headers": raw}
    await BodyLimit(length_app)(scope, receive, send)
    start, body = sent
    return start["status"], json.loads(body["body"]), len(waiting)


async def test_a_body_within_the_limit_arrives_whole() -> None:
    assert await ask([b"a" * 40_000, b"b" * 25_536]) == (200, LARGEST_BODY, 0)


async def test_an_empty_body_arrives() -> None:
    assert await ask([b""]) == (200, 0, 0)


async def test_an_announced_large_body_is_refused_unread() -> None:
    status, body, unread = await ask([b"a"] * 3, headers={"content-length": str(LARGEST_BODY + 1)})
    assert (status, body["error"]["code"], unread) == (413, "body_too_large", 3)


async def test_a_body_that_turns_out_too_large_is_refused_at_once() -> None:
    status, body, unread = await ask([b"a" * 50_000] * 100)
    assert (status, body["error"]["code"], unread) == (413, "body_too_large", 98)


@pytest.mark.parametrize("announced", ["-1", "abc", "1e3", "²", ""])
async def test_a_length_that_is_no_number_is_refused(announced: str) -> None:
    status, _, _ = await ask([b"a"], headers={"content-length": announced})
    assert 400 <= status < 500


async def test_the_refusal_speaks_the_callers_language() -> None:
    large = {"content-length": "99999999"}
    _, chinese, _ = await ask([b""], headers=large)
    _, english, _ = await ask([b""], headers={**large, "accept-language": "en"})
    assert chinese["error"]["message"] == "内容过大，请缩短后重试"
    assert english["error"]["message"].startswith("The body is too large")
    assert chinese["error"]["details"] == {"largest_bytes": LARGEST_BODY}


async def test_the_gateway_takes_more_but_not_everything() -> None:
    path = "/internal/v1/turns/summary"
    assert (await ask([b"a" * 1_000_000], path))[0] == 200
    status, body, _ = await ask(
        [b""], path, headers={"content-length": str(LARGEST_INTERNAL_BODY + 1)}
    )
    assert status == 413
    assert body["error"]["details"] == {"largest_bytes": LARGEST_INTERNAL_BODY}


@pytest.mark.parametrize(
    "path", ["knowledge", "knowledge/refund_how", "knowledge/refund_how/draft", "learning/lines"]
)
async def test_an_entry_of_the_largest_size_arrives(path: str) -> None:
    entry = {
        "question": "退" * 200,
        "questions": ["退" * 200] * 500,
        "answer": "退" * 4_000,
        "variants": dict.fromkeys(("web", "wechat", "wechat_kf"), "退" * 4_000),
    }
    for escaped in (True, False):
        body = json.dumps(entry, ensure_ascii=escaped).encode()
        assert (await ask([body], f"/api/v1/{path}"))[0] == 200
    status, told, _ = await ask([b"a" * 50_000] * 100, f"/api/v1/{path}")
    assert status == 413
    assert told["error"]["details"] == {"largest_bytes": LARGEST_MATERIAL}


async def test_a_websocket_passes_untouched() -> None:
    seen: list[str] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing(*_: object) -> Any:
        raise AssertionError

    await BodyLimit(app)({"type": "websocket"}, nothing, nothing)
    assert seen == ["websocket"]
