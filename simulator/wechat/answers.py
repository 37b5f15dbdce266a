"""Answers of both servers: HTTP 200 and an errcode."""

from __future__ import annotations

import secrets
import time

OK = 0
BUSY = -1
BAD_SECRET = 40001
TEXTS = {
    OK: "ok",
    BUSY: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40006: "invalid media size",
    40007: "invalid media_id",
    40008: "invalid message type",
    40013: "invalid appid",
    40014: "invalid access_token",
    40016: "invalid button size",
    40017: "invalid button type",
    40018: "invalid button name size",
    40019: "invalid button key size",
    40023: "invalid sub button size",
    40029: "invalid code",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40037: "invalid template_id",
    40058: "invalid Request Parameter",
    40096: "invalid external userid",
    40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41009: "openid missing",
    41028: "template_id missing",
    42001: "access_token expired",
    43001: "require GET method",
    43002: "require POST method",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "invalid command",
    45080: "no message from the user within 30 seconds",
    45081: "already typing",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
    60020: "not allow to access from your ip",
    95000: "invalid open_kfid",
    95001: "kf send msg count limit",
    95002: "kf send msg time limit",
    95007: "invalid msg token",
    95008: "menu item count exceeds the limit",
    95009: "invalid menu item type",
    95013: "conversation end",
    95014: "the user is not a servicer",
    95016: "the state change is not allowed",
    95018: "send msg session status invalid",
}


class Refused(Exception):
    """The call is refused with this errcode."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        super().__init__(f"{errcode} {detail}".strip())
        self.errcode = errcode
        self.detail = detail


def answer(errcode: int, detail: str = "") -> dict[str, object]:
    """The body of an answer; what is refused carries a request id, as it does there."""
    text = TEXTS[errcode]
    if errcode == OK:
        return {"errcode": OK, "errmsg": text}
    said = f"{text}: {detail}" if detail else text
    return {"errcode": errcode, "errmsg": f"{said} rid: {_rid()}"}


def _rid() -> str:
    return f"{int(time.time()):08x}-{secrets.token_hex(4)}-{secrets.token_hex(4)}"
