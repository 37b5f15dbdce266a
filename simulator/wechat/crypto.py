"""WeChat's signatures and encryption, written from the documentation for the simulator alone.

The desk has its own; both are held to the same known answers, so that an error of one cannot hide
in the other.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAD_TO = 32
_RANDOM = 16
_LENGTH = 4


class Unreadable(ValueError):
    """What was encrypted cannot be read; the message says at which step."""


@dataclass(frozen=True)
class Opened:
    """What was inside."""

    random: bytes
    message: bytes
    owner: str
    """App id of an official account, corp id of a company."""


def signature(*parts: str) -> str:
    """SHA-1 (hex) of the parts, sorted and joined."""
    return hashlib.sha1("".join(sorted(parts)).encode(), usedforsecurity=False).hexdigest()


def new_aes_key() -> str:
    """A random EncodingAESKey: 43 characters."""
    while True:
        key = base64.b64encode(secrets.token_bytes(32)).decode().removesuffix("=")
        if key.isalnum():  # the console of WeChat takes letters and digits only
            return key


class Crypt:
    """Encrypts and decrypts for one account."""

    def __init__(self, encoding_aes_key: str, owner: str) -> None:
        self._key = base64.b64decode(encoding_aes_key + "=")
        if len(self._key) != PAD_TO:
            raise Unreadable("an EncodingAESKey has 43 characters")
        self.owner = owner

    def encrypt(self, message: bytes, random: bytes | None = None) -> str:
        """Base64 of the encrypted message."""
        return self.encrypt_raw(
            (random or secrets.token_hex(_RANDOM // 2).encode())
            + len(message).to_bytes(_LENGTH, "big")
            + message
            + self.owner.encode()
        )

    def encrypt_raw(self, plain: bytes, pad: bytes | None = None) -> str:
        """Base64 of `plain` encrypted as it is, with the right padding or the given one."""
        missing = PAD_TO - len(plain) % PAD_TO
        padded = plain + (bytes([missing]) * missing if pad is None else pad)
        worker = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(worker.update(padded) + worker.finalize()).decode()

    def decrypt(self, text: str) -> Opened:
        """What `text` holds; Unreadable when it is not ours."""
        try:
            packed = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise Unreadable("not base64") from error
        if not packed or len(packed) % 16:
            raise Unreadable("not whole blocks")
        worker = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        padded = worker.update(packed) + worker.finalize()
        pad = padded[-1]
        if not 1 <= pad <= PAD_TO or padded[-pad:] != bytes([pad]) * pad:
            raise Unreadable("wrong padding")
        plain = padded[:-pad]
        length = int.from_bytes(plain[_RANDOM : _RANDOM + _LENGTH], "big")
        begin = _RANDOM + _LENGTH
        if len(plain) < begin + length:
            raise Unreadable("shorter than it says")
        owner = plain[begin + length :].decode("utf-8", "replace")
        if owner != self.owner:
            raise Unreadable(f"for another app id: {owner!r}")
        return Opened(plain[:_RANDOM], plain[begin : begin + length], owner)
