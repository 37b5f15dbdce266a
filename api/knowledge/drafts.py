"""Drafts of entries: written, sent to review, published, thrown away.

A draft in review is published by somebody other than its last author, unless they are an admin;
whoever edits it is its author then, and it is no longer in review.
"""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import ValidationError

from api.auth.service import Role, SignedIn
from api.db import Transaction
from api.errors import Conflict, KeyTaken, NoDraft, NotFound, OwnDraft, ValidationFailed
from api.ids import new_id, now
from api.knowledge import changes, repository
from api.knowledge.changes import By
from api.knowledge.content import EntryContent, stored
from api.models import KnowledgeDraft, KnowledgeEntry, LearningEvent
from api.models.base import JsonObject

Source = Literal["staff", "cluster"]


async def begin(
    tx: Transaction,
    staff_id: UUID | None,
    content: EntryContent,
    *,
    key: str | None = None,
    source: Source = "staff",
) -> KnowledgeDraft:
    """A draft of a new entry. Raises KeyTaken."""
    await repository.one_writer(tx)
    if key is not None and await repository.known_keys(tx, [key]):
        raise KeyTaken(key=key)
    draft = _new(key or await changes.free_key(tx, content), content, staff_id, source)
    tx.add(draft)
    await tx.flush()
    return draft


async def save(
    tx: Transaction,
    staff: SignedIn,
    key: str,
    content: EntryContent,
    version: int | None,
    base_version: int | None,
) -> KnowledgeDraft:
    """Write the draft under `key`; an entry that has none gets one.

    Raises NotFound for a key nobody has, and Conflict when `version` is not the draft's.
    """
    await repository.one_writer(tx)
    entry = await repository.with_questions(tx, key)
    draft = await repository.draft(tx, key, lock=True)
    if draft is None:
        if entry is None:
            raise NotFound
        if version is not None:
            raise NoDraft
        draft = _new(key, content, staff.id, "staff")
        draft.entry_id, draft.base_version = entry.id, base_version or entry.version
        tx.add(draft)
    else:
        _same_version(draft, version)
        draft.content, draft.author_id = stored(content), staff.id
        draft.base_version = base_version or draft.base_version
        _touch(draft, "draft")
    await tx.flush()
    return draft


async def submit(tx: Transaction, staff: SignedIn, key: str, version: int) -> KnowledgeDraft:
    """Ask for a review. Raises NoDraft and Conflict."""
    draft = await _locked(tx, key, version)
    _touch(draft, "in_review")
    _event(tx, staff, key, "submitted", {}, draft.content)
    return draft


async def discard(tx: Transaction, staff: SignedIn, key: str, version: int) -> None:
    """Throw the draft away; what it said stays in the history. Raises NoDraft and Conflict."""
    draft = await _locked(tx, key, version)
    _event(tx, staff, key, "discarded", draft.content, {})
    await tx.delete(draft)


async def publish(
    tx: Transaction, staff: SignedIn, key: str, version: int, note: str | None
) -> KnowledgeEntry:
    """Customers are answered from the draft from the commit on, and it is a draft no more.

    Raises NoDraft, OwnDraft, Conflict (also when the entry was changed since the draft was begun:
    `entry_version`), ValidationFailed (no answer yet) and what `changes.check` raises.
    """
    await repository.one_writer(tx)
    entry = await repository.with_questions(tx, key, lock=True)
    draft = await _locked(tx, key, version)
    own = draft.author_id == staff.id and not staff.role.covers(Role.ADMIN)
    if draft.state == "in_review" and own:
        raise OwnDraft
    content = _whole(draft)
    by = By(staff.id, note)
    if entry is None:
        entry = await changes.add(tx, key, content, by)
    else:
        if draft.base_version != entry.version:
            raise Conflict(version=draft.version, entry_version=entry.version)
        await changes.change(tx, entry, content, by)
    await tx.delete(draft)
    await tx.flush()
    return entry


def _new(key: str, content: EntryContent, staff_id: UUID | None, source: Source) -> KnowledgeDraft:
    return KnowledgeDraft(
        id=new_id(),
        key=key,
        content=stored(content),
        source=source,
        author_id=staff_id,
        created_at=now(),
        updated_at=now(),
    )


def _whole(draft: KnowledgeDraft) -> EntryContent:
    """What the draft says; one that was made of a cluster may have no answer yet."""
    try:
        return EntryContent.model_validate(draft.content)
    except ValidationError as error:
        fields = [
            {"field": ".".join(map(str, each["loc"])), "problem": each["type"]}
            for each in error.errors()
        ]
        raise ValidationFailed(fields=fields) from None


async def _locked(tx: Transaction, key: str, version: int) -> KnowledgeDraft:
    draft = await repository.draft(tx, key, lock=True)
    if draft is None:
        raise NoDraft
    _same_version(draft, version)
    return draft


def _same_version(draft: KnowledgeDraft, version: int | None) -> None:
    if version != draft.version:
        raise Conflict(version=draft.version)


def _touch(draft: KnowledgeDraft, state: str) -> None:
    draft.state, draft.updated_at = state, now()
    draft.version += 1


def _event(
    tx: Transaction, staff: SignedIn, key: str, action: str, before: JsonObject, after: JsonObject
) -> None:
    event = LearningEvent(
        id=new_id(),
        kind="knowledge",
        subject=key,
        action=action,
        before=before,
        after=after,
        staff_id=staff.id,
        created_at=now(),
    )
    tx.add(event)
