"""Fills an empty knowledge base with the bundled entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select

from api.db import Transaction
from api.ids import new_id, now
from api.knowledge import repository
from api.models import KnowledgeEntry, KnowledgeQuestion
from api.search import service as search


def read_topics(folder: Path) -> list[dict[str, Any]]:
    """The bundled entries in `folder/*.yml` (docs/architecture.md §7)."""
    paths = sorted(folder.glob("*.yml"))
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths]


async def seed(tx: Transaction, topics: Sequence[dict[str, Any]]) -> int:
    """Fill an empty knowledge base; returns the number of new entries.

    Entries from before tasks were known get theirs; nothing else of them changes. The first version
    of an entry is kept with its first change.
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


async def _add_tasks(tx: Transaction, topics: Sequence[dict[str, Any]]) -> None:
    tasks = {
        raw["key"]: raw["task"] for topic in topics for raw in topic["entries"] if "task" in raw
    }
    for key, entry in (await repository.by_keys(tx, tasks)).items():
        entry.task = entry.task or tasks[key]
