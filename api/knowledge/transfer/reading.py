"""Reads a file of entries; whatever is in it, the worst that comes of it is a problem."""

from __future__ import annotations

import codecs
import csv
import io
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import PurePath
from xml.etree.ElementTree import ParseError

from api.knowledge.transfer.columns import REQUIRED
from api.knowledge.transfer.rasa import read_rasa
from api.knowledge.transfer.shapes import MOST_BYTES, MOST_ROWS, Problem, Row, Table, Value
from api.knowledge.transfer.words import column_of

MOST_UNPACKED = 100 * 1024 * 1024
"""Bytes of a workbook once it is unpacked."""
_MOST_PARTS = 1_000
_MOST_COLUMNS = 64
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FORMULAS = "=+-@\t\r"
"""Spreadsheets may take a cell of CSV that begins so for a formula."""
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, ParseError, EOFError, OSError, RuntimeError),
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, OverflowError),
)
"""What openpyxl raises for files that are no workbook."""
Line = tuple[int, list[str], set[int]]
"""Its number, its cells, and which of them are formulas."""


def read_file(filename: str, content: bytes) -> Table:
    """The rows of an XLSX, CSV or YAML file, by the ending of its name."""
    ending = PurePath(filename.lower()).suffix
    if len(content) > MOST_BYTES:
        return _refused("too_large", largest=MOST_BYTES // 1024 // 1024)
    if ending == ".xlsx":
        return _read_xlsx(content)
    if ending not in (".csv", ".tsv", ".txt", ".yml", ".yaml"):
        return _refused("unknown_format")
    try:
        text = _decoded(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Table(problems=[Problem(row=line, code="encoding", values={"line": line})])
    if ending in (".yml", ".yaml"):
        return read_rasa(text)
    return _read_csv(text)


def formula_safe(text: str) -> str:
    """`text` for a cell of CSV: no spreadsheet takes it for a formula (OWASP, CSV Injection)."""
    return "'" + text if text[:1] and text[0] in _FORMULAS + "'" else text


def _decoded(content: bytes) -> str:
    if content.startswith(_UTF_16):
        raise UnicodeDecodeError("utf-8", content, 0, 1, "UTF-16")
    return content.decode("utf-8-sig")


def _read_csv(text: str) -> Table:
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _table(_csv_lines(reader))
    except csv.Error:
        line = reader.line_num
        return Table(problems=[Problem(row=line, code="broken_csv", values={"line": line})])


def _csv_lines(reader: Iterable[list[str]]) -> Iterator[Line]:
    for number, cells in enumerate(reader, start=1):
        formulas = {place for place, cell in enumerate(cells) if cell.startswith("=")}
        yield number, [_unescaped(cell) for cell in cells], formulas


def _unescaped(cell: str) -> str:
    quoted = len(cell) > 1 and cell[0] == "'" and cell[1] in _FORMULAS + "'"
    return cell[1:] if quoted else cell


def _read_xlsx(content: bytes) -> Table:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > _MOST_PARTS or unpacked > MOST_UNPACKED:
            return _refused("too_large_unpacked", largest=MOST_UNPACKED // 1024 // 1024)
        return _table(_xlsx_lines(content))
    except _BROKEN:
        return _refused("broken_xlsx")


def _xlsx_lines(content: bytes) -> Iterator[Line]:
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of workbooks that it does not keep
        book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what a file says may be wrong
            rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=_MOST_COLUMNS)
            for number, cells in enumerate(rows, start=1):
                formulas = {n for n, cell in enumerate(cells) if cell.data_type == "f"}
                yield number, [_shown(cell.value) for cell in cells], formulas
        finally:
            book.close()


def _shown(value: object) -> str:
    """A cell as somebody typed it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _table(lines: Iterator[Line]) -> Table:
    _, heads, _ = next(lines, (1, [], set()))
    table, places = _heads(heads)
    if any(each.level == "error" for each in table.problems):
        return table
    for number, cells, formulas in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if len(table.rows) == MOST_ROWS:
            return _refused("too_many_rows", most=MOST_ROWS)
        table.problems += _problems(number, cells, formulas, places)
        table.rows.append(Row(number, _cells(cells, places)))
    if not table.rows:
        table.problems.append(Problem(row=0, code="no_rows"))
    return table


def _heads(heads: Sequence[str]) -> tuple[Table, dict[int, str]]:
    """The table so far, and the column of each place."""
    table, places = Table(), dict[int, str]()
    for place, head in enumerate(heads):
        column = column_of(head)
        if column is None:
            if head.strip():
                values: dict[str, Value] = {"value": head.strip()[:40]}
                table.problems.append(
                    Problem(row=1, code="unknown_column", level="warning", values=values)
                )
        elif column in places.values() and column != "questions":
            table.problems.append(Problem(row=1, column=column, code="duplicate_column"))
        else:
            places[place] = column
    table.columns = frozenset(places.values())
    table.problems += [
        Problem(row=1, column=column, code="missing_column")
        for column in REQUIRED
        if column not in table.columns
    ]
    return table, places


def _problems(
    number: int, cells: Sequence[str], formulas: set[int], places: dict[int, str]
) -> list[Problem]:
    found = [
        Problem(row=number, column=places[place], code="formula")
        for place in sorted(formulas)
        if place in places
    ]
    if len(cells) > max(places) + 1 and any(
        cell.strip() for place, cell in enumerate(cells) if place > max(places)
    ):
        found.append(Problem(row=number, code="too_many_cells"))
    return found


def _cells(cells: Sequence[str], places: dict[int, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for place, column in places.items():
        cell = cells[place] if place < len(cells) else ""
        found[column] = f"{found[column]}\n{cell}" if column in found else cell
    return found


def _refused(code: str, **values: int) -> Table:
    return Table(problems=[Problem(row=0, code=code, values=dict(values))])
