"""Reads labelled tab-separated files and says in one line what is wrong with a bad one."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from classifier.cleaning import Entry, Faults, Report, describe, find_faults, shortened
from classifier.labels import LABELS, OPEN_TARGETS, TARGETS

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class DataError(ValueError):
    """A data file cannot be used; the message names the file and, where it can, the line."""


@dataclass(frozen=True)
class Labelled:
    """Texts and their labels, side by side."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class TriageRows:
    """Texts with their labels by target; an empty label means that nobody has given one."""

    texts: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]

    def labelled(self, target: str) -> list[int]:
        """Rows that have a label for `target`."""
        return [row for row, label in enumerate(self.labels[target]) if label]


@dataclass(frozen=True)
class Line:
    """One line of a table: its number in the file, and its cells by column."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Table:
    """A read file: the columns of its header, its lines, and the numbers of empty lines."""

    path: Path
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    blank: tuple[int, ...]

    def need(self, *columns: str) -> None:
        """Raises `DataError` naming every line where one of `columns` is empty."""
        for column in columns:
            empty = [str(line.number) for line in self.lines if not line.cells[column].strip()]
            if empty:
                others = f" (and lines {shortened(empty[1:])})" if empty[1:] else ""
                raise DataError(f"{self.path}:{empty[0]}: column {column!r} is empty{others}")


def read_labelled(path: Path, text: str, label: str) -> Labelled:
    """Read the columns `text` and `label` of a TSV file with a header line.

    Cells may be quoted as spreadsheet programs do it. Raises `DataError`.
    """
    table = read_table(path, (text, label))
    table.need(text, label)
    return Labelled(
        tuple(line.cells[text] for line in table.lines),
        tuple(line.cells[label].strip() for line in table.lines),
    )


def read_clean(
    path: Path,
    text: str,
    label: str,
    *,
    strict: bool = False,
) -> tuple[Labelled, Report]:
    """`read_labelled` without repeated lines, and what was left out.

    Lines of one text with two labels are all left out, or with `strict` refused. Raises
    `DataError`.
    """
    table = read_table(path, (text, label))
    table.need(text, label)
    entries = [
        Entry(f"{path}:{line.number}", line.cells[text], (line.cells[label].strip(),))
        for line in table.lines
    ]
    faults = _faults(entries, strict)
    left_out = faults.left_out()
    kept = [entry for row, entry in enumerate(entries) if row not in left_out]
    report = _report(entries, faults, table)
    return (
        Labelled(tuple(e.text for e in kept), tuple(e.labels[0] for e in kept)),
        report,
    )


def read_clean_triage(paths: Sequence[Path], *, strict: bool = False) -> tuple[TriageRows, Report]:
    """`read_triage` cleaned as `read_clean` does it. Raises `DataError`."""
    rows = read_triage(paths)
    entries = []
    tables = [read_table(path, ("text", *TARGETS)) for path in paths]
    for table in tables:
        for line in table.lines:
            labels = tuple(line.cells[target].strip() for target in TARGETS)
            entries.append(Entry(f"{table.path}:{line.number}", line.cells["text"], labels))
    faults = _faults(entries, strict)
    left_out = faults.left_out()
    kept = [row for row in range(len(rows.texts)) if row not in left_out]
    cleaned = TriageRows(
        tuple(rows.texts[row] for row in kept),
        {target: tuple(given[row] for row in kept) for target, given in rows.labels.items()},
    )
    return cleaned, _report(entries, faults, *tables)


def write_table(path: Path, columns: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Write a file that `read_table` reads back word for word."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(lines)


def _faults(entries: Sequence[Entry], strict: bool) -> Faults:
    faults = find_faults(entries)
    if faults.contradictions and strict:
        told = describe(entries, faults.contradictions)
        raise DataError(f"the same text has different labels: {told}")
    if len(faults.left_out()) == len(entries):
        raise DataError("no line is left to use")
    return faults


def _report(entries: Sequence[Entry], faults: Faults, *tables: Table) -> Report:
    return Report(
        duplicates=tuple(entries[row].place for row in faults.duplicates),
        contradictions=tuple(entries[r].place for group in faults.contradictions for r in group),
        blank=tuple(f"{table.path}:{number}" for table in tables for number in table.blank),
    )


def read_triage(paths: Sequence[Path]) -> TriageRows:
    """Read the desk's own labelled requests: `text` and the six targets (norms §1).

    A row may leave labels empty (a question whose category alone is known); it takes part only in
    what it is labelled for. Raises `DataError`.
    """
    if not paths:
        raise DataError("no data files given")
    texts: list[str] = []
    labels: dict[str, list[str]] = {target: [] for target in TARGETS}
    for path in paths:
        table = read_table(path, ("text", *TARGETS))
        table.need("text")
        for line in table.lines:
            texts.append(line.cells["text"])
            for target in TARGETS:
                labels[target].append(_checked(target, line.cells[target].strip(), path, line))
    return TriageRows(tuple(texts), {target: tuple(given) for target, given in labels.items()})


def data_hash(paths: Sequence[Path]) -> str:
    """SHA-256 over the bytes of the files, whatever their order and place."""
    digests = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _checked(target: str, label: str, path: Path, line: Line) -> str:
    known = LABELS[target]
    if not label or label in known or (target in OPEN_TARGETS and _KEY.fullmatch(label)):
        return label
    raise DataError(f"{path}:{line.number}: {target} {label!r} is not one of {', '.join(known)}")


def read_table(path: Path, columns: Sequence[str] = ()) -> Table:
    """Read a TSV file with a header line that has at least `columns`.

    Cells may be quoted as spreadsheet programs do it. Raises `DataError`.
    """
    rows, blank = _rows(path)
    if not rows:
        raise DataError(f"{path}: the file is empty")
    header = [name.strip() for name in rows[0][1]]
    missing = [name for name in columns if name not in header]
    if missing:
        raise DataError(
            f"{path}: no column {missing[0]!r} in the header (it has {', '.join(header)})"
        )
    if len(rows) == 1:
        raise DataError(f"{path}: nothing but a header")
    found: list[Line] = []
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            raise DataError(f"{path}:{number}: {len(cells)} columns instead of {len(header)}")
        found.append(Line(number, dict(zip(header, cells, strict=True))))
    return Table(path, tuple(header), tuple(found), tuple(blank))


def _rows(path: Path) -> tuple[list[tuple[int, list[str]]], list[int]]:
    """Non-empty lines as `(line number, cells)`, and the numbers of empty ones in between.

    Most files are plain: a quotation mark is a character like others. Where that does not give
    every line the columns of the header, the file is read as quoted.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8 text") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
    lines = content.replace("\r\n", "\n").split("\n")
    plain = [(n, line.split("\t")) for n, line in enumerate(lines, start=1) if line.strip()]
    last = plain[-1][0] if plain else 0
    blank = [n for n, line in enumerate(lines[:last], start=1) if not line.strip()]
    if len({len(cells) for _, cells in plain}) <= 1:
        return [(number, [_unquoted(cell) for cell in cells]) for number, cells in plain], blank
    reader = csv.reader(lines_of(content), delimiter="\t", strict=True)
    try:
        quoted = [(reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error:
        return plain, blank
    if len({len(cells) for _, cells in quoted}) > 1:
        return plain, blank
    return quoted, []  # a line without text may be inside a quoted cell


def lines_of(content: str) -> list[str]:
    """Lines with their ends, split at line feeds only (not at U+2028 and the like)."""
    return re.findall(r"[^\n]*\n|[^\n]+", content)


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"' or '"' in inner.replace('""', ""):
        return cell
    return inner.replace('""', '"')
