"""Intents: those the bot comes with, and those an admin adds with an answer or a person behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.errors import Conflict, IntentNeeded, NameTaken, NotFound
from api.ids import now
from api.learning.material import adding, history, lines, responses
from api.learning.material.bundle import intent_kinds
from api.learning.material.names import LEAST_EXAMPLES, OwnKind, own_name, response_of
from api.learning.material.seeding import LOCK
from api.models import Intent
from api.models.base import JsonObject


@dataclass(frozen=True, slots=True)
class Shown:
    """An intent with what the next training makes of it."""

    intent: Intent
    bundled: bool
    """It comes with the bot, which has a dialogue for it."""
    switchable: bool
    """It may be switched off: the bot's other dialogues do without it."""
    lines: int
    taken_in: bool
    """The next training learns it."""


@dataclass(frozen=True, slots=True)
class NewIntent:
    """An intent to add; `texts` are what the bot answers to a `chitchat`."""

    name: str
    title: str
    description: str
    kind: OwnKind
    texts: Sequence[str] = ()
    examples: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """None: as it is."""

    version: int
    title: str | None = None
    description: str | None = None
    active: bool | None = None


async def listing(tx: Transaction) -> list[Shown]:
    """All intents by kind and name."""
    found = await tx.scalars(select(Intent).order_by(Intent.kind, Intent.name))
    examples = await lines.counts(tx, "intent")
    return [_shown(intent, examples.get(intent.name, 0)) for intent in found.all()]


async def create(
    tx: Transaction, staff: SignedIn, wanted: NewIntent
) -> tuple[Shown, Sequence[adding.Refused]]:
    """Add an intent without a dialogue, live with the next release, and the examples that cannot
    be: the caller decides whether it is added without them.

    Raises NameTaken, UnknownPlaceholder, and ValueError for a name that cannot be.
    """
    name = own_name(wanted.name, wanted.kind)
    await serialise(tx, LOCK)
    if await tx.get(Intent, name) is not None:
        raise NameTaken
    at = now()
    intent = Intent(
        name=name,
        title=wanted.title,
        description=wanted.description,
        kind=wanted.kind,
        active=True,
        created_at=at,
        updated_at=at,
    )
    tx.add(intent)
    history.note(tx, "intent", name, "added", {}, _state(intent), staff)
    await tx.flush()
    if wanted.kind == "chitchat":
        await responses.begin(tx, staff, response_of(name), wanted.texts)
    given = [adding.Wanted(text, name) for text in wanted.examples]
    outcome = await adding.add(tx, staff, "intent", given)
    return _shown(intent, len({line.id for line in outcome.added})), outcome.refused


async def change(tx: Transaction, staff: SignedIn, name: str, wanted: Change) -> Shown:
    """Rename, describe, or switch an intent off or on from the next release on.

    Raises NotFound, Conflict, and IntentNeeded for one that dialogues of the bot need.
    """
    intent = await tx.get(Intent, name, with_for_update=True)
    if intent is None:
        raise NotFound
    if intent.version != wanted.version:
        raise Conflict(version=intent.version)
    if wanted.active is False and not _switchable(intent):
        raise IntentNeeded
    before = _state(intent)
    intent.title = wanted.title or intent.title
    intent.description = intent.description if wanted.description is None else wanted.description
    intent.active = intent.active if wanted.active is None else wanted.active
    if _state(intent) != before:
        intent.version += 1
        intent.updated_at = now()
        history.note(tx, "intent", name, "changed", before, _state(intent), staff)
        await tx.flush()
    examples = await lines.counts(tx, "intent")
    return _shown(intent, examples.get(name, 0))


def _shown(intent: Intent, examples: int) -> Shown:
    bundled = intent.name in intent_kinds()
    enough = bundled or examples >= LEAST_EXAMPLES
    return Shown(intent, bundled, _switchable(intent), examples, intent.active and enough)


def _switchable(intent: Intent) -> bool:
    return intent.kind == "task" or intent.name not in intent_kinds()


def _state(intent: Intent) -> JsonObject:
    return {
        "title": intent.title,
        "description": intent.description,
        "kind": intent.kind,
        "active": intent.active,
    }
