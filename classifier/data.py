"""Reads labelled tab-separated files and says in one line what is wrong with a bad one."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

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
class _Line:
    number: int
    cells: dict[str, str]


def read_labelled(path: Path, text: str, label: str) -> Labelled:
    """Read the columns `text` and `label` of a TSV file with a header line.

    Cells may be quoted as spreadsheet programs do it. Raises `DataError`.
    """
    lines = _read(path, (text, label))
    for line in lines:
        for column in (text, label):
            if not line.cells[column].strip():
                raise DataError(f"{path}:{line.number}: column {column!r} is empty")
    return Labelled(
        tuple(line.cells[text] for line in lines),
        tuple(line.cells[label].strip() for line in lines),
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
        for line in _read(path, ("text", *TARGETS)):
            if not line.cells["text"].strip():
                raise DataError(f"{path}:{line.number}: column 'text' is empty")
            texts.append(line.cells["text"])
            for target in TARGETS:
                labels[target].append(_checked(target, line.cells[target].strip(), path, line))
    return TriageRows(tuple(texts), {target: tuple(given) for target, given in labels.items()})


def data_hash(paths: Sequence[Path]) -> str:
    """SHA-256 over the bytes of the files, whatever their order and place."""
    digests = sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
    return hashlib.sha256("\n".join(digests).encode()).hexdigest()


def _checked(target: str, label: str, path: Path, line: _Line) -> str:
    known = LABELS[target]
    if not label or label in known or (target in OPEN_TARGETS and _KEY.fullmatch(label)):
        return label
    raise DataError(f"{path}:{line.number}: {target} {label!r} is not one of {', '.join(known)}")


def _read(path: Path, columns: Sequence[str]) -> list[_Line]:
    rows = _rows(path)
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
    places = {name: header.index(name) for name in columns}
    found: list[_Line] = []
    for number, cells in rows[1:]:
        if len(cells) != len(header):
            raise DataError(f"{path}:{number}: {len(cells)} columns instead of {len(header)}")
        found.append(_Line(number, {name: cells[place] for name, place in places.items()}))
    return found


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Non-empty lines as `(line number, cells)`.

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
    if len({len(cells) for _, cells in plain}) <= 1:
        return [(number, [_unquoted(cell) for cell in cells]) for number, cells in plain]
    reader = csv.reader(lines_of(content), delimiter="\t", strict=True)
    try:
        quoted = [(reader.line_num, cells) for cells in reader if any(cells)]
    except csv.Error:
        return plain
    return quoted if len({len(cells) for _, cells in quoted}) <= 1 else plain


def lines_of(content: str) -> list[str]:
    """Lines with their ends, split at line feeds only (not at U+2028 and the like)."""
    return re.findall(r"[^\n]*\n|[^\n]+", content)


def _unquoted(cell: str) -> str:
    inner = cell[1:-1]
    if len(cell) < 2 or cell[0] != '"' or cell[-1] != '"' or '"' in inner.replace('""', ""):
        return cell
    return inner.replace('""', '"')
