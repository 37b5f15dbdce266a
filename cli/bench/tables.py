"""Reads the files of a bench, as the classifier reads its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from classifier.data import DataError, Line, Table, read_table
from cli import texts
from cli.errors import Refused
from cli.settings import REPOSITORY

Truth = TypeVar("Truth")
HELD_OUT = REPOSITORY / "nlu_data" / "held_out"


def tables(file: Path | None, pattern: str, columns: Sequence[str] = ("text",)) -> list[Table]:
    """`file`, or the held-out files of that name; `Refused` says what is wrong with one."""
    paths = [file] if file is not None else sorted(HELD_OUT.glob(pattern))
    if not paths:
        raise Refused(texts.BENCH_NO_FILES.fill(folder=HELD_OUT, pattern=pattern))
    return [read(path, columns) for path in paths]


def read(path: Path, columns: Sequence[str] = ("text",)) -> Table:
    """One file; the column `text` is filled in every line."""
    try:
        table = read_table(path, columns)
        table.need("text")
    except DataError as error:
        raise Refused(texts.BENCH_BAD_FILE.fill(reason=error)) from error
    return table


def other_column(table: Table) -> str:
    """The first column that is not `text`; `Refused` when there is none."""
    for column in table.columns:
        if column != "text":
            return column
    raise Refused(
        texts.BENCH_BAD_FILE.fill(reason=f"{table.path}: no column besides 'text' in the header")
    )


def lines_of(table: Table, read_line: Callable[[Table, Line], Truth]) -> list[Truth]:
    """What people said of each line; `Refused` for a cell that cannot be meant."""
    try:
        return [read_line(table, line) for line in table.lines]
    except DataError as error:
        raise Refused(texts.BENCH_BAD_FILE.fill(reason=error)) from error
