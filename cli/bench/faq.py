"""`fenzhen bench faq`: are questions answered, and foreign messages left alone?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cli.bench import figures
from cli.bench.models import find_model
from cli.bench.parsing import Understood, task_intents, understand
from cli.bench.request import Figures, Request, Result
from cli.bench.tables import other_column, tables
from cli.progress import Steps

TOP = 3


@dataclass(frozen=True)
class Question:
    """One line; `key` is empty for a message that no entry answers."""

    file: str
    line: int
    text: str
    key: str
    seen: Understood
    starts_task: bool

    @property
    def first(self) -> tuple[str, float]:
        """The best entry and its score."""
        return self.seen.ranking[0] if self.seen.ranking else ("", 0.0)

    @property
    def right(self) -> bool:
        """Whether the best entry is the expected one."""
        return bool(self.key) and self.first[0] == self.key

    @property
    def refused(self) -> bool:
        """Neither an answer nor suggestions nor a task."""
        return self.seen.kind not in ("answer", "suggestion") and not self.starts_task


def bench_faq(request: Request, steps: Steps) -> Result:
    """Parse every line with the whole pipeline; `Refused` for bad files or models."""
    read = tables(request.file, "faq*.tsv")
    columns = [other_column(table) for table in read]
    source = find_model("bot", request, steps)
    tasks = task_intents(source)
    lines = [line.cells["text"] for table in read for line in table.lines]
    found = iter(understand(source, lines, request.environ, steps))
    by_file: dict[str, list[Question]] = {}
    for table, column in zip(read, columns, strict=True):
        rows = by_file.setdefault(table.path.name, [])
        for line in table.lines:
            seen, key = next(found), line.cells[column].strip()
            task = seen.intent in tasks
            rows.append(Question(table.path.name, line.number, line.cells["text"], key, seen, task))
    everything = [row for rows in by_file.values() for row in rows]
    return Result(
        source,
        {name: measure(rows) for name, rows in by_file.items()},
        measure(everything),
        [_plain(row) for row in everything],
    )


def measure(rows: Sequence[Question]) -> Figures:
    """Ranking and answers of questions, and what foreign messages get. Shares are 0–1."""
    asked = [row for row in rows if row.key]
    foreign = [row for row in rows if not row.key]
    answered = [row for row in asked if row.seen.kind == "answer"]
    suggested = [row for row in asked if row.seen.kind == "suggestion"]
    hits, sure = [row.right for row in rows], [row.first[1] for row in rows]
    return {
        "rows": len(rows),
        "in_scope": {
            "rows": len(asked),
            "top1": figures.share([row.right for row in asked]),
            "top3": figures.share(
                [row.key in [key for key, _ in row.seen.ranking[:TOP]] for row in asked]
            ),
            "answered": figures.share([row.seen.kind == "answer" for row in asked]),
            "answered_right": figures.share([row.right for row in answered]),
            "suggested": figures.share([row.seen.kind == "suggestion" for row in asked]),
            "suggested_with_right": figures.share([row.key in row.seen.offer for row in suggested]),
            "task": figures.share([row.starts_task for row in asked]),
            "refused": figures.share([row.refused for row in asked]),
        },
        "out_of_scope": {
            "rows": len(foreign),
            "answered": figures.share([row.seen.kind == "answer" for row in foreign]),
            "suggested": figures.share([row.seen.kind == "suggestion" for row in foreign]),
            "task": figures.share([row.starts_task for row in foreign]),
            "not_answered": figures.share([row.seen.kind != "answer" for row in foreign]),
            "neither": figures.share(
                [row.seen.kind not in ("answer", "suggestion") for row in foreign]
            ),
        },
        "calibration_error": figures.expected_calibration_error(hits, sure),
        "calibration_error_in_scope": figures.expected_calibration_error(
            [row.right for row in asked], [row.first[1] for row in asked]
        ),
        "ms": figures.milliseconds([row.seen.milliseconds for row in rows]),
    }


def _plain(row: Question) -> Figures:
    key, score = row.first
    return {
        "file": row.file,
        "line": row.line,
        "text": row.text,
        "truth": row.key,
        "said": key,
        "confidence": score,
        "kind": "task" if row.starts_task else row.seen.kind,
        "intent": row.seen.intent,
        "ranking": [{"key": name, "score": value} for name, value in row.seen.ranking],
    }
