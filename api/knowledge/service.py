"""The knowledge base: look-up for the bot, editing for staff, what the bot learns of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import Conflict, NotFound, ValidationFailed
from api.ids import now
from api.knowledge import changes, drafts, repository, views
from api.knowledge.answers import answer_for
from api.knowledge.changes import By
from api.knowledge.content import EntryContent, content_of, restored
from api.knowledge.learned import learned_keys
from api.knowledge.markup import plain
from api.knowledge.schemas import (
    FoundEntry,
    KnowledgeChange,
    KnowledgeEntryOut,
    KnowledgeList,
    KnowledgePage,
    NewEntry,
    VersionOut,
)
from api.models import Conversation, KnowledgeDraft, KnowledgeEntry
from api.paging import cut_by, page_of
from api.settings import Settings

PAGE = 500
"""Entries of a page."""
_SHOWN_VERSIONS = 20
_NEVER_NONE = frozenset({"category", "question", "questions", "answer", "buttons", "variants"}) | {
    "active"
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries a list shows."""

    text: str | None = None
    category: str | None = None
    state: repository.State | None = None
    due: date | None = None
    after: str | None = None
    limit: int = PAGE


@dataclass(frozen=True, slots=True)
class TrainingEntry:
    """What the bot learns of an entry."""

    key: str
    question: str
    questions: tuple[str, ...]
    answer: str
    """Its sentences help to find the entry; what customers read comes from the database."""
    task: str | None = None
    """The intent that does what the entry explains."""


async def lookup(
    tx: Transaction, keys: Sequence[str], conversation_id: UUID | None = None
) -> list[FoundEntry]:
    """What customers are given now of `keys`, in their order, as the conversation's channel
    shows it; plain text without a conversation."""
    entries, at = await repository.by_keys(tx, keys), now()
    channel = None
    if conversation_id is not None and entries:
        query = select(Conversation.channel).where(Conversation.id == conversation_id)
        channel = await tx.scalar(query)
    return [
        FoundEntry.model_validate(
            {
                "key": entry.key,
                "category": entry.category,
                "question": entry.question,
                "answer": answer_for(entry, channel),
                "buttons": entry.buttons or [],
                "task": entry.task,
            }
        )
        for entry in (entries[key] for key in keys if key in entries)
        if repository.is_live(entry, at)
    ]


async def listing(tx: Transaction, wanted: Wanted, settings: Settings) -> KnowledgeList:
    """A page of entries, the last changed first; the first one with the drafts of new entries."""
    query = repository.found(wanted.text, wanted.category, wanted.state, at=now(), due=wanted.due)
    changed, row_id = KnowledgeEntry.updated_at.expression, KnowledgeEntry.id.expression
    paged = page_of(query, changed, row_id, wanted.after, wanted.limit)
    rows = (await tx.scalars(paged)).all()
    entries, after = cut_by(rows, wanted.limit, lambda entry: entry.updated_at)
    new: list[KnowledgeDraft] = []
    if wanted.after is None and wanted.due is None:
        new = [each for each in (await repository.drafts(tx)).values() if _wanted(each, wanted)]
    return KnowledgeList.model_construct(
        items=await views.entries_out(tx, entries, await learned_keys(tx, settings)),
        total=await repository.count(tx, query),
        drafts=await views.drafts_out(tx, new),
        next=after,
    )


async def page(tx: Transaction, key: str, settings: Settings) -> KnowledgePage:
    """All there is under a key; raises NotFound when there is nothing."""
    entry = await repository.with_questions(tx, key)
    draft = await repository.draft(tx, key)
    if entry is None and draft is None:
        raise NotFound
    kept = (await repository.versions(tx, entry.id))[: _SHOWN_VERSIONS + 1] if entry else []
    shown = await views.versions_out(tx, entry, kept) if entry else []
    return KnowledgePage.model_construct(
        entry=await _shown(tx, entry, settings) if entry else None,
        draft=(await views.drafts_out(tx, [draft]))[0] if draft else None,
        versions=shown[:_SHOWN_VERSIONS],
    )


async def versions(tx: Transaction, key: str) -> list[VersionOut]:
    """All versions of an entry, the newest first; raises NotFound."""
    entry = await repository.with_questions(tx, key)
    if entry is None:
        raise NotFound
    return await views.versions_out(tx, entry, await repository.versions(tx, entry.id))


async def create(
    tx: Transaction, staff: SignedIn, wanted: NewEntry, settings: Settings
) -> KnowledgePage:
    """A new entry as a draft, or live at once; raises KeyTaken and what `changes.check` raises."""
    draft = await drafts.begin(tx, staff.id, wanted.content, key=wanted.key)
    if wanted.publish:
        await drafts.publish(tx, staff, draft.key, draft.version, wanted.note)
    return await page(tx, draft.key, settings)


async def change(
    tx: Transaction, key: str, wanted: KnowledgeChange, staff: SignedIn, settings: Settings
) -> KnowledgeEntryOut:
    """Edit an entry; what customers read is live with the commit.

    Raises NotFound, Conflict when somebody else changed it since it was read, and what
    `changes.check` raises.
    """
    entry = await _to_change(tx, key, wanted.version)
    given = {
        name: value
        for name in wanted.model_fields_set & EntryContent.model_fields.keys()
        if (value := getattr(wanted, name)) is not None or name not in _NEVER_NONE
    }
    content = content_of(entry).model_copy(update=given)
    if content.valid_from and content.valid_to and content.valid_from >= content.valid_to:
        raise ValidationFailed(fields=[{"field": "body.valid_to", "problem": "before_valid_from"}])
    await changes.change(tx, entry, content, By(staff.id, wanted.note))
    return await _shown(tx, entry, settings)


async def restore(
    tx: Transaction,
    key: str,
    number: int,
    current: int | None,
    staff: SignedIn,
    settings: Settings,
) -> KnowledgeEntryOut:
    """Let an entry say again what it said in version `number`: a new version.

    Raises NotFound, Conflict and what `changes.check` raises.
    """
    entry = await _to_change(tx, key, current)
    kept = await repository.version(tx, entry.id, number)
    if kept is None:
        raise NotFound
    note = f"restore:{number}"
    await changes.change(tx, entry, restored(kept.content), By(staff.id, note))
    return await _shown(tx, entry, settings)


async def training_entries(tx: Transaction) -> list[TrainingEntry]:
    """All entries that are or will be in use as the bot learns them, in a fixed order."""
    at = now()
    entries = [
        entry
        for entry in await repository.everything(tx)
        if entry.active and (entry.valid_to is None or at < entry.valid_to)
    ]
    return [
        TrainingEntry(
            entry.key,
            entry.question,
            tuple(question.text for question in entry.questions),
            plain(entry.answer),
            entry.task,
        )
        for entry in sorted(entries, key=lambda entry: (entry.category, entry.key))
    ]


async def _to_change(tx: Transaction, key: str, version: int | None) -> KnowledgeEntry:
    await repository.one_writer(tx)
    entry = await repository.with_questions(tx, key, lock=True)
    if entry is None:
        raise NotFound
    if version is not None and version != entry.version:
        raise Conflict(version=entry.version)
    return entry


async def _shown(tx: Transaction, entry: KnowledgeEntry, settings: Settings) -> KnowledgeEntryOut:
    return await views.entry_out(tx, entry, await learned_keys(tx, settings))


def _wanted(draft: KnowledgeDraft, wanted: Wanted) -> bool:
    content, words = restored(draft.content), (wanted.text or "").lower()
    return (
        wanted.state in (None, draft.state)
        and wanted.category in (None, content.category)
        and any(words in each.lower() for each in (*content.texts, content.answer))
    )
