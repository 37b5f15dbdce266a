"""WeChat's API for an account: each call with its token, renewed once when it is refused."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import structlog

from api.channels.interface import AccountKeys, NotDelivered, Unconfirmed
from api.channels.wechat.problems import TOKEN_CODES
from api.channels.wechat.tokens import Tokens
from api.channels.wechat.transport import Platforms, Upload, is_file
from api.models.base import JsonObject

log = structlog.get_logger(__name__)
T = TypeVar("T")

_MEDIA = "/cgi-bin/media/get"
_UPLOAD = "/cgi-bin/media/upload"


class WechatCalls:
    """`api.channels.interface.Calls` over HTTP."""

    def __init__(self, platforms: Platforms, tokens: Tokens) -> None:
        self._platforms = platforms
        self.tokens = tokens

    async def post(self, account: AccountKeys, path: str, body: JsonObject) -> JsonObject:
        """The answer to a JSON call. Raises NotDelivered, and Unconfirmed when none came."""
        platform = self._platforms.of(account.kind)
        return await self._with_token(
            account, path, lambda token: platform.post(path, {"access_token": token}, body)
        )

    async def get(self, account: AccountKeys, path: str) -> JsonObject:
        """The answer to a call without a body. Raises as `post` does."""
        platform = self._platforms.of(account.kind)
        return await self._with_token(
            account, path, lambda token: platform.get(path, {"access_token": token})
        )

    async def fetch(self, account: AccountKeys, media_id: str) -> tuple[bytes, str]:
        """A file of a customer's, and its name or an empty string.

        Raises NotDelivered, and Unconfirmed when no answer came.
        """
        platform = self._platforms.of(account.kind)
        answer = await self._with_token(
            account,
            _MEDIA,
            lambda token: platform.fetch(_MEDIA, {"access_token": token, "media_id": media_id}),
        )
        url = _video_url(answer) if account.kind == "official" else None
        if url is not None:
            return await platform.download(url), ""
        return answer.content, _name_of(answer)

    async def upload(self, account: AccountKeys, kind: str, file: Upload) -> str:
        """Send a file up (`image`, `voice`, `video` or `file`); gives its media id.

        Sending it up twice is harmless: raises NotDelivered, also when no answer came.
        """
        platform = self._platforms.of(account.kind)

        async def call(token: str) -> JsonObject:
            return await platform.upload(_UPLOAD, {"access_token": token, "type": kind}, file)

        try:
            return str((await self._with_token(account, _UPLOAD, call))["media_id"])
        except (Unconfirmed, KeyError):
            raise NotDelivered("away", again=True) from None

    async def _with_token(
        self, account: AccountKeys, path: str, call: Callable[[str], Awaitable[T]]
    ) -> T:
        token = await self.tokens.get(account)
        try:
            try:
                return await call(token)
            except NotDelivered as error:
                if error.code not in TOKEN_CODES:
                    raise
                token = await self.tokens.renew(account, token)
                return await call(token)
        except NotDelivered as error:
            log.warning("wechat.refused", account=account.key, path=path, code=error.code)
            raise
        except Unconfirmed as error:
            log.warning("wechat.no_answer", account=account.key, path=path, reason=str(error))
            raise


def _video_url(answer: httpx.Response) -> str | None:
    """Where a video is: the platform may name its address instead of giving it."""
    if is_file(answer) or answer.content[:1] != b"{":
        return None
    try:
        found = json.loads(answer.content).get("video_url")
    except (ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def _name_of(answer: httpx.Response) -> str:
    disposition = answer.headers.get("content-disposition", "")
    _, named, rest = disposition.partition("filename=")
    return rest.split(";")[0].strip().strip('"') if named else ""
