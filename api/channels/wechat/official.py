"""Official accounts (公众号): 客服消息 by `/cgi-bin/message/custom/send`.

There is no idempotency key: what may have been taken is never sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID

from api.assistant import Button
from api.channels.interface import NotDelivered, Outgoing, Part, Reach, Recipient, Unconfirmed
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.files import Files, UploadKind
from api.channels.wechat.menus import lines
from api.channels.wechat.parts import MENU, Piece, Rules, pieces
from api.models.base import JsonObject

SEND = "/cgi-bin/message/custom/send"
TYPING = "/cgi-bin/message/custom/typing"
SUBSCRIPTION = "/cgi-bin/message/subscribe/bizsend"
_KINDS: tuple[UploadKind, ...] = ("image", "video")


class Official:
    """`api.channels.interface.Channel` for official accounts."""

    name = "wechat"
    repeatable = False

    def __init__(self, calls: WechatCalls, files: Files) -> None:
        self._calls = calls
        self._files = files

    def parts(
        self, messages: Sequence[Outgoing], reach: Reach | None, longest_bytes: int
    ) -> list[Part]:
        return parts_of(messages, reach, Rules(longest_bytes, MENU), _body)

    async def send(self, to: Recipient, part: Part, sending_id: UUID) -> None:
        del sending_id
        body = await self._files.filled(to.account, part, _KINDS)
        await self._calls.post(to.account, SEND, {"touser": to.external_id, **body})

    async def typing(self, to: Recipient) -> None:
        with suppress(NotDelivered, Unconfirmed):
            await self._calls.post(
                to.account, TYPING, {"touser": to.external_id, "command": "Typing"}
            )


def parts_of(
    messages: Sequence[Outgoing],
    reach: Reach | None,
    rules: Rules,
    body: Callable[[Piece], JsonObject],
) -> list[Part]:
    """The calls for `messages` that are possible now, with their bodies."""
    calls = None if reach is None else reach.messages_left
    return [
        Part(
            message_ids=tuple(share.message_id for share in piece.shares),
            body=body(piece),
            shares=piece.shares,
            file=piece.file,
        )
        for piece in pieces(messages, calls, rules)[:calls]
    ]


def _body(piece: Piece) -> JsonObject:
    if piece.file is not None:
        return {}
    if piece.menu is None:
        return {"msgtype": "text", "text": {"content": piece.text}}
    menu = {"head_content": piece.text, "list": _items(piece.menu, piece.buttons)}
    return {"msgtype": "msgmenu", "msgmenu": {**menu, "tail_content": ""}}


def _items(message: Outgoing, buttons: Sequence[Button]) -> list[JsonObject]:
    return [{"id": key, "content": words} for key, words in lines(message.message_id, buttons)]
