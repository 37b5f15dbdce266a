"""The knowledge base: look-up for the bot, editing for staff, seeding from files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import func, select

from api.conversations.views import labelled
from api.db import Transaction
from api.errors import Conflict, NotFound
from api.ids import new_id, now
from api.knowledge import repository
from api.knowledge.schemas import FoundEntry, KnowledgeChange, KnowledgeEntryOut
from api.models import KnowledgeEntry, KnowledgeQuestion
from api.search import service as search


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


async def lookup(tx: Transaction, keys: Sequence[str]) -> list[FoundEntry]:
    """Active entries in the order of `keys`."""
    entries = await repository.by_keys(tx, keys)
    return [
        FoundEntry.model_validate(entries[key], from_attributes=True)
        for key in keys
        if key in entries and entries[key].active
    ]


async def listing(
    tx: Transaction, text: str | None, category: str | None
) -> list[KnowledgeEntryOut]:
    """Entries by category and key."""
    return [_out(entry) for entry in await repository.listing(tx, text, category)]


async def change(
    tx: Transaction, key: str, wanted: KnowledgeChange, staff_id: UUID
) -> KnowledgeEntryOut:
    """Edit an entry; the answer is live with the commit.

    Raises NotFound, and Conflict when somebody else changed it since it was read.
    """
    entry = await repository.with_questions(tx, key)
    if entry is None:
        raise NotFound
    if wanted.version is not None and wanted.version != entry.version:
        raise Conflict(version=entry.version)
    entry.answer = wanted.answer
    entry.question = wanted.question or entry.question
    entry.active = entry.active if wanted.active is None else wanted.active
    entry.version += 1
    entry.updated_at = now()
    entry.updated_by = staff_id
    await search.touch_knowledge(tx, entry)
    await tx.flush()
    return _out(entry)


def read_topics(folder: Path) -> list[dict[str, Any]]:
    """The bundled entries in `folder/*.yml` (docs/architecture.md §7)."""
    paths = sorted(folder.glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


async def seed(tx: Transaction, topics: Sequence[dict[str, Any]]) -> int:
    """Fill an empty knowledge base; returns the number of new entries.

    Entries from before tasks were known get theirs; nothing else of them changes.
    """
    if await tx.scalar(select(func.count()).select_from(KnowledgeEntry)):
        await _add_tasks(tx, topics)
        return 0
    count = 0
    for topic in topics:
        for raw in topic["entries"]:
            entry = KnowledgeEntry(
                id=new_id(),
                key=raw["key"],
                category=topic["category"],
                question=raw["question"],
                answer=raw["answer"].strip(),
                task=raw.get("task"),
                updated_at=now(),
                questions=[
                    KnowledgeQuestion(id=new_id(), text=text)
                    for text in dict.fromkeys(map(str, raw["questions"]))
                ],
            )
            tx.add(entry)
            await search.touch_knowledge(tx, entry)
            count += 1
    return count


async def training_entries(tx: Transaction) -> list[TrainingEntry]:
    """All active entries as the bot learns them, in a fixed order."""
    return [
        TrainingEntry(
            entry.key,
            entry.question,
            tuple(question.text for question in entry.questions),
            entry.answer,
            entry.task,
        )
        for entry in await repository.listing(tx)
        if entry.active
    ]


async def _add_tasks(tx: Transaction, topics: Sequence[dict[str, Any]]) -> None:
    tasks = {
        raw["key"]: raw["task"] for topic in topics for raw in topic["entries"] if "task" in raw
    }
    for key, entry in (await repository.by_keys(tx, tasks)).items():
        entry.task = entry.task or tasks[key]


def _out(entry: KnowledgeEntry) -> KnowledgeEntryOut:
    return KnowledgeEntryOut(
        key=entry.key,
        category=labelled("category", entry.category),
        question=entry.question,
        answer=entry.answer,
        questions=[question.text for question in entry.questions],
        task=entry.task,
        active=entry.active,
        version=entry.version,
        updated_at=entry.updated_at,
    )
