"""Entries, drafts and versions as staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.conversations.views import labelled
from api.db import Transaction
from api.ids import now
from api.knowledge.content import EntryContent, changes, content_of, restored
from api.knowledge.learned import Learned
from api.knowledge.repository import drafts, is_live
from api.knowledge.schemas import DraftMark, DraftOut, KnowledgeEntryOut, VersionOut
from api.models import KnowledgeDraft, KnowledgeEntry, KnowledgeVersion

Names = dict[UUID, str]


async def entries_out(
    tx: Transaction, entries: Sequence[KnowledgeEntry], learned: Learned
) -> list[KnowledgeEntryOut]:
    """Entries with their owners' names and whether they have a draft; `learned` is what
    `learned_keys` gives."""
    drafted = await drafts(tx, [entry.key for entry in entries])
    ids = [entry.owner_id for entry in entries] + [each.author_id for each in drafted.values()]
    names, at = await people.staff_names(tx, ids), now()
    found = [_entry(entry, drafted.get(entry.key), names, at) for entry in entries]
    if learned is not None:
        for each in found:
            each.learned = each.key in learned
    return found


async def entry_out(tx: Transaction, entry: KnowledgeEntry, learned: Learned) -> KnowledgeEntryOut:
    """One entry as `entries_out`."""
    return (await entries_out(tx, [entry], learned))[0]


async def drafts_out(tx: Transaction, found: Sequence[KnowledgeDraft]) -> list[DraftOut]:
    """Drafts with their authors' names."""
    names = await people.staff_names(tx, [each.author_id for each in found])
    return [
        DraftOut.model_construct(
            key=each.key,
            content=restored(each.content),
            state=each.state,
            source=each.source,
            author=PersonRef.of(each.author_id, names),
            base_version=each.base_version,
            version=each.version,
            created_at=each.created_at,
            updated_at=each.updated_at,
        )
        for each in found
    ]


async def versions_out(
    tx: Transaction, entry: KnowledgeEntry, kept: Sequence[KnowledgeVersion]
) -> list[VersionOut]:
    """`kept` (newest first) with what each changed; the entry as it is where none was kept yet."""
    if not kept:
        names = await people.staff_names(tx, [entry.updated_by])
        content, by = content_of(entry), PersonRef.of(entry.updated_by, names)
        return [_version(entry.version, content, [], None, by, entry.updated_at)]
    names = await people.staff_names(tx, [each.staff_id for each in kept])
    contents = [restored(each.content) for each in kept]
    return [
        _version(
            each.version,
            content,
            [before] if before is not None else [],
            each.note,
            PersonRef.of(each.staff_id, names),
            each.created_at,
        )
        for each, content, before in zip(kept, contents, [*contents[1:], None], strict=True)
    ]


def state_of(
    entry: KnowledgeEntry, at: datetime
) -> Literal["published", "off", "scheduled", "expired"]:
    """Where an entry stands at that moment."""
    if not entry.active:
        return "off"
    if is_live(entry, at):
        return "published"
    return "expired" if entry.valid_to is not None and entry.valid_to <= at else "scheduled"


def _entry(
    entry: KnowledgeEntry, draft: KnowledgeDraft | None, names: Names, at: datetime
) -> KnowledgeEntryOut:
    content = content_of(entry)
    mark = None
    if draft is not None:
        mark = DraftMark.model_construct(
            state=draft.state,
            author=PersonRef.of(draft.author_id, names),
            updated_at=draft.updated_at,
        )
    return KnowledgeEntryOut(
        key=entry.key,
        category=labelled("category", entry.category),
        question=content.question,
        answer=content.answer,
        questions=content.questions,
        buttons=content.buttons,
        variants=content.variants,
        task=content.task,
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        owner=PersonRef.of(content.owner_id, names),
        review_on=content.review_on,
        active=content.active,
        state=state_of(entry, at),
        learned=None,
        draft=mark,
        version=entry.version,
        updated_at=entry.updated_at,
    )


def _version(
    number: int,
    content: EntryContent,
    before: Sequence[EntryContent],
    note: str | None,
    staff: PersonRef | None,
    at: datetime,
) -> VersionOut:
    return VersionOut.model_construct(
        version=number,
        content=content,
        changes=[change for each in before for change in changes(each, content)],
        note=note,
        staff=staff,
        created_at=at,
    )
