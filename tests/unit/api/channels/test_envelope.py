"""Bodies of callbacks are read without trust."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat import envelope
from api.errors import CallbackUnreadable
from simulator.wechat import markup

ENTITY = b'<!DOCTYPE x [<!ENTITY a "b">]><xml><Content>&a;</Content></xml>'
BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<xml><Content>&b;&b;&b;</Content></xml>"
)


def test_fields_are_read_with_what_lies_one_deeper() -> None:
    body = (
        "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><Content>你好</Content><Empty/>"
        "<ScanCodeInfo><ScanResult>42</ScanResult></ScanCodeInfo></xml>"
    ).encode()
    found = envelope.read(body)
    assert found["ToUserName"] == "gh_1"
    assert found["Content"] == "你好"
    assert found["Empty"] == ""
    assert found["ScanCodeInfo.ScanResult"] == "42"


def test_json_is_read_as_well() -> None:
    assert envelope.read(b' {"Event": "debug_demo", "CreateTime": 17, "Deep": {"a": 1}}') == {
        "Event": "debug_demo",
        "CreateTime": "17",
    }


def test_what_no_text_may_hold_is_left_out_of_json() -> None:
    body = rb'{"Token": "a\u0000b", "Content": "\ud83d\ude00 \ud83d", "Nothing": "\udc00"}'
    assert envelope.read(body) == {"Token": "ab", "Content": "😀 ", "Nothing": ""}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "xml"),
        (b"<xml>", "xml"),
        (b"<html></html>", "xml"),
        (b"\xff\xfe\x00", "xml"),
        (b'<?xml version="1.0" encoding="no-such"?><xml/>', "xml"),
        (b'<?xml version="1.0" encoding="utf-16"?><xml/>', "xml"),
        (b"<!DOCTYPE xml><xml/>", "dtd"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>', "dtd"),
        (ENTITY, "dtd"),
        (BOMB, "dtd"),
        (b"<xml>&undefined;</xml>", "xml"),
        (b"{", "json"),
        (b'{"a":' * 5000, "json"),
    ],
)
def test_what_cannot_be_trusted_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(CallbackUnreadable) as refused:
        envelope.read(body)
    assert refused.value.reason == reason


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])))
def test_any_text_survives_in_a_field(text: str) -> None:
    written = markup.write({"Content": text})
    assert envelope.read(written.encode())["Content"] == text


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[AB+/=]]></Encrypt></xml>", "AB+/="),
        (b'{"ToUserName": "gh", "Encrypt": "AB+/="}', "AB+/="),
        (b"<xml><Deeper><Encrypt>AB</Encrypt></Deeper></xml>", ""),
        (b"<html><Encrypt>AB</Encrypt></html>", ""),
        (b"<xml><Encrypt>AB</Encrypt>", ""),
        (b"<xml><Encrypt>AB</Encrypt>" + b"<a/>" * 1000 + b"</xml>", ""),
        (b'{"Encrypt": ["AB"]}', ""),
        (b'{"a":' * 5000, ""),
        (ENTITY, ""),
        (BOMB, ""),
        (b"\xff\xfe\x00", ""),
        (b'<?xml version="1.0" encoding="no-such"?><xml><Encrypt>AB</Encrypt></xml>', ""),
    ],
)
def test_of_what_is_not_proved_only_the_encrypted_part_is_taken(body: bytes, found: str) -> None:
    assert envelope.encrypted(body) == found
