"""Reads the files of a bench, as the classifier reads its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from classifier.data import DataError, Table, read_table
from cli import texts
from cli.errors import Refused
from cli.settings import REPOSITORY

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


def bad_cell(table: Table, line: int, column: str, value: str) -> Refused:
    """A cell holds something that cannot be meant."""
    reason = f"{table.path}:{line}: {column} {value!r} is not known"
    return Refused(texts.BENCH_BAD_FILE.fill(reason=reason))
