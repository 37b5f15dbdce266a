"""Single calls of WeChat's API over HTTP, and what is known of their end.

Bodies are raw UTF-8 JSON (`\\uXXXX` is refused with 40033), and a refusal is HTTP 200 with an
`errcode`. A call that was written and not answered may have been taken.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from api.channels.interface import NotDelivered, Unconfirmed
from api.channels.wechat.problems import away, not_delivered
from api.connections import tls
from api.models.base import JsonObject
from api.settings import Settings

TIMEOUT_SECONDS = 5.0
"""Longest silence of the platform within one call."""
_NOT_WRITTEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_ERROR_BYTES = 500
"""An error is a short JSON text; what is longer is a file."""
_FILE_HOSTS = (".qq.com", ".qpic.cn")
"""Where the platform keeps videos."""
_JSON_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file for the platform: its name, kind of content and bytes."""

    name: str
    media_type: str
    content: bytes


class Transport:
    """One platform (`https://api.weixin.qq.com` or `https://qyapi.weixin.qq.com`)."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, query: Mapping[str, str]) -> JsonObject:
        """The answer to a GET. Raises NotDelivered and Unconfirmed."""
        return _accepted(await self._send("GET", path, query))

    async def post(self, path: str, query: Mapping[str, str], body: JsonObject) -> JsonObject:
        """The answer to a JSON body. Raises NotDelivered and Unconfirmed."""
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        raw = content.encode("utf-8", "replace")
        return _accepted(await self._send("POST", path, query, content=raw))

    async def upload(self, path: str, query: Mapping[str, str], file: Upload) -> JsonObject:
        """The answer to a file. Raises NotDelivered and Unconfirmed."""
        files = {"media": (file.name, file.content, file.media_type)}
        return _accepted(await self._send("POST", path, query, files=files))

    async def fetch(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        """An answer that may be a file (`is_file`): other JSON is an error, or says where it is.

        Raises NotDelivered and Unconfirmed.
        """
        answer = await self._send("GET", path, query)
        said = answer.content[:_ERROR_BYTES]
        if not is_file(answer) and said[:1] == b"{" and b'"errcode"' in said:
            _accepted(answer)
        return answer

    async def download(self, url: str) -> bytes:
        """A file at an address that the platform named.

        Raises Unconfirmed, and NotDelivered, also for an address that is not the platform's own.
        """
        if not self._is_own(url):
            raise NotDelivered("refused")
        return (await self._send("GET", url, {})).content

    def _is_own(self, url: str) -> bool:
        """Whether Tencent is there, or whoever stands in for it."""
        try:
            named = httpx.URL(url)
        except httpx.InvalidURL:
            return False
        if named.scheme not in ("http", "https") or named.userinfo:
            return False
        base = self._http.base_url
        if (named.host, named.port) == (base.host, base.port):
            return True
        return named.port is None and named.host.endswith(_FILE_HOSTS)

    async def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        content: bytes | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        headers = _JSON_HEADERS if content is not None else {}
        params = dict(query) or None  # an empty one would cut off what the address has
        try:
            answer = await self._http.request(
                method, path, params=params, content=content, files=files, headers=headers
            )
        except _NOT_WRITTEN:
            raise away() from None
        except httpx.HTTPError as error:
            raise Unconfirmed(type(error).__name__) from None
        if not answer.is_success:
            raise Unconfirmed(f"HTTP {answer.status_code}")
        return answer


def is_file(answer: httpx.Response) -> bool:
    """Whether it is somebody's file, whatever stands in it: the platform says so in a header."""
    return "content-disposition" in answer.headers


def _accepted(answer: httpx.Response) -> JsonObject:
    """The JSON of an answer without an error code."""
    try:
        found = json.loads(answer.content)
        code = int(found.get("errcode", 0))
    except (ValueError, AttributeError, TypeError):
        raise Unconfirmed("no JSON") from None
    if code != 0:
        raise not_delivered(code, str(found.get("errmsg", "")))
    body: JsonObject = found
    return body


@dataclass(frozen=True, slots=True)
class Platforms:
    """Both platforms, by the kind of account."""

    official: Transport
    kf: Transport

    def of(self, kind: str) -> Transport:
        """Where accounts of `kind` are served."""
        return self.kf if kind == "kf" else self.official


@asynccontextmanager
async def open_platforms(
    settings: Settings, transport: httpx.AsyncBaseTransport | None = None
) -> AsyncIterator[Platforms]:
    """Connections to the platforms of these settings."""
    async with (
        _client(settings.wechat_api_url, transport) as official,
        _client(settings.wecom_api_url, transport) as kf,
    ):
        yield Platforms(Transport(official), Transport(kf))


def _client(url: str, transport: httpx.AsyncBaseTransport | None) -> httpx.AsyncClient:
    # an idle connection the platform has closed would leave an unknown end: keep them shortly
    limits = httpx.Limits(max_connections=50, keepalive_expiry=3.0)
    return httpx.AsyncClient(
        base_url=url, timeout=TIMEOUT_SECONDS, limits=limits, transport=transport, verify=tls()
    )
