"""The known answers of WeChat's documentation, and what must be refused."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.channels.wechat import crypto
from api.errors import CallbackUnreadable

TOKEN = "AAAAA"
KEY = crypto.key_of("A" * 43)
APP = "wxba5fad812f8e6fb9"
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZq"
    "zDpVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pe"
    "de2IuQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebu"
    "fAlr7F9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("timestamp", "nonce", "expected"),
    [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        ("1714112445", "415670741", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
    ],
)
def test_a_plain_signature_is_the_known_one(timestamp: str, nonce: str, expected: str) -> None:
    assert crypto.signature(TOKEN, timestamp, nonce) == expected
    assert crypto.same_signature(expected, TOKEN, timestamp, nonce)


def test_the_signature_of_an_encrypted_message_is_the_known_one() -> None:
    expected = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert crypto.signature(TOKEN, "1714112445", "415670741", ENCRYPTED) == expected


def test_the_known_message_is_decrypted() -> None:
    message = crypto.decrypt(KEY, APP, ENCRYPTED)
    assert len(message) == 167
    assert json.loads(message)["Event"] == "debug_demo"


def test_the_known_answer_is_encrypted() -> None:
    encrypted = crypto.encrypt(KEY, APP, b'{"demo_resp":"good luck"}', b"707722b803182950")
    assert encrypted == (
        "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )
    expected = "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"
    assert crypto.signature(TOKEN, "1713424427", "415670741", encrypted) == expected


@given(st.binary(max_size=300), st.text(st.characters(codec="ascii"), max_size=40))
def test_what_was_encrypted_is_decrypted(message: bytes, app_id: str) -> None:
    assert crypto.decrypt(KEY, app_id, crypto.encrypt(KEY, app_id, message)) == message


@given(st.integers(0, 64))
def test_padding_fills_blocks_of_32_bytes(length: int) -> None:
    sealed = base64.b64decode(crypto.encrypt(KEY, APP, b"x" * length))
    assert len(sealed) % crypto.BLOCK == 0
    assert crypto.decrypt(KEY, APP, base64.b64encode(sealed).decode()) == b"x" * length


def raw(plain: bytes) -> str:
    """`plain` encrypted as it is."""
    encryptor = crypto._cipher(KEY).encryptor()
    return base64.b64encode(encryptor.update(plain)).decode()


def whole(message: bytes, length: int | None = None, app_id: str = APP) -> bytes:
    size = len(message) if length is None else length
    return b"r" * 16 + size.to_bytes(4, "big") + message + app_id.encode()


def padded(plain: bytes, pad: int | None = None) -> bytes:
    left = crypto.BLOCK - len(plain) % crypto.BLOCK
    return plain + bytes([left if pad is None else pad]) * left


@pytest.mark.parametrize(
    ("encrypted", "reason"),
    [
        ("", "padding"),
        ("not base64!", "cipher"),
        ("AAAA", "cipher"),
        ("密文", "cipher"),
        (raw(padded(whole(b"hello"), 0)), "padding"),
        (raw(padded(whole(b"hello"), 33)), "padding"),
        (raw(padded(whole(b"hello"), 255)), "padding"),
        (raw(padded(whole(b"hello"))[:-1] + b"\x02"), "padding"),
        (raw(b"\x20" * 32), "length"),
        (raw(padded(b"r" * 10)), "length"),
        (raw(padded(whole(b"hello", length=2**32 - 1))), "length"),
        (raw(padded(whole(b"hello", length=4))), "app_id"),
        (raw(padded(whole(b"hello", app_id="wx0000000000000000"))), "app_id"),
        (raw(padded(whole(b"hello", app_id=""))), "app_id"),
    ],
)
def test_what_is_not_for_this_app_is_refused(encrypted: str, reason: str) -> None:
    with pytest.raises(CallbackUnreadable) as refused:
        crypto.decrypt(KEY, APP, encrypted)
    assert refused.value.reason == reason


@pytest.mark.parametrize("given_signature", ["", "x", "é" * 40, "0" * 40, "\udcff", "F464" * 10])
def test_another_signature_is_not_the_same(given_signature: str) -> None:
    assert not crypto.same_signature(given_signature, TOKEN, "1714036504", "1514711492")


@pytest.mark.parametrize("aes_key", ["", "A" * 42, "A" * 44, "!" * 43, "钥" * 43])
def test_a_key_of_another_form_is_refused(aes_key: str) -> None:
    with pytest.raises(ValueError, match="EncodingAESKey"):
        crypto.key_of(aes_key)
