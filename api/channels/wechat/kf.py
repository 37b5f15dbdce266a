"""微信客服: `/cgi-bin/kf/send_msg`, which the same `msgid` makes idempotent.

It is taken in the session states 0 (new) and 1 (bot) only, and errcode 0 is not yet delivered: a
`msg_send_fail` event may follow (`api.channels.outbound.failed_late`).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.channels.interface import NotDelivered, Outgoing, Part, Reach, Recipient
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.files import Files, UploadKind
from api.channels.wechat.menus import lines
from api.channels.wechat.official import parts_of
from api.channels.wechat.parts import MENU, Piece, Rules
from api.channels.wechat.window import ELSEWHERE
from api.models.base import JsonObject

SEND = "/cgi-bin/kf/send_msg"
_KINDS: tuple[UploadKind, ...] = ("image", "video", "file")
_ENDED = 4


class Kf:
    """`api.channels.interface.Channel` for 微信客服."""

    name = "wechat_kf"
    repeatable = True

    def __init__(self, calls: WechatCalls, files: Files) -> None:
        self._calls = calls
        self._files = files

    def parts(
        self, messages: Sequence[Outgoing], reach: Reach | None, longest_bytes: int
    ) -> list[Part]:
        return parts_of(messages, reach, Rules(longest_bytes, MENU), _body)

    async def send(self, to: Recipient, part: Part, sending_id: UUID) -> None:
        if to.service_state == _ENDED:
            raise NotDelivered("closed")
        if to.service_state in ELSEWHERE:
            raise NotDelivered("elsewhere")
        body = await self._files.filled(to.account, part, _KINDS)
        addressed = {
            "touser": to.external_id,
            "open_kfid": to.account.open_kfid or "",
            "msgid": sending_id.hex,
        }
        await self._calls.post(to.account, SEND, {**addressed, **body})

    async def typing(self, to: Recipient) -> None:
        """There is no such call."""


def _body(piece: Piece) -> JsonObject:
    if piece.file is not None:
        return {}
    if piece.menu is None:
        return {"msgtype": "text", "text": {"content": piece.text}}
    items = [
        {"type": "click", "click": {"id": key, "content": words}}
        for key, words in lines(piece.menu.message_id, piece.buttons)
    ]
    return {"msgtype": "msgmenu", "msgmenu": {"head_content": piece.text, "list": items}}
