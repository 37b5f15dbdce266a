"""What is known of a call's end: taken, surely not taken, or unknown."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from api.channels.interface import NotDelivered, Unconfirmed
from api.channels.wechat.problems import late_problem_of
from api.channels.wechat.transport import Transport, is_file


def transport(answer: Callable[[httpx.Request], httpx.Response]) -> Transport:
    http = httpx.AsyncClient(base_url="http://wechat.test", transport=httpx.MockTransport(answer))
    return Transport(http)


def answering(response: httpx.Response) -> Transport:
    return transport(lambda _request: response)


def failing(error: Exception) -> Transport:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    return transport(fail)


async def test_what_is_taken_gives_its_answer() -> None:
    found = await answering(httpx.Response(200, json={"errcode": 0, "msgid": 1})).post("/x", {}, {})
    assert found["msgid"] == 1


async def test_bodies_are_raw_utf_8_and_lone_surrogates_harm_nobody() -> None:
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.content)
        return httpx.Response(200, json={})

    await transport(answer).post("/x", {}, {"text": "好😀\ud800"})
    assert seen == ['{"text":"好😀?"}'.encode()]


@pytest.mark.parametrize(
    ("code", "problem", "again"),
    [
        (-1, "busy", True),
        (45009, "busy", True),
        (45011, "busy", True),
        (45015, "window", False),
        (45047, "quota", False),
        (45002, "too_long", False),
        (48001, "not_allowed", False),
        (43101, "subscription", False),
        (40001, "token", False),
        (95001, "quota", False),
        (95002, "window", False),
        (95018, "elsewhere", False),
        (40003, "refused", False),
        (99999, "refused", False),
    ],
)
async def test_a_refusal_is_http_200_with_a_code(code: int, problem: str, again: bool) -> None:
    with pytest.raises(NotDelivered) as refused:
        await answering(httpx.Response(200, json={"errcode": code})).post("/x", {}, {})
    assert (refused.value.problem, refused.value.code, refused.value.again) == (
        *(problem, code, again),
    )


@pytest.mark.parametrize("error", [httpx.ConnectError(""), httpx.ConnectTimeout("")])
async def test_where_nobody_was_reached_nothing_was_taken(error: Exception) -> None:
    with pytest.raises(NotDelivered) as refused:
        await failing(error).post("/x", {}, {})
    assert (refused.value.problem, refused.value.again) == ("away", True)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout(""),
        httpx.ReadError(""),
        httpx.WriteError(""),
        httpx.RemoteProtocolError(""),
    ],
)
async def test_a_connection_that_was_cut_leaves_the_end_unknown(error: Exception) -> None:
    with pytest.raises(Unconfirmed):
        await failing(error).post("/x", {}, {})


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(502),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, json={"errcode": "x"}),
    ],
)
async def test_an_answer_that_nobody_understands_leaves_the_end_unknown(
    response: httpx.Response,
) -> None:
    with pytest.raises(Unconfirmed):
        await answering(response).post("/x", {}, {})


async def test_a_file_is_given_as_it_is_and_an_error_is_told() -> None:
    found = await answering(httpx.Response(200, content=b"{not json")).fetch("/x", {})
    assert found.content == b"{not json"
    with pytest.raises(NotDelivered):
        await answering(httpx.Response(200, json={"errcode": 40007})).fetch("/x", {})


async def test_what_is_sent_as_a_file_is_one_whatever_stands_in_it() -> None:
    held = {"Content-Disposition": 'attachment; filename="a.txt"'}
    found = await answering(httpx.Response(200, json={"errcode": 1}, headers=held)).fetch("/x", {})
    assert is_file(found)


@pytest.mark.parametrize(
    "url",
    ["https://wxsnsdy.tc.qq.com/a", "http://mpvideo.qpic.cn/b?c=1", "http://wechat.test/media/1"],
)
async def test_videos_are_fetched_from_the_platform_as_it_named_them(url: str) -> None:
    called: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(str(request.url))
        return httpx.Response(200, content=b"video")

    assert await transport(answer).download(url) == b"video"
    assert called == [url]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "https://evil.example/?.qq.com",
        "https://qq.com.evil.example/",
        "https://evilqq.com/",
        "https://www.qq.com:8443/",
        "https://user@www.qq.com/",
        "file:///etc/passwd",
        "//127.0.0.1/",
        "/cgi-bin/x",
        "http://[",
        "",
    ],
)
async def test_no_other_address_is_called(url: str) -> None:
    with pytest.raises(NotDelivered):
        await answering(httpx.Response(200, content=b"secret")).download(url)


@pytest.mark.parametrize(
    ("fail_type", "problem"),
    [(4, "window"), (5, "closed"), (6, "quota"), (10, "refused"), (0, "refused"), (13, "refused")],
)
def test_late_failures_have_the_same_names(fail_type: int, problem: str) -> None:
    assert late_problem_of(fail_type) == problem
