"""Writes all entries into a file that comes in again unchanged."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from api.db import Transaction
from api.i18n import DEFAULT, say
from api.knowledge import repository
from api.knowledge.content import content_of
from api.knowledge.transfer.columns import cells_of
from api.knowledge.transfer.rasa import written_rasa
from api.knowledge.transfer.reading import formula_safe
from api.knowledge.transfer.shapes import Format
from api.knowledge.transfer.words import HEADS, head_of, in_words
from api.models import Staff

MEDIA_TYPES: Mapping[Format, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "yaml": "application/yaml; charset=utf-8",
}
ENDINGS: Mapping[Format, str] = {"xlsx": ".xlsx", "csv": ".csv", "yaml": ".yml"}
_LONGEST_CELL = 32_000
"""Characters; a cell of a workbook holds 32,767."""
_WIDE = 40


async def every_row(tx: Transaction) -> list[dict[str, str]]:
    """All entries as cells, by category and key."""
    entries = await repository.everything(tx)
    staff = await tx.execute(select(Staff.id, Staff.username).where(Staff.active))
    owners = {row.id: row.username for row in staff}
    return [cells_of(entry.key, content_of(entry), owners) for entry in entries]


def example_row(language: str) -> dict[str, str]:
    """The row of a template: it says itself that it is to be taken out."""
    said = {
        name: say(f"import_example.{name}", language)
        for name in ("question", "questions", "answer", "buttons")
    }
    return {**dict.fromkeys(HEADS, ""), "category": "order", "task": "change_address", **said}


def written(rows: Sequence[Mapping[str, str]], kind: Format, language: str = DEFAULT) -> bytes:
    """The file. Nothing in it is taken for a formula; tables have names in place of keys."""
    if kind == "yaml":
        return written_rasa(rows).encode()
    lines = _lines([in_words(row, language) for row in rows], language)
    return _csv(lines) if kind == "csv" else _xlsx(lines, say("knowledge.title", language))


def _lines(rows: Sequence[Mapping[str, str]], language: str) -> list[list[str]]:
    """Head and rows; wordings that one cell cannot hold go on in further columns."""
    parts = [_parts(row["questions"]) for row in rows]
    columns = max((len(each) for each in parts), default=1)
    heads = [head_of(name, language) for name in HEADS if name != "questions"]
    first = head_of("questions", language)
    more = [first, *(f"{first}_{n}" for n in range(2, columns + 1))]
    place = list(HEADS).index("questions")
    lines = [[*heads[:place], *more, *heads[place:]]]
    for row, wordings in zip(rows, parts, strict=True):
        cells = [row[name] for name in HEADS if name != "questions"]
        padded = [*wordings, *[""] * (columns - len(wordings))]
        lines.append([*cells[:place], *padded, *cells[place:]])
    return lines


def _parts(questions: str) -> list[str]:
    parts, size = [[]], 0  # type: list[list[str]], int
    for line in questions.split("\n"):
        if parts[-1] and size + len(line) + 1 > _LONGEST_CELL:
            parts.append([])
            size = 0
        parts[-1].append(line)
        size += len(line) + 1
    return ["\n".join(part) for part in parts]


def _csv(lines: Sequence[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([formula_safe(cell) for cell in line] for line in lines)
    return text.getvalue().encode("utf-8-sig")  # Excel tells UTF-8 by the mark


def _xlsx(lines: Sequence[Sequence[str]], title: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number in range(1, len(lines[0]) + 1):
        sheet.column_dimensions[_letter(number)].width = _WIDE if number in (3, 4, 5) else 16
    for line in lines:
        cells = []
        for text in line:
            cell = WriteOnlyCell(sheet, value=text or None)
            if text:
                cell.data_type = "s"  # never a formula
            cells.append(cell)
        sheet.append(cells)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _letter(number: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(number))
