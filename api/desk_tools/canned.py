"""Canned replies: found by what one remembers of them, changed by supervisors."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.audit import service as audit
from api.auth.service import SignedIn
from api.conversations import access
from api.db import Transaction
from api.desk_tools import samples, variables
from api.desk_tools.schemas import CannedChange, CannedIn, ReadyReply
from api.desk_tools.values import values_for
from api.errors import Conflict, NotFound
from api.ids import new_id, now
from api.models import CannedReply
from api.naming import flush_named
from classifier.initials import initials


async def listing(tx: Transaction, q: str | None, *, inactive: bool) -> list[CannedReply]:
    """Replies, the oldest or the best match first; switched-off ones too if wanted."""
    query = select(CannedReply).order_by(CannedReply.created_at, CannedReply.id)
    if not inactive:
        query = query.where(CannedReply.active)
    return ranked((await tx.scalars(query)).all(), q)


def ranked(replies: Sequence[CannedReply], q: str | None) -> list[CannedReply]:
    """Those that match `q`: by shortcut, by title, by pinyin initials of the title, by text."""
    words = (q or "").strip().lstrip("/").lower()
    if not words:
        return list(replies)
    scored = [(score, reply) for reply in replies if (score := _score(reply, words)) is not None]
    return [reply for _, reply in sorted(scored, key=lambda pair: pair[0])]


async def add(tx: Transaction, by: SignedIn, wanted: CannedIn) -> CannedReply:
    """A new reply; raises NameTaken for a shortcut in use, UnknownVariable."""
    variables.check(wanted.text)
    reply = CannedReply(id=new_id(), updated_by=by.id, **wanted.model_dump())
    tx.add(reply)
    await flush_named(tx)
    await _note(tx, by, reply, "added")
    return reply


async def change(
    tx: Transaction, by: SignedIn, reply_id: UUID, wanted: CannedChange
) -> CannedReply:
    """Write a reply anew; raises NotFound, Conflict, NameTaken, UnknownVariable."""
    variables.check(wanted.text)
    reply = await _get(tx, reply_id)
    if reply.version != wanted.version:
        raise Conflict(version=reply.version)
    for name, value in wanted.model_dump(exclude={"version"}).items():
        setattr(reply, name, value)
    reply.version += 1
    reply.updated_by, reply.updated_at = by.id, now()
    await flush_named(tx)
    await _note(tx, by, reply, "changed")
    return reply


async def remove(tx: Transaction, by: SignedIn, reply_id: UUID) -> None:
    """Delete a reply; raises NotFound."""
    reply = await _get(tx, reply_id)
    await tx.delete(reply)
    await _note(tx, by, reply, "removed")


async def ready(
    tx: Transaction, conversation_id: UUID, staff: SignedIn, q: str | None
) -> list[ReadyReply]:
    """What `listing` finds, filled in for a conversation; raises NotFound without one."""
    conversation = await access.find(tx, staff, conversation_id)
    values = await values_for(tx, conversation, staff)
    found = []
    for reply in await listing(tx, q, inactive=False):
        text = variables.fill(reply.text, values, conversation.language)
        found.append(
            ReadyReply(
                shortcut=reply.shortcut,
                title=reply.title,
                text=text.text,
                missing=list(text.missing),
            )
        )
    return found


async def seed(tx: Transaction) -> int:
    """Bring the bundled replies, once; returns how many."""
    if not await samples.wanted(tx, CannedReply, "canned_reply"):
        return 0
    bundled = read_bundled()
    tx.add_all(CannedReply(id=new_id(), **each.model_dump()) for each in bundled)
    await tx.flush()
    return len(bundled)


def read_bundled() -> list[CannedIn]:
    """The replies that come with the desk."""
    found = samples.read("canned", CannedIn)
    for reply in found:
        variables.check(reply.text)
    return found


def _score(reply: CannedReply, words: str) -> tuple[int, str] | None:
    """Smaller is better; None: no match."""
    shortcut, title = reply.shortcut.lower(), reply.title.lower()
    matches = (
        shortcut == words,
        shortcut.startswith(words),
        title.startswith(words),
        words in title or words in shortcut,
        initials(title).startswith(words),
        words in initials(title),
        words in reply.text.lower(),
    )
    place = next((rank for rank, matching in enumerate(matches) if matching), None)
    return None if place is None else (place, reply.shortcut)


async def _get(tx: Transaction, reply_id: UUID) -> CannedReply:
    found = await tx.get(CannedReply, reply_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def _note(tx: Transaction, by: SignedIn, reply: CannedReply, what: str) -> None:
    data = {"what": what, "shortcut": reply.shortcut}
    await audit.record(tx, by, "setting_changed", "canned_reply", reply.id, data)
