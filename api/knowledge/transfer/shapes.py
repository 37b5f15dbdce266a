"""What is read of a file of entries, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_PROBLEMS = 500
"""How many are listed."""

Format = Literal["xlsx", "csv", "yaml"]
Value = str | int | float
"""What a text is filled with."""
Level = Literal["error", "warning"]


class Problem(BaseModel):
    """Something in the file: `code` has a text under `import.<code>` in api/i18n."""

    row: int
    """As a spreadsheet counts (the head is 1), the line where a text cannot be read, or of YAML
    the number of the intent; 0: the whole file."""
    column: str | None = None
    code: str
    level: Level = "error"
    values: dict[str, Value] = {}


class Report(BaseModel):
    """What an import did, or would do. With an error nothing is taken in."""

    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    problems: list[Problem] = []
    more: int = 0
    """Problems beyond those listed."""

    @classmethod
    def of(cls, problems: Sequence[Problem], **counts: int) -> Report:
        """A report with the errors first, each group by row."""
        ordered = sorted(problems, key=lambda each: (each.level != "error", each.row))
        listed = ordered[:MOST_PROBLEMS]
        return cls(problems=listed, more=len(ordered) - len(listed), **counts)

    @property
    def refused(self) -> bool:
        """Whether the file cannot be taken in."""
        return any(each.level == "error" for each in self.problems)


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as the file has it: the text of each cell by the name of its column."""

    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """A file as it was read."""

    columns: frozenset[str] = frozenset()
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
