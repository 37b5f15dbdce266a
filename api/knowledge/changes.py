"""Writes entries of the knowledge base: each change is checked, live at once, and a version.

Nothing here commits. Who calls `change` or `add` has taken `repository.one_writer` first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from api.db import Transaction
from api.errors import KeyTaken, QuestionConflict, UnknownPicture, UnknownStaff, ValidationFailed
from api.i18n import texts
from api.ids import new_id, now
from api.knowledge import repository
from api.knowledge.content import EntryContent, changes, content_of, pictures_of, stored
from api.models import Attachment, KnowledgeEntry, KnowledgeQuestion, KnowledgeVersion, Staff
from api.search import service as search
from classifier.labels import LABELS
from classifier.likeness import spelling

_MOST_CONFLICTS = 20
"""How many are named in an answer."""


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, and why; None: the desk itself."""

    staff_id: UUID | None
    note: str | None = None


async def add(tx: Transaction, key: str, content: EntryContent, by: By) -> KnowledgeEntry:
    """A new entry, live at once.

    Raises KeyTaken and what `check` raises.
    """
    if key in await repository.by_keys(tx, [key]):
        raise KeyTaken(key=key)
    await check(tx, key, None, content)
    entry = new_entry(key, content, by)
    tx.add(entry)
    await tx.flush()
    note_version(tx, entry, content, by)
    await search.touch_knowledge(tx, entry)
    return entry


async def change(tx: Transaction, entry: KnowledgeEntry, content: EntryContent, by: By) -> bool:
    """Let a locked entry say `content` from the commit on; whether that is anything new.

    Raises what `check` raises.
    """
    before = content_of(entry)
    if not changes(before, content):
        return False
    await check(tx, entry.key, before, content)
    await keep_first(tx, entry, before)
    write(entry, content, by)
    await tx.flush()
    note_version(tx, entry, content_of(entry), by)
    await search.touch_knowledge(tx, entry)
    return True


async def check(
    tx: Transaction, key: str, before: EntryContent | None, after: EntryContent
) -> None:
    """Whether an entry may say `after`; what it said before is not looked at again.

    Raises ValidationFailed (category, task), UnknownStaff, UnknownPicture, QuestionConflict.
    """
    if (before is None or after.category != before.category) and not is_category(after.category):
        raise ValidationFailed(fields=[{"field": "body.category", "problem": "unknown"}])
    if after.task and (before is None or after.task != before.task) and not is_task(after.task):
        raise ValidationFailed(fields=[{"field": "body.task", "problem": "unknown"}])
    if after.owner_id and (before is None or after.owner_id != before.owner_id):
        owner = await tx.get(Staff, after.owner_id)
        if owner is None or not owner.active:
            raise UnknownStaff
    await _check_pictures(tx, before, after)
    if after.active:
        known = await repository.active_texts(tx)
        if found := conflicts(key, before, after, known):
            raise QuestionConflict(conflicts=found[:_MOST_CONFLICTS])


def conflicts(
    key: str,
    before: EntryContent | None,
    after: EntryContent,
    known: Sequence[tuple[str, str, str]],
) -> list[dict[str, str]]:
    """Questions that `after` brings and another entry has: `{text, key, question}` of the other.

    `known` is what `repository.active_texts` gives.
    """
    fresh = {spelling(text): text for text in new_texts(before, after)}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for text, other, question in known if fresh else ():
        own = fresh.get(spelling(text))
        if other != key and own is not None:
            found.setdefault((own, other), {"text": own, "key": other, "question": question})
    return list(found.values())


def new_texts(before: EntryContent | None, after: EntryContent) -> list[str]:
    """The questions that were not asked of this entry before; all when it was not in use."""
    if before is None or not before.active:
        return after.texts
    had = set(before.texts)
    return [text for text in after.texts if text not in had]


def new_entry(key: str, content: EntryContent, by: By) -> KnowledgeEntry:
    """The row of a new entry; its version is 1."""
    entry = KnowledgeEntry(id=new_id(), key=key, version=0, questions=[], created_at=now())
    write(entry, content, by)
    return entry


def write(entry: KnowledgeEntry, content: EntryContent, by: By) -> None:
    """Set everything an entry says; a version more."""
    wanted = stored(content)
    for name in ("category", "question", "answer", "task", "active"):
        setattr(entry, name, wanted[name])
    entry.buttons, entry.variants = wanted["buttons"], wanted["variants"]
    entry.valid_from, entry.valid_to = content.valid_from, content.valid_to
    entry.owner_id, entry.review_on = content.owner_id, content.review_on
    kept = [each for each in entry.questions if each.text in content.questions]
    had = {each.text for each in kept}
    fresh = [KnowledgeQuestion(id=new_id(), text=t) for t in content.questions if t not in had]
    entry.questions = [*kept, *fresh]
    entry.version += 1
    entry.updated_at, entry.updated_by = now(), by.staff_id


async def keep_first(tx: Transaction, entry: KnowledgeEntry, content: EntryContent) -> None:
    """Keep what an entry says before its first change since versions are kept."""
    if await repository.version(tx, entry.id, entry.version) is None:
        first = By(entry.updated_by)
        note_version(tx, entry, content, first).created_at = entry.updated_at


def note_version(
    tx: Transaction, entry: KnowledgeEntry, content: EntryContent, by: By
) -> KnowledgeVersion:
    """Keep what an entry says as its version of now."""
    kept = KnowledgeVersion(
        id=new_id(),
        entry_id=entry.id,
        version=entry.version,
        content=stored(content),
        note=by.note,
        staff_id=by.staff_id,
        created_at=now(),
    )
    tx.add(kept)
    return kept


async def free_key(tx: Transaction, content: EntryContent) -> str:
    """A key nobody has, made of category and question."""
    wanted = key_for(content)
    return wanted if not await repository.known_keys(tx, [wanted]) else f"faq_{new_id().hex[-12:]}"


def key_for(content: EntryContent) -> str:
    """The same for the same category and question."""
    digest = hashlib.sha256(spelling(content.question).encode()).hexdigest()
    return f"{content.category}_{digest[:10]}"


def is_category(key: str) -> bool:
    """Whether requests are sorted by this category (norms §1)."""
    return key in LABELS["category"]


def is_task(name: str) -> bool:
    """Whether the bot knows a task or intent of this name."""
    return f"intent.{name}" in texts("zh")


async def _check_pictures(
    tx: Transaction, before: EntryContent | None, after: EntryContent
) -> None:
    shown = pictures_of(after) - pictures_of(before)
    if not shown:
        return
    query = select(Attachment.id).where(Attachment.id.in_(shown), Attachment.knowledge)
    if missing := shown - set(await tx.scalars(query)):
        raise UnknownPicture(ids=sorted(map(str, missing)))
