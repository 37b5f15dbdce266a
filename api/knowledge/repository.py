"""Queries on the knowledge base."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import selectinload

from api.commerce.once import serialise
from api.db import Transaction
from api.models import KnowledgeDraft, KnowledgeEntry, KnowledgeQuestion, KnowledgeVersion

State = Literal["published", "off", "scheduled", "expired", "draft", "in_review"]
"""Where an entry stands: customers are given `published` ones; the last two have a draft."""


async def one_writer(tx: Transaction) -> None:
    """Wait until nobody else changes the knowledge base: no question gets two entries."""
    await serialise(tx, "knowledge")


async def by_keys(tx: Transaction, keys: Collection[str]) -> dict[str, KnowledgeEntry]:
    """Entries by key; unknown keys are left out."""
    if not keys:
        return {}
    query = select(KnowledgeEntry).where(KnowledgeEntry.key.in_(keys))
    return {entry.key: entry for entry in (await tx.scalars(query)).all()}


async def everything(tx: Transaction) -> Sequence[KnowledgeEntry]:
    """All entries with their questions by category and key."""
    query = _loaded().order_by(KnowledgeEntry.category, KnowledgeEntry.key)
    return (await tx.scalars(query)).all()


def found(
    text: str | None,
    category: str | None,
    state: State | None,
    *,
    at: datetime,
    due: date | None,
) -> Select[KnowledgeEntry]:
    """Entries with their questions; each condition that is given narrows them.

    `text` must stand in question, answer or a wording; `due`: to be looked at again by then.
    """
    query = _loaded()
    if category:
        query = query.where(KnowledgeEntry.category == category)
    if text:
        query = query.where(_holds(text))
    if state:
        query = query.where(_in_state(state, at))
    if due:
        query = query.where(KnowledgeEntry.review_on <= due)
    return query


async def count(tx: Transaction, query: Select[KnowledgeEntry]) -> int:
    """How many entries `query` finds."""
    return await tx.scalar(select(func.count()).select_from(query.subquery())) or 0


async def with_questions(tx: Transaction, key: str, *, lock: bool = False) -> KnowledgeEntry | None:
    """One entry with its questions, locked for a change if that is wished."""
    query = _loaded().where(KnowledgeEntry.key == key)
    return await tx.scalar(query.with_for_update(key_share=True) if lock else query)


async def all_with_questions(tx: Transaction, keys: Collection[str]) -> dict[str, KnowledgeEntry]:
    """Entries of `keys` with their questions, locked in the order of their ids."""
    query = _loaded().where(KnowledgeEntry.key.in_(keys)).order_by(KnowledgeEntry.id)
    found = (await tx.scalars(query.with_for_update(key_share=True))).all()
    return {entry.key: entry for entry in found}


async def draft(tx: Transaction, key: str, *, lock: bool = False) -> KnowledgeDraft | None:
    """The draft under a key."""
    query = select(KnowledgeDraft).where(KnowledgeDraft.key == key)
    return await tx.scalar(query.with_for_update(key_share=True) if lock else query)


async def drafts(tx: Transaction, keys: Collection[str] | None = None) -> dict[str, KnowledgeDraft]:
    """Drafts by key: those of `keys`, or those of entries that are not there yet, newest first."""
    query = select(KnowledgeDraft)
    if keys is not None:
        query = query.where(KnowledgeDraft.key.in_(keys))
    else:
        query = query.where(KnowledgeDraft.entry_id.is_(None))
        query = query.order_by(KnowledgeDraft.updated_at.desc(), KnowledgeDraft.id)
    return {each.key: each for each in (await tx.scalars(query)).all()}


async def versions(tx: Transaction, entry_id: UUID) -> Sequence[KnowledgeVersion]:
    """All versions of an entry, the newest first."""
    query = select(KnowledgeVersion).where(KnowledgeVersion.entry_id == entry_id)
    return (await tx.scalars(query.order_by(KnowledgeVersion.version.desc()))).all()


async def version(tx: Transaction, entry_id: UUID, number: int) -> KnowledgeVersion | None:
    """One version of an entry."""
    query = select(KnowledgeVersion).where(KnowledgeVersion.entry_id == entry_id)
    return await tx.scalar(query.where(KnowledgeVersion.version == number))


async def active_texts(tx: Transaction) -> list[tuple[str, str, str]]:
    """`(text, key, standard question)` of all questions of active entries."""
    standard = await tx.execute(
        select(KnowledgeEntry.question, KnowledgeEntry.key).where(KnowledgeEntry.active)
    )
    found = [(row.question, row.key, row.question) for row in standard]
    wordings = await tx.execute(
        select(KnowledgeQuestion.text, KnowledgeEntry.key, KnowledgeEntry.question)
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeQuestion.entry_id)
        .where(KnowledgeEntry.active)
        .order_by(KnowledgeQuestion.id)
    )
    return found + [(row.text, row.key, row.question) for row in wordings]


async def known_keys(tx: Transaction, keys: Iterable[str]) -> set[str]:
    """Which of `keys` an entry or a draft has."""
    wanted = list(keys)
    entries = await tx.scalars(select(KnowledgeEntry.key).where(KnowledgeEntry.key.in_(wanted)))
    drafted = await tx.scalars(select(KnowledgeDraft.key).where(KnowledgeDraft.key.in_(wanted)))
    return {*entries, *drafted}


def is_live(entry: KnowledgeEntry, at: datetime) -> bool:
    """Whether customers are given the entry at that moment."""
    begun = entry.valid_from is None or entry.valid_from <= at
    return entry.active and begun and (entry.valid_to is None or at < entry.valid_to)


def _loaded() -> Select[KnowledgeEntry]:
    return select(KnowledgeEntry).options(selectinload(KnowledgeEntry.questions))


def _holds(text: str) -> ColumnElement[bool]:
    pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    wording = exists().where(
        KnowledgeQuestion.entry_id == KnowledgeEntry.id, KnowledgeQuestion.text.ilike(pattern)
    )
    return or_(
        KnowledgeEntry.question.ilike(pattern), KnowledgeEntry.answer.ilike(pattern), wording
    )


def _in_state(state: State, at: datetime) -> ColumnElement[bool]:
    entry = KnowledgeEntry
    if state == "off":
        return ~entry.active
    if state == "scheduled":
        return and_(entry.active, entry.valid_from > at)
    if state == "expired":
        return and_(entry.active, entry.valid_to <= at)
    if state == "published":
        return and_(
            entry.active,
            or_(entry.valid_from.is_(None), entry.valid_from <= at),
            or_(entry.valid_to.is_(None), entry.valid_to > at),
        )
    return exists().where(KnowledgeDraft.entry_id == entry.id, KnowledgeDraft.state == state)
