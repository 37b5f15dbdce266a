"""Personal data sealed with the desk's key, so that the database alone does not show it (norms §7).

Each customer's fields, and each account's secrets, are one encrypted text (Fernet: AES-128-CBC with
an HMAC) that names whose they are: put into another row it does not open.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import cache
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from api.customers.personal import FIELDS, Field
from api.errors import CannotUnseal
from api.settings import Settings

Personal = dict[Field, str]


class Sealer:
    """Seals with the first of the keys, opens with any of them."""

    def __init__(self, keys: str) -> None:
        self._keys = MultiFernet([Fernet(_derived(key)) for key in keys.split(",")])

    def seal(self, customer_id: UUID, values: Personal) -> bytes | None:
        """The sealed `values`; None if there are none."""
        if not values:
            return None
        return self.seal_for("customer", customer_id, values.items())

    def open(self, customer_id: UUID, sealed: bytes | None) -> Personal:
        """What was sealed for this customer; raises CannotUnseal."""
        if sealed is None:
            return {}
        content = self.open_for("customer", customer_id, sealed)
        return {field: content[field] for field in FIELDS if field in content}

    def seal_for(self, kind: str, subject_id: UUID, values: Iterable[tuple[str, str]]) -> bytes:
        """Sealed names and values of a thing of that kind, which is named inside."""
        content = {kind: str(subject_id)} | dict(values)
        return self._keys.encrypt(json.dumps(content, ensure_ascii=False).encode())

    def open_for(self, kind: str, subject_id: UUID, sealed: bytes) -> dict[str, str]:
        """What was sealed for that thing; raises CannotUnseal."""
        try:
            content: dict[str, str] = json.loads(self._keys.decrypt(sealed))
        except InvalidToken:
            raise CannotUnseal from None
        if content.pop(kind, None) != str(subject_id):
            raise CannotUnseal
        return content


def sealer_of(settings: Settings) -> Sealer:
    """The sealer with this desk's keys."""
    return _sealer(settings.data_key.get_secret_value())


@cache
def _sealer(keys: str) -> Sealer:
    return Sealer(keys)


def _derived(key: str) -> bytes:
    """Fernet's form of a key that is long and random already."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest())
