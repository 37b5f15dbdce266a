"""What the bot says in its dialogues: the bundled texts, and over them those of staff.

A change is live with the next release. Buttons and what else belongs to a response stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import yaml
from sqlalchemy import select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.errors import Conflict, NotFound, UnknownPlaceholder
from api.ids import now
from api.learning.material import history
from api.learning.material.bundle import DOMAIN
from api.learning.material.seeding import LOCK
from api.models import ResponseText

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Bundled:
    """A response of the bot's domain that says something."""

    key: str
    group: str
    """The file it stands in: what it is about."""
    texts: tuple[str, ...]
    buttons: tuple[str, ...]
    """Titles below the first text."""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names that are filled in, e.g. `order_number`."""
        return placeholders(self.texts)


@dataclass(frozen=True, slots=True)
class Shown:
    """A response with what the next release says; `bundled` is None for an intent of one's own."""

    key: str
    texts: Sequence[str]
    bundled: Bundled | None
    version: int
    updated_at: datetime | None

    @property
    def changed(self) -> bool:
        """Whether it says something else than the bundled text."""
        return self.bundled is None or tuple(self.texts) != self.bundled.texts


@cache
def bundled() -> Mapping[str, Bundled]:
    """The responses of `bot/domain` that have a text, by key."""
    found: dict[str, Bundled] = {}
    for path in sorted(DOMAIN.glob("*.yml")):
        content = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for key, variants in content.get("responses", {}).items():
            if all("text" in variant for variant in variants):
                found[key] = _read(key, path.stem, variants)
    return found


def placeholders(texts: Sequence[str]) -> tuple[str, ...]:
    """What is filled in, in the order it first comes."""
    return tuple(dict.fromkeys(name for text in texts for name in _PLACEHOLDER.findall(text)))


async def listing(tx: Transaction) -> list[Shown]:
    """All responses in the order of their files, then those of intents of one's own."""
    rows = {row.key: row for row in (await tx.scalars(select(ResponseText))).all()}
    known = bundled()
    own = sorted(rows.keys() - known.keys())
    return [_shown(key, known.get(key), rows.get(key)) for key in [*known, *own]]


async def read(tx: Transaction, key: str) -> Shown:
    """One response; raises NotFound."""
    row, known = await tx.get(ResponseText, key), bundled().get(key)
    if row is None and known is None:
        raise NotFound
    return _shown(key, known, row)


async def change(
    tx: Transaction, staff: SignedIn, key: str, texts: Sequence[str], version: int
) -> Shown:
    """Say something else from the next release on; no texts: what is bundled again.

    `version` is 0 while nothing was changed. Raises NotFound, Conflict, and UnknownPlaceholder for
    `{names}` that the bundled texts do not have.
    """
    await serialise(tx, LOCK)
    row, known = await tx.get(ResponseText, key), bundled().get(key)
    if (row is None and known is None) or (known is None and not texts):
        raise NotFound
    if (row.version if row else 0) != version:
        raise Conflict(version=row.version if row else 0)
    _check(texts, known)
    before = list(_shown(key, known, row).texts)
    if row is None:
        row = ResponseText(key=key, texts=[], version=0)
        tx.add(row)
    row.texts = [] if known and tuple(texts) == known.texts else list(texts)
    row.version += 1
    row.updated_at, row.updated_by = now(), staff.id
    after = list(_shown(key, known, row).texts)
    history.note(tx, "response", key, "changed", {"texts": before}, {"texts": after}, staff)
    await tx.flush()
    return _shown(key, known, row)


async def begin(tx: Transaction, staff: SignedIn, key: str, texts: Sequence[str]) -> None:
    """The response of a new intent; raises UnknownPlaceholder for any `{name}`."""
    _check(texts, None)
    tx.add(ResponseText(key=key, texts=list(texts), updated_at=now(), updated_by=staff.id))
    history.note(tx, "response", key, "added", {"texts": []}, {"texts": list(texts)}, staff)
    await tx.flush()


def _check(texts: Sequence[str], known: Bundled | None) -> None:
    allowed = known.placeholders if known else ()
    unknown = [name for name in placeholders(texts) if name not in allowed]
    if unknown or any(brace in _PLACEHOLDER.sub("", text) for text in texts for brace in "{}"):
        raise UnknownPlaceholder(unknown=unknown, known=list(allowed))


def _read(key: str, group: str, variants: Sequence[Mapping[str, Any]]) -> Bundled:
    buttons = tuple(button["title"] for button in variants[0].get("buttons", ()))
    return Bundled(key, group, tuple(variant["text"] for variant in variants), buttons)


def _shown(key: str, known: Bundled | None, row: ResponseText | None) -> Shown:
    texts = list(row.texts) if row and row.texts else list(known.texts if known else ())
    version, at = (row.version, row.updated_at) if row else (0, None)
    return Shown(key, texts, known, version, at)
