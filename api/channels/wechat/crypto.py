"""Signatures and encryption of WeChat's callbacks, as WeChat's own documentation describes them.

A message is 16 random bytes, its length in 4 bytes (big endian), its bytes and the app id of the
account, padded after PKCS#7 to blocks of **32** bytes, under AES-256-CBC with the first 16 bytes of
the key as IV. Signatures are SHA-1 over sorted parts (wechat.md, Official account callback).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC

from api.errors import CallbackUnreadable

BLOCK = 32
"""Bytes that a message is padded to; twice AES's own block."""
KEY_CHARACTERS = 43
_RANDOM = 16
_HEAD = _RANDOM + 4


def signature(*parts: str) -> str:
    """SHA-1, hexadecimal, of token, timestamp, nonce and, for encrypted ones, the Encrypt."""
    joined = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def same_signature(given: str, *parts: str) -> bool:
    """Whether `given` is the signature of `parts`, told in constant time."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), signature(*parts).encode())


def key_of(aes_key: str) -> bytes:
    """The 32 bytes of an EncodingAESKey; raises ValueError."""
    if len(aes_key) != KEY_CHARACTERS:
        raise ValueError(f"an EncodingAESKey has {KEY_CHARACTERS} characters")
    try:
        return base64.b64decode(aes_key + "=", validate=True)
    except ValueError as error:
        raise ValueError("not an EncodingAESKey") from error


def encrypt(key: bytes, app_id: str, message: bytes, random: bytes | None = None) -> str:
    """The `Encrypt` of a message to or from that app; `random` are 16 bytes."""
    head = random or secrets.token_bytes(_RANDOM)
    plain = head + struct.pack(">I", len(message)) + message + app_id.encode()
    left = BLOCK - len(plain) % BLOCK
    encryptor = _cipher(key).encryptor()
    return base64.b64encode(encryptor.update(plain + bytes([left]) * left)).decode()


def decrypt(key: bytes, app_id: str, encrypted: str) -> bytes:
    """The message inside an `Encrypt` for that app; raises CallbackUnreadable.

    Verify its signature first: what is decrypted here is not proved to be anybody's.
    """
    try:
        sealed = base64.b64decode(encrypted.strip().encode(), validate=True)
        decryptor = _cipher(key).decryptor()
        plain = decryptor.update(sealed) + decryptor.finalize()
    except ValueError:
        raise CallbackUnreadable("cipher") from None
    content = _unpadded(plain)
    if len(content) < _HEAD:
        raise CallbackUnreadable("length")
    (length,) = struct.unpack(">I", content[_RANDOM:_HEAD])
    message, receiver = content[_HEAD : _HEAD + length], content[_HEAD + length :]
    if len(message) != length:
        raise CallbackUnreadable("length")
    if not hmac.compare_digest(receiver, app_id.encode()):
        raise CallbackUnreadable("app_id")
    return message


def _unpadded(plain: bytes) -> bytes:
    pad = plain[-1] if plain else 0
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise CallbackUnreadable("padding")
    return plain[:-pad]


def _cipher(key: bytes) -> Cipher[CBC]:
    return Cipher(AES256(key), CBC(key[:16]))
