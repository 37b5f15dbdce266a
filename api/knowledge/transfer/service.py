"""Imports: begun, followed, and what became of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.attachments.names import clean_name
from api.db import Database, Transaction
from api.errors import EmptyFile, FileTooLarge, NotFound
from api.events import ALL, Event
from api.i18n import say
from api.ids import new_id, now
from api.jobs import KNOWLEDGE_IMPORT, JobQueue
from api.knowledge.transfer.shapes import MOST_BYTES, Level, Problem, Report
from api.knowledge.transfer.words import head_of
from api.learning.runs.children import child
from api.models import KnowledgeImport
from api.settings import Settings
from classifier.labels import LABELS, label_name


class ProblemOut(BaseModel):
    """Something in the file. `row` as a spreadsheet counts (the head is 1); 0: the whole file."""

    row: int
    column: str | None
    code: str
    level: Level
    """With an error nothing is taken in."""
    message: str


class ReportOut(BaseModel):
    """What an import did, or, of a dry run, would do. `more` problems are not listed."""

    rows: int
    added: int
    changed: int
    unchanged: int
    problems: list[ProblemOut]
    more: int
    refused: bool


class ImportOut(BaseModel):
    """An import; `done` of `rows` while it is `running`, its report once it is `done`."""

    id: UUID
    filename: str
    dry_run: bool
    state: str
    """`queued`, `running`, `done` or `failed`."""
    rows: int
    done: int
    report: ReportOut | None
    created_at: datetime
    ended_at: datetime | None


async def begin(
    tx: Transaction, filename: str, content: bytes, *, dry_run: bool, staff_id: UUID | None
) -> KnowledgeImport:
    """Keep a file to be taken in. Raises EmptyFile and FileTooLarge."""
    if not content:
        raise EmptyFile
    if len(content) > MOST_BYTES:
        raise FileTooLarge(largest_bytes=MOST_BYTES)
    found = KnowledgeImport(
        id=new_id(),
        filename=clean_name(filename),
        content=content,
        dry_run=dry_run,
        staff_id=staff_id,
        created_at=now(),
    )
    tx.add(found)
    await tx.flush()
    return found


async def defer(tx: Transaction, queue: JobQueue, found: KnowledgeImport) -> None:
    """Let a worker take it in after the commit."""
    await queue.defer_learning(tx, KNOWLEDGE_IMPORT, "knowledge", import_id=str(found.id))


async def carry_out(settings: Settings, database: Database, import_id: UUID) -> None:
    """Take an import in, in a process of its own; note it when that fails."""
    async with child(settings, "api.knowledge.transfer", str(import_id)) as process:
        code = await process.wait()
    if code:
        async with database.transaction() as tx:
            await give_up(tx, import_id)


async def give_up(tx: Transaction, import_id: UUID) -> None:
    """Nothing came of it: it is to be sent again."""
    found = await tx.get(KnowledgeImport, import_id, with_for_update=True)
    if found is not None and found.state != "done":
        found.state, found.ended_at, found.content = "failed", now(), None
        data = {"id": str(import_id), "done": str(found.done), "rows": str(found.rows)}
        tx.emit(Event("import", ALL, data))


async def out(tx: Transaction, import_id: UUID, language: str) -> ImportOut:
    """An import as staff see it; raises NotFound."""
    found = await tx.get(KnowledgeImport, import_id)
    if found is None:
        raise NotFound
    report = Report.model_validate(found.report) if found.state == "done" else None
    return ImportOut(
        id=found.id,
        filename=found.filename,
        dry_run=found.dry_run,
        state=found.state,
        rows=found.rows,
        done=found.done,
        report=shown(report, language) if report else None,
        created_at=found.created_at,
        ended_at=found.ended_at,
    )


def shown(report: Report, language: str) -> ReportOut:
    """A report with the sentences of its problems."""
    return ReportOut(
        **report.model_dump(exclude={"problems"}),
        problems=[_problem(each, language) for each in report.problems],
        refused=report.refused,
    )


def _problem(problem: Problem, language: str) -> ProblemOut:
    column = head_of(problem.column or "", language)
    values = dict(problem.values)
    if problem.code == "guessed_category":
        values["value"] = label_name("category", str(values["value"]), language)
    if problem.code == "unknown_category":
        names = (label_name("category", key, language) for key in LABELS["category"])
        values["known"] = " / ".join(names)
    message = say(f"import.{problem.code}", language, column=column, **values)
    return ProblemOut(**problem.model_dump(exclude={"values"}), message=message)
