"""What the desk answers to a callback, checked as WeChat checks it."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.wechat import markup
from simulator.wechat.crypto import Unreadable, signature
from simulator.wechat.markup import NotXml
from simulator.wechat.world import Account, Kind, Mode, Phone

_KINDS = frozenset(
    {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}
)
_LONGEST = 2048


class BadReply(ValueError):
    """The customer is told that the account is out of service; the message says why."""


@dataclass(frozen=True)
class Passive:
    """A message in the answer to a callback."""

    kind: str
    text: str
    media_id: str


def read_reply(account: Account, phone: Phone | None, status: int, body: bytes) -> Passive | None:
    """The message in an answer; None for `success` and nothing. Raises BadReply."""
    if status != 200:
        raise BadReply(f"HTTP {status}")
    text = body.strip()
    if text in (b"", b"success"):
        return None
    if account.kind is Kind.kf:
        raise BadReply("微信客服 takes `success` or nothing")
    if text[:1] in (b"{", b"["):
        raise BadReply("JSON")
    fields = _read(account, text)
    _check_addresses(account, phone, fields)
    kind = fields.get("MsgType", "")
    if kind not in _KINDS:
        raise BadReply(f"MsgType {kind!r}")
    if kind == "text" and not 0 < len(fields.get("Content", "").encode()) <= _LONGEST:
        raise BadReply("Content is empty or too long")
    return Passive(kind, fields.get("Content", ""), fields.get("MediaId", ""))


def _read(account: Account, document: bytes) -> dict[str, str]:
    try:
        fields = markup.read(document)
    except NotXml as error:
        raise BadReply(f"not XML: {error}") from error
    if "Encrypt" not in fields:
        if account.mode is Mode.safe:
            raise BadReply("not encrypted in safe mode")
        return fields
    if account.mode is Mode.plain:
        raise BadReply("encrypted in plain mode")
    missing = {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"} - fields.keys()
    if missing:
        raise BadReply(f"missing: {', '.join(sorted(missing))}")
    signed = signature(account.token, fields["TimeStamp"], fields["Nonce"], fields["Encrypt"])
    if signed != fields["MsgSignature"]:
        raise BadReply("wrong MsgSignature")
    try:
        return markup.read(account.crypt.decrypt(fields["Encrypt"]).message)
    except (Unreadable, NotXml) as error:
        raise BadReply(str(error)) from error


def _check_addresses(account: Account, phone: Phone | None, fields: dict[str, str]) -> None:
    if phone is not None and fields.get("ToUserName") != phone.id:
        raise BadReply("ToUserName is not the customer")
    if fields.get("FromUserName") != account.user_name:
        raise BadReply("FromUserName is not the account")
    if not fields.get("CreateTime", "").isdigit():
        raise BadReply("CreateTime is no number")
