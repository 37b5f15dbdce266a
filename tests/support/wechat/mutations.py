"""Callbacks as nobody sane would send them: genuine ones, spoilt at random in every layer."""

from __future__ import annotations

import json
import random
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from simulator.wechat import callbacks, markup
from simulator.wechat.callbacks import Request
from simulator.wechat.crypto import signature
from simulator.wechat.world import Account, Kind, Mode

SPOILS = (
    b"<![CDATA[",
    b"]]>",
    b"<!DOCTYPE xml>",
    b'<!ENTITY a SYSTEM "file:///etc/passwd">',
    b"&a;",
    b"&#0;",
    b"&#xD800;",
    b"&#x1F600;",
    b"</xml>",
    b"<xml>",
    b"<Encrypt>",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"{",
    b'{"FromUserName": "\\ud800", "CreateTime": 1e400}',
    "😀".encode(),
    b"9" * 400,
    b"-1",
    b"%00",
    b"<a>" * 300,
)
VALUES = (
    "",
    " ",
    "0",
    "-1",
    "1e400",
    "9" * 5000,
    "١٢٣",
    "null",
    "\ud800",
    "\x00",
    "\u202e",
    "😀" * 300,
    "长" * 30_000,
    "']]><b>",
    "../../etc/passwd",
    "%s{0}$",
    "text",
    "event",
    "image",
    "voice",
    "CLICK",
    "subscribe",
    "kf_msg_or_event",
)
NAMES = (
    "ToUserName",
    "FromUserName",
    "CreateTime",
    "MsgType",
    "MsgId",
    "Content",
    "Event",
    "EventKey",
    "MediaId",
    "Recognition",
    "Location_X",
    "Label",
    "Url",
    "bizmsgmenuid",
    "OpenKfId",
    "Token",
    "Encrypt",
)
KINDS = ("text", "image", "voice", "video", "shortvideo", "location", "link", "event", "new")
EVENTS = ("subscribe", "unsubscribe", "SCAN", "CLICK", "VIEW", "LOCATION", "kf_msg_or_event")


@dataclass(frozen=True)
class Spoilt:
    """A callback and how it was spoilt."""

    how: str
    account: Account
    request: Request
    method: str = "POST"


def spoilt(accounts: list[Account], seed: int) -> Iterator[Spoilt]:
    """Callbacks without end, the same ones for the same seed but for keys and times."""
    chance = random.Random(seed)
    ways: list[tuple[str, Callable[[random.Random, Account], Request]]] = [
        ("bytes outside", _bytes_outside),
        ("bytes inside, signed", _bytes_inside),
        ("fields, signed", _fields),
        ("fields, signed as JSON", _json),
        ("query", _query),
        ("noise", _noise),
    ]
    while True:
        account = chance.choice(accounts)
        how, spoil = chance.choice(ways)
        method = "GET" if chance.random() < 0.05 else "POST"
        yield Spoilt(how, account, spoil(chance, account), method)


def genuine(chance: random.Random, account: Account) -> dict[str, str]:
    """The fields of a message or event that WeChat might send."""
    fields = {
        "ToUserName": account.user_name,
        "FromUserName": f"o{chance.randrange(20):028d}",
        "CreateTime": str(int(time.time())),
        "MsgType": chance.choice(KINDS),
        "MsgId": str(chance.randrange(10**16)),
        "Content": "请问我的快递到哪里了？",
        "MediaId": f"media{chance.randrange(99)}",
        "Event": chance.choice(EVENTS),
        "EventKey": chance.choice(("转人工", "", "qrscene_1")),
    }
    if account.kind is Kind.kf:
        fields |= {"MsgType": "event", "Event": "kf_msg_or_event", "Token": "t"}
        fields |= {"OpenKfId": account.open_kfid}
    return fields


def _bytes_outside(chance: random.Random, account: Account) -> Request:
    made = callbacks.make(account, genuine(chance, account))
    return Request(made.query, _torn(chance, made.body))


def _bytes_inside(chance: random.Random, account: Account) -> Request:
    document = markup.write(genuine(chance, account)).encode()
    return _signed(account, _torn(chance, document))


def _fields(chance: random.Random, account: Account) -> Request:
    fields = _changed(chance, genuine(chance, account))
    parts = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return _signed(account, f"<xml>{parts}</xml>".encode("utf-8", "surrogatepass"))


def _json(chance: random.Random, account: Account) -> Request:
    fields: dict[str, object] = {**_changed(chance, genuine(chance, account))}
    for name in chance.sample(NAMES, 2):
        fields[name] = chance.choice((None, True, 1.5, -1, [], {}, [[]] * 9, 10**300))
    return _signed(account, json.dumps(fields).encode())


def _query(chance: random.Random, account: Account) -> Request:
    made = callbacks.make(account, genuine(chance, account))
    query = dict(made.query)
    for _ in range(chance.randint(1, 3)):
        name = chance.choice((*query, "msg_signature", "echostr", "encrypt_type"))
        if chance.random() < 0.2:
            query.pop(name, None)
        else:
            query[name] = chance.choice(VALUES)[:2000].encode("utf-8", "replace").decode()
    return Request(query, made.body)


def _noise(chance: random.Random, account: Account) -> Request:
    made = callbacks.make(account, genuine(chance, account))
    return Request(made.query, chance.randbytes(chance.randrange(0, 3000)))


def _changed(chance: random.Random, fields: dict[str, str]) -> dict[str, str]:
    changed = dict(fields)
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(NAMES)
        if chance.random() < 0.3:
            changed.pop(name, None)
        else:
            changed[name] = chance.choice(VALUES)
    return changed


def _torn(chance: random.Random, content: bytes) -> bytes:
    torn = bytearray(content)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(torn) + 1)
        match chance.randrange(5):
            case 0:
                torn[place:place] = chance.choice(SPOILS)
            case 1:
                del torn[place : place + chance.randrange(40)]
            case 2:
                torn[place:place] = torn[place : place + chance.randrange(60)]
            case 3:
                torn[place : place + 1] = chance.randbytes(1)
            case _:
                del torn[max(1, place) :]
    return bytes(torn)


def _signed(account: Account, message: bytes) -> Request:
    """A genuine envelope around whatever it is."""
    stamp, nonce = str(int(time.time())), secrets.token_hex(5)
    query = {"timestamp": stamp, "nonce": nonce}
    if account.kind is Kind.official and account.mode is Mode.plain:
        return Request(query | {"signature": signature(account.token, stamp, nonce)}, message)
    encrypted = account.crypt.encrypt(message)
    query["msg_signature"] = signature(account.token, stamp, nonce, encrypted)
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>"
    return Request(query, body.encode())
