"""Queries on the knowledge base."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import selectinload

from api.db import Transaction
from api.models import KnowledgeEntry, KnowledgeQuestion


async def by_keys(tx: Transaction, keys: Collection[str]) -> dict[str, KnowledgeEntry]:
    """Entries by key; unknown keys are left out."""
    if not keys:
        return {}
    query = select(KnowledgeEntry).where(KnowledgeEntry.key.in_(keys))
    return {entry.key: entry for entry in (await tx.scalars(query)).all()}


async def listing(
    tx: Transaction, text: str | None = None, category: str | None = None
) -> Sequence[KnowledgeEntry]:
    """Entries with their questions; `text` must stand in question, answer or a wording."""
    query = select(KnowledgeEntry).options(selectinload(KnowledgeEntry.questions))
    if category:
        query = query.where(KnowledgeEntry.category == category)
    if text:
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        wording = exists().where(
            KnowledgeQuestion.entry_id == KnowledgeEntry.id, KnowledgeQuestion.text.ilike(pattern)
        )
        query = query.where(
            or_(
                KnowledgeEntry.question.ilike(pattern),
                KnowledgeEntry.answer.ilike(pattern),
                wording,
            )
        )
    return (await tx.scalars(query.order_by(KnowledgeEntry.category, KnowledgeEntry.key))).all()


async def with_questions(tx: Transaction, key: str) -> KnowledgeEntry | None:
    """One entry with its questions, locked for a change."""
    query = (
        select(KnowledgeEntry)
        .where(KnowledgeEntry.key == key)
        .options(selectinload(KnowledgeEntry.questions))
        .with_for_update()
    )
    return await tx.scalar(query)
