from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.wechat.crypto import Crypt, Unreadable, new_aes_key, signature

KEY = "A" * 43
APP_ID = "wxba5fad812f8e6fb9"
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzD"
    "pVzazhZv6JsXUnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2I"
    "uQrKEYwKSqFIZoNqJ4M8EajAsjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F"
    "9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("parts", "wanted"),
    [
        (("1714036504", "1514711492"), "f464b24fc39322e44b38aa78f5edd27bd1441696"),
        (("1714037059", "486452656"), "899cf89e464efb63f54ddac96b0a0a235f53aa78"),
        (("1714112445", "415670741"), "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),
        (("1714112445", "415670741", ENCRYPTED), "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"),
        (
            (
                "1713424427",
                "415670741",
                "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ==",
            ),
            "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1",
        ),
    ],
)
def test_known_signatures(parts: tuple[str, ...], wanted: str) -> None:
    assert signature("AAAAA", *parts) == wanted


def test_the_known_message_is_opened() -> None:
    opened = Crypt(KEY, APP_ID).decrypt(ENCRYPTED)
    assert opened.random == b"a8eedb185eb2fecf"
    assert len(opened.message) == 167
    assert json.loads(opened.message)["Event"] == "debug_demo"


def test_the_known_reply_is_made() -> None:
    made = Crypt(KEY, APP_ID).encrypt(b'{"demo_resp":"good luck"}', b"707722b803182950")
    assert (
        made
        == "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    )


@given(st.binary(max_size=200))
def test_what_was_encrypted_can_be_read(message: bytes) -> None:
    crypt = Crypt(KEY, APP_ID)
    assert crypt.decrypt(crypt.encrypt(message)).message == message


def test_another_account_cannot_read_it() -> None:
    sealed = Crypt(KEY, APP_ID).encrypt("你好".encode())
    with pytest.raises(Unreadable, match="another app id"):
        Crypt(KEY, "wx0000000000000000").decrypt(sealed)
    with pytest.raises(Unreadable):
        Crypt(new_aes_key(), APP_ID).decrypt(sealed)


def test_padding_is_checked_to_32() -> None:
    crypt = Crypt(KEY, APP_ID)
    plain = bytes(16) + (3).to_bytes(4, "big") + b"abc" + APP_ID.encode()
    missing = 32 - len(plain) % 32
    assert missing > 16
    assert crypt.decrypt(crypt.encrypt_raw(plain)).message == b"abc"
    with pytest.raises(Unreadable, match="wrong padding"):
        crypt.decrypt(crypt.encrypt_raw(plain, bytes([33]) * missing))
