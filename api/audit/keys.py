"""The keys of the audit log: derived from the desk's data key, never in the database (norms §7)."""

from __future__ import annotations

import hashlib
import hmac

from api.settings import Settings

_PURPOSE = b"audit-chain"


def keys_of(settings: Settings) -> tuple[bytes, ...]:
    """The key that records are chained with, then those of before: one for each data key."""
    return derived(settings.data_key.get_secret_value())


def derived(data_keys: str) -> tuple[bytes, ...]:
    """A key of 32 bytes for each of `data_keys`, which stand between commas; for this use only."""
    return tuple(
        hmac.new(key.encode(), _PURPOSE, hashlib.sha256).digest() for key in data_keys.split(",")
    )
