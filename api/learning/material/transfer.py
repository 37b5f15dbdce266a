"""Lines as files, so that they can live in git: Rasa YAML for intents, TSV for labelled requests.

`export` writes a folder, `take_in` reads files of it or others of that form. Taking in only adds:
what is there is left as it is, and a line that cannot be stops the whole of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sqlalchemy import select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.ids import now
from api.learning.material import adding, files, history
from api.learning.material.adding import Outcome
from api.learning.material.bundle import intent_kinds
from api.learning.material.files import Found
from api.learning.material.names import OwnKind, response_of
from api.learning.material.seeding import LOCK
from api.learning.material.texts import KINDS, Kind
from api.models import Intent, ResponseText, TrainingLine

_AT_ONCE = 2_000
"""Lines that are added with one look at what is there."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be; `code` is explained in api/i18n (`line_problem`), `row` counts from 1,
    `label` is what the text is learned as already, `detail` what a reader said."""

    file: str
    row: int | None
    code: str
    text: str = ""
    label: str | None = None
    detail: str = ""


@dataclass(slots=True)
class Report:
    """What taking files in does, or would do. With problems nothing is taken in."""

    rows: int = 0
    added: dict[str, int] = field(default_factory=dict)
    """New lines by kind; `own_intent` are intents."""
    known: int = 0
    problems: list[Problem] = field(default_factory=list)


async def export(tx: Transaction, folder: Path) -> dict[str, int]:
    """Write all active lines and the intents of one's own; gives the number of lines by kind.

    The lines of a label stand in the order in which they were added.
    """
    query = select(TrainingLine).where(TrainingLine.state == "active").order_by(TrainingLine.id)
    rows = (await tx.scalars(query)).all()
    of: dict[Kind, list[TrainingLine]] = {
        kind: [row for row in rows if row.kind == kind] for kind in KINDS
    }
    await asyncio.to_thread(files.write, folder, of, await _own(tx))
    return {kind: len(found) for kind, found in of.items()}


async def take_in(
    tx: Transaction, staff: SignedIn | None, paths: Sequence[Path], *, dry_run: bool = False
) -> Report:
    """Read files (folders: the files in them) and add what they have.

    All or nothing: with a problem, and in a dry run, `tx` is as it was. Entries of the knowledge
    base in Rasa files (`faq/…`) are left to its own import.
    """
    report = Report()
    found: list[Found] = []
    own: list[files.OwnIntentFile] = []
    for path in files.files_of(paths):
        try:
            more, intents = files.read(path)
        except files.Unreadable as problem:
            report.problems.append(Problem(path.name, None, problem.code, detail=str(problem)))
            continue
        found += more
        own += intents
    report.rows = len(found)
    savepoint = await tx.begin_nested()
    await _add_own(tx, staff, own, report)
    for kind in KINDS:
        lines = [line for line in found if line.kind == kind]
        for start in range(0, len(lines), _AT_ONCE):
            await _add(tx, staff, kind, lines[start : start + _AT_ONCE], report)
    if report.problems or dry_run:
        await savepoint.rollback()
    else:
        await savepoint.commit()
    return report


async def _add(
    tx: Transaction, staff: SignedIn | None, kind: Kind, lines: Sequence[Found], report: Report
) -> None:
    wanted = [adding.Wanted(line.text, line.label, line.labels) for line in lines]
    outcome: Outcome = await adding.add(tx, staff, kind, wanted, source="import")
    if outcome.added:
        report.added[kind] = report.added.get(kind, 0) + len(outcome.added)
    report.known += len(outcome.known)
    for refused in outcome.refused:
        line = lines[refused.index]
        report.problems.append(Problem(line.file, line.row, refused.code, line.text, refused.label))


async def _own(tx: Transaction) -> list[files.OwnIntentFile]:
    bundled = intent_kinds()
    rows = (await tx.scalars(select(Intent).order_by(Intent.name))).all()
    texts = {row.key: row.texts for row in (await tx.scalars(select(ResponseText))).all()}
    return [
        files.OwnIntentFile(
            row.name,
            cast("OwnKind", row.kind),
            row.title,
            row.description,
            tuple(texts.get(response_of(row.name), ())),
        )
        for row in rows
        if row.name not in bundled
    ]


async def _add_own(
    tx: Transaction,
    staff: SignedIn | None,
    own: Sequence[files.OwnIntentFile],
    report: Report,
) -> None:
    """Intents of one's own that are not there yet."""
    await serialise(tx, LOCK)
    known = set((await tx.scalars(select(Intent.name))).all())
    for intent in own:
        if intent.name in known:
            continue
        at = now()
        about = {"title": intent.title, "description": intent.description, "kind": intent.kind}
        history.note(tx, "intent", intent.name, "added", {}, {**about, "active": True}, staff)
        tx.add(
            Intent(
                name=intent.name,
                title=intent.title,
                description=intent.description,
                kind=intent.kind,
                active=True,
                created_at=at,
                updated_at=at,
            )
        )
        if intent.texts:
            tx.add(
                ResponseText(key=response_of(intent.name), texts=list(intent.texts), updated_at=at)
            )
        report.added["own_intent"] = report.added.get("own_intent", 0) + 1
    await tx.flush()
