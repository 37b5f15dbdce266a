"""Requests to the desk: how a callback is signed, wrapped, and spoilt on request."""

from __future__ import annotations

import secrets
import time
from collections.abc import Set
from dataclasses import dataclass

from simulator.wechat import markup
from simulator.wechat.crypto import PAD_TO, Crypt, new_aes_key, signature
from simulator.wechat.faults import PushFault
from simulator.wechat.markup import Fields
from simulator.wechat.world import Account, Kind, Mode

_DAY = 86_400
_OVERSIZE = 1024 * 1024 + 4096
_DOCTYPE = '<!DOCTYPE xml [<!ENTITY w "boo"><!ENTITY ww "&w;&w;&w;&w;">]>'


@dataclass(frozen=True)
class Request:
    """One callback as it goes over the wire; repeated as it is."""

    query: dict[str, str]
    body: bytes


def make(
    account: Account,
    fields: Fields,
    spoilt: Set[PushFault] = frozenset(),
    openid: str = "",
) -> Request:
    """The callback that carries `fields`."""
    if PushFault.oversized in spoilt:
        fields = {**fields, "Content": "长" * (_OVERSIZE // 3)}
    document = markup.write(fields)
    if PushFault.doctype in spoilt:
        document = _DOCTYPE + document.replace("<xml>", "<xml><Bomb>&ww;</Bomb>", 1)
    if PushFault.not_xml in spoilt:
        document = '{"MsgType": "text"}'
    stamp = str(int(time.time()) - (_DAY if PushFault.stale in spoilt else 0))
    nonce = str(secrets.randbelow(10**10))
    token = account.token if PushFault.bad_signature not in spoilt else secrets.token_hex(8)
    query = {"timestamp": stamp, "nonce": nonce}
    if account.kind is Kind.official:
        query |= {"signature": signature(token, stamp, nonce), "openid": openid}
        if account.mode is Mode.plain:
            return Request(query, document.encode())
        query["encrypt_type"] = "aes"
    encrypted = _encrypted(account, document.encode(), spoilt)
    query["msg_signature"] = signature(token, stamp, nonce, encrypted)
    wrapped: Fields = {"ToUserName": account.user_name, "Encrypt": encrypted}
    if account.kind is Kind.kf:
        wrapped = {**wrapped, "AgentID": ""}
    outside = markup.write(wrapped)
    if PushFault.doctype in spoilt:
        outside = _DOCTYPE + outside
    if PushFault.not_xml in spoilt:
        outside = document
    if account.kind is Kind.official and account.mode is Mode.compatible:
        both = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
        outside = document.removesuffix("</xml>") + both
    return Request(query, outside.encode())


def _encrypted(account: Account, message: bytes, spoilt: Set[PushFault]) -> str:
    app_id = account.app_id
    if PushFault.wrong_app_id in spoilt:
        app_id = "wx" + secrets.token_hex(8)
    key = new_aes_key() if PushFault.wrong_key in spoilt else account.aes_key
    crypt = Crypt(key, app_id)
    if PushFault.wrong_padding not in spoilt:
        return crypt.encrypt(message)
    plain = secrets.token_bytes(16) + len(message).to_bytes(4, "big") + message + app_id.encode()
    missing = PAD_TO - len(plain) % PAD_TO
    return crypt.encrypt_raw(plain, bytes([PAD_TO + 1]) * missing)


def check_request(account: Account, echo: str) -> Request:
    """The GET by which the console of WeChat checks an address."""
    stamp, nonce = str(int(time.time())), str(secrets.randbelow(10**10))
    query = {"timestamp": stamp, "nonce": nonce}
    if account.kind is Kind.kf:
        encrypted = account.crypt.encrypt(echo.encode())
        sign = signature(account.token, stamp, nonce, encrypted)
        return Request({**query, "msg_signature": sign, "echostr": encrypted}, b"")
    sign = signature(account.token, stamp, nonce)
    return Request({**query, "signature": sign, "echostr": echo}, b"")
