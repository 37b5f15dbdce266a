"""Takes a file in: all of it in one transaction, or nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, tuple_, update

from api.db import Database, Transaction
from api.events import ALL, Event
from api.ids import now
from api.knowledge import changes, repository, similar
from api.knowledge.changes import By
from api.knowledge.content import content_of
from api.knowledge.transfer.checking import Plan, State, Step, near_ones, plan_of, questions_of
from api.knowledge.transfer.reading import read_file
from api.knowledge.transfer.shapes import Report, Table
from api.models import (
    Attachment,
    KnowledgeDraft,
    KnowledgeEntry,
    KnowledgeImport,
    KnowledgeVersion,
    Staff,
)
from api.search import service as search
from classifier.likeness import Vectors, digest_of, vectors_of

Tell = Callable[[int, int], Awaitable[None]]
"""Told `(done, rows)` from time to time."""
_AT_ONCE = 64
_TELL_SECONDS = 0.5
_READ, _KNOWN = 0.05, 0.7
"""Shares of the whole once the file is read, and once its questions are."""


@dataclass(slots=True)
class Progress:
    """Says how far an import is, at most twice a second: `done` of `rows`."""

    database: Database
    import_id: UUID
    tell: Tell | None = None
    rows: int = 0
    told_at: float = 0.0

    async def at(self, share: float) -> None:
        """The import is done to `share`, 0–1."""
        if time.monotonic() - self.told_at < _TELL_SECONDS and share < 1:
            return
        self.told_at = time.monotonic()
        done = int(share * self.rows)
        async with self.database.transaction() as tx:
            query = update(KnowledgeImport).where(KnowledgeImport.id == self.import_id)
            await tx.execute(query.values(rows=self.rows, done=done))
            data = {"id": str(self.import_id), "done": str(done), "rows": str(self.rows)}
            tx.emit(Event("import", ALL, data))
        if self.tell is not None:
            await self.tell(done, self.rows)


async def run(database: Database, import_id: UUID, tell: Tell | None = None) -> Report:
    """Check an import and, unless it is a dry run, take it in; its report, which is kept.

    Run once more after a crash it does what is left: everything or nothing.
    """
    async with database.transaction() as tx:
        found = await tx.get(KnowledgeImport, import_id)
        if found is None or found.content is None:
            return Report.model_validate(found.report) if found else Report()
        found.state = "running"
        filename, content = found.filename, found.content
        staff_id, dry_run = found.staff_id, found.dry_run
    progress = Progress(database, import_id, tell)
    table = await asyncio.to_thread(read_file, filename, content)
    progress.rows = len(table.rows)
    await progress.at(_READ)
    async with database.transaction() as tx:
        state = await read_state(tx)
    plan = await asyncio.to_thread(plan_of, table, state)
    vectors: Mapping[bytes, Vectors] = {}
    if not plan.refused:
        vectors = await _add_warnings(database, plan, state, progress)
    if not dry_run and not plan.refused:
        return await _take_in(database, progress, table, plan, By(staff_id, "import"), vectors)
    async with database.transaction() as tx:
        return await _end(tx, import_id, plan)


async def read_state(tx: Transaction) -> State:
    """The knowledge base as it is."""
    entries = await repository.everything(tx)
    staff = await tx.execute(select(Staff.username, Staff.id).where(Staff.active))
    new = select(KnowledgeDraft.key).where(KnowledgeDraft.entry_id.is_(None))
    return State(
        {entry.key: content_of(entry) for entry in entries},
        {row.username: row.id for row in staff},
        frozenset(await tx.scalars(new)),
        frozenset(await tx.scalars(select(Attachment.id).where(Attachment.knowledge))),
    )


async def _add_warnings(
    database: Database, plan: Plan, state: State, progress: Progress
) -> Mapping[bytes, Vectors]:
    """Add what the questions are nearly like; the vectors of those that had none."""
    fresh, every = questions_of(plan, state)
    if not fresh:
        return {}
    async with database.transaction() as tx:
        vectors, missing = await similar.vectors_for(tx, every)
    reckoned: dict[bytes, Vectors] = {}
    for start in range(0, len(missing), _AT_ONCE):
        some = missing[start : start + _AT_ONCE]
        found = await asyncio.to_thread(vectors_of, some)
        vectors |= dict(zip(some, found, strict=True))
        reckoned |= {digest_of(text): vectors[text] for text in some}
        await progress.at(_READ + (_KNOWN - _READ) * start / len(missing))
    plan.problems += await asyncio.to_thread(near_ones, plan, state, vectors)
    return reckoned


async def _take_in(
    database: Database,
    progress: Progress,
    table: Table,
    plan: Plan,
    by: By,
    vectors: Mapping[bytes, Vectors],
) -> Report:
    warnings = [each for each in plan.problems if each.code == "near"]
    async with database.transaction() as tx:
        await repository.one_writer(tx)
        again = await asyncio.to_thread(plan_of, table, await read_state(tx))
        again.problems += warnings
        if not again.refused:
            await _write(tx, again.steps, by, progress)
            await similar.store(tx, vectors)
        return await _end(tx, progress.import_id, again)


async def _write(tx: Transaction, steps: Sequence[Step], by: By, progress: Progress) -> None:
    existing = [step.key for step in steps if step.before is not None]
    entries = await repository.all_with_questions(tx, existing)
    await _keep_first(tx, steps, entries)
    for step in steps:
        entry = entries.get(step.key)
        if entry is None:
            entries[step.key] = entry = changes.new_entry(step.key, step.after, by)
            tx.add(entry)
        else:
            changes.write(entry, step.after, by)
    await tx.flush()
    for number, step in enumerate(steps):
        entry = entries[step.key]
        changes.note_version(tx, entry, content_of(entry), by)
        await search.touch_knowledge(tx, entry)
        await progress.at(_KNOWN + (1 - _KNOWN) * number / len(steps) * 0.99)


async def _keep_first(
    tx: Transaction, steps: Sequence[Step], entries: Mapping[str, KnowledgeEntry]
) -> None:
    """What the entries say before their first change since versions are kept."""
    version = KnowledgeVersion
    now_at = [(entry.id, entry.version) for entry in entries.values()]
    query = select(version.entry_id).where(tuple_(version.entry_id, version.version).in_(now_at))
    kept = set(await tx.scalars(query)) if now_at else set()
    for step in steps:
        entry = entries.get(step.key)
        if entry is not None and step.before is not None and entry.id not in kept:
            first = changes.note_version(tx, entry, step.before, By(entry.updated_by))
            first.created_at = entry.updated_at


async def _end(tx: Transaction, import_id: UUID, plan: Plan) -> Report:
    """Keep what came of it; the file is not needed any more."""
    counts = {"rows": plan.rows}
    if not plan.refused:
        counts |= {
            "added": plan.added,
            "changed": len(plan.steps) - plan.added,
            "unchanged": plan.unchanged,
        }
    report = Report.of(plan.problems, **counts)
    found = await tx.get(KnowledgeImport, import_id, with_for_update=True, populate_existing=True)
    if found is not None:
        found.state, found.ended_at, found.content = "done", now(), None
        found.rows = found.done = plan.rows
        found.report = report.model_dump(mode="json")
        data = {"id": str(import_id), "done": str(plan.rows), "rows": str(plan.rows)}
        tx.emit(Event("import", ALL, data))
    return report
