"""Writes and reads the files of `fenzhen export` and `fenzhen import`.

A workbook, a CSV or a YAML file holds the entries of the knowledge base; a folder holds them as
`knowledge.yml` beside the lines of intents and labelled requests (`api.learning.material`).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from api.db import Database
from api.knowledge.transfer import running, service
from api.knowledge.transfer.shapes import Format, Report
from api.knowledge.transfer.writing import every_row, written
from api.learning.material import transfer as material
from api.settings import Settings
from cli import texts
from cli.errors import Refused
from cli.learning.bar import Follow
from cli.learning.desk import opened

FORMATS: Mapping[str, Format] = {".xlsx": "xlsx", ".csv": "csv", ".yml": "yaml", ".yaml": "yaml"}
KNOWLEDGE = "knowledge.yml"
_LINES_ONLY = frozenset({".tsv", ".txt"})
_ENTRIES = re.compile(r"^[-\s]*intent:\s*[\"']?faq/", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Exported:
    """How many entries were written, and lines by kind."""

    entries: int
    lines: Mapping[str, int]


@dataclass(slots=True)
class TakenIn:
    """What came of each file of entries, by its name, and of the lines."""

    entries: dict[str, Report] = field(default_factory=dict)
    lines: material.Report | None = None

    @property
    def refused(self) -> bool:
        """Whether anything was wrong: nothing at all was taken in then."""
        wrong = self.lines is not None and bool(self.lines.problems)
        return wrong or any(report.refused for report in self.entries.values())


async def export(settings: Settings, path: Path) -> Exported:
    """Write a file of entries, or a folder with everything; `Refused` for an unknown ending."""
    kind = FORMATS.get(path.suffix.lower())
    if kind is None and path.suffix:
        raise Refused(texts.TRANSFER_FORMAT.fill(path=path))
    async with opened(settings) as database, database.transaction() as tx:
        rows = await every_row(tx)
        if kind is not None:
            lines: Mapping[str, int] = {}
        else:
            lines = await material.export(tx, path)
    content = await asyncio.to_thread(written, rows, kind or "yaml")
    await asyncio.to_thread((path if kind else path / KNOWLEDGE).write_bytes, content)
    return Exported(len(rows), lines)


async def take_in(settings: Settings, path: Path, follow: Follow, *, dry_run: bool) -> TakenIn:
    """Take a file or a folder in: all of it or nothing; in a dry run nothing.

    `Refused` for a file that is not there.
    """
    entries, lines = await asyncio.to_thread(parts_of, path)
    taken = TakenIn()
    async with opened(settings) as database:
        if lines:
            taken.lines = await _lines(database, lines, dry_run=True)
        if dry_run or len(entries) > 1 or lines:
            for file in entries:
                taken.entries[file.name] = await _entries(database, file, follow, dry_run=True)
        if dry_run or taken.refused:
            return taken
        for file in entries:
            taken.entries[file.name] = await _entries(database, file, follow, dry_run=False)
        if lines and not taken.refused:
            taken.lines = await _lines(database, lines, dry_run=False)
    return taken


def parts_of(path: Path) -> tuple[list[Path], list[Path]]:
    """Which files hold entries of the knowledge base, and which are read for lines."""
    if not path.exists():
        raise Refused(texts.FILE_MISSING.fill(path=path))
    files = sorted(each for each in path.iterdir() if each.is_file()) if path.is_dir() else [path]
    known = [each for each in files if each.suffix.lower() in FORMATS.keys() | _LINES_ONLY]
    if not known:
        raise Refused(texts.TRANSFER_FORMAT.fill(path=path))
    entries = [each for each in known if _holds_entries(each)]
    text = _LINES_ONLY | {".yml", ".yaml"}
    lines = [each for each in known if each.suffix.lower() in text]
    if not path.is_dir() and entries:  # a file of Rasa may hold both, ours holds entries alone
        lines = [each for each in lines if _holds_lines(each)]
    return entries, lines


def _holds_entries(path: Path) -> bool:
    kind = FORMATS.get(path.suffix.lower())
    if kind == "yaml":
        return _ENTRIES.search(path.read_text("utf-8", errors="replace")) is not None
    return kind is not None


def _holds_lines(path: Path) -> bool:
    text = path.read_text("utf-8", errors="replace")
    return len(re.findall(r"^[-\s]*(?:intent|synonym):", text, re.MULTILINE)) > len(
        _ENTRIES.findall(text)
    )


async def _entries(database: Database, path: Path, follow: Follow, *, dry_run: bool) -> Report:
    content = await asyncio.to_thread(path.read_bytes)

    async def tell(done: int, rows: int) -> None:
        follow(done / rows if rows else 0.0, path.name)

    async with database.transaction() as tx:
        begun = await service.begin(tx, path.name, content, dry_run=dry_run, staff_id=None)
    report = await running.run(database, begun.id, tell)
    follow(1.0, path.name)
    return report


async def _lines(database: Database, paths: Sequence[Path], *, dry_run: bool) -> material.Report:
    async with database.transaction() as tx:
        return await material.take_in(tx, None, paths, dry_run=dry_run)
