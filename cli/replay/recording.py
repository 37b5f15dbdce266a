"""Recorded sessions in a tab-separated file with the columns session, author and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cli import texts
from cli.errors import Refused

COLUMNS = ("session", "author", "text")
CUSTOMER = "customer"


@dataclass(frozen=True)
class Session:
    """What one customer said, turn by turn."""

    name: str
    turns: tuple[str, ...]


def read_sessions(path: Path) -> list[Session]:
    """The sessions of a file in order of their first line, with their customer turns only.

    A first line names the columns, in any order; there may be others. Quotes have no meaning.
    `Refused` names the line and column that is wrong.
    """
    turns: dict[str, list[str]] = {}
    for session, author, text in _rows(path):
        turns.setdefault(session, [])
        if author == CUSTOMER:
            turns[session].append(text)
    sessions = [Session(name, tuple(said)) for name, said in turns.items() if said]
    if not sessions:
        raise Refused(texts.FILE_NO_TURNS.fill(path=path))
    return sessions


def _rows(path: Path) -> Iterator[tuple[str, str, str]]:
    lines = _lines(path)
    _, head = next(lines, (1, ""))
    names = [name.strip().lower() for name in head.removeprefix("\ufeff").split("\t")]
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Refused(texts.FILE_COLUMNS.fill(path=path, missing=", ".join(missing)))
    places = [names.index(name) for name in COLUMNS]
    for number, line in lines:
        if not line.strip():
            continue
        cells = line.split("\t")
        _check_cells(path, number, cells, names)
        session, author, text = (cells[place].strip() for place in places)
        for column, value in zip(COLUMNS, (session, author, text), strict=True):
            if not value:
                raise Refused(texts.FILE_EMPTY_CELL.fill(path=path, line=number, column=column))
        yield session, author, text


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                try:
                    yield number, raw.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError as error:
                    raise Refused(texts.FILE_ENCODING.fill(path=path, line=number)) from error
    except FileNotFoundError as error:
        raise Refused(texts.FILE_MISSING.fill(path=path)) from error
    except OSError as error:
        raise Refused(texts.FILE_UNREADABLE.fill(path=path, reason=error.strerror)) from error


def _check_cells(path: Path, number: int, cells: list[str], names: list[str]) -> None:
    found, wanted = len(cells), len(names)
    if found < wanted:
        missing = ", ".join(names[found:])
        text = texts.FILE_CELLS.fill(
            path=path, line=number, found=found, wanted=wanted, missing=missing
        )
        raise Refused(text)
    if found > wanted:
        raise Refused(
            texts.FILE_TOO_MANY_CELLS.fill(path=path, line=number, found=found, wanted=wanted)
        )
