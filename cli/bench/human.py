"""`fenzhen bench human`: who gets a person at once, and who does not want one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.learning.labelling import load_classifier
from api.learning.measuring import WISH_COLUMN, person_wanted, true_wish
from classifier.data import Line, Table
from cli.bench import figures
from cli.bench.models import find_model
from cli.bench.parsing import Understood, understand
from cli.bench.request import Figures, Request, Result
from cli.bench.tables import lines_of, tables
from cli.progress import Steps

ASK_HUMAN = "ask_human"


@dataclass(frozen=True)
class Wish:
    """One line; `by` is `worker` or `intent` when the desk hands over, else None."""

    file: str
    line: int
    text: str
    wanted: bool
    by: str | None
    intent: str

    @property
    def granted(self) -> bool:
        """Whether the desk hands over."""
        return self.by is not None


def bench_human(request: Request, steps: Steps) -> Result:
    """The desk's decision: rule and classifier of the worker, else the bot's intent."""
    read = tables(request.file, "human*.tsv", ("text", WISH_COLUMN))
    wanted = [lines_of(table, true_wish) for table in read]
    lines = [line.cells["text"] for table in read for line in table.lines]
    classifier = load_classifier(find_model("classifier", request, steps).folder / "classifier")
    wishes = [classifier.predict(line).wants_person for line in lines]
    source = find_model("bot", request, steps)
    told = [None if wish is None else 0.0 for wish in wishes]  # as the worker asks the bot
    parsed = understand(source, lines, request.environ, steps, told)
    found = zip(wishes, parsed, strict=True)
    by_file = {
        table.path.name: [
            _decided(table, line, wish, *next(found))
            for line, wish in zip(table.lines, wishes, strict=True)
        ]
        for table, wishes in zip(read, wanted, strict=True)
    }
    everything = [row for rows in by_file.values() for row in rows]
    return Result(
        source,
        {name: measure(rows) for name, rows in by_file.items()},
        measure(everything),
        [_plain(row) for row in everything],
    )


def measure(rows: Sequence[Wish]) -> Figures:
    """Recall of wishes, share of others handed over by mistake, and by which of the two ways."""
    wishes = [row for row in rows if row.wanted]
    others = [row for row in rows if not row.wanted]
    granted = [row for row in rows if row.granted]
    return {
        "rows": len(rows),
        "wishes": len(wishes),
        "others": len(others),
        "recall": figures.share([row.granted for row in wishes]),
        "false_alarms": figures.share([row.granted for row in others]),
        "precision": figures.share([row.wanted for row in granted]),
        "missed": sum(not row.granted for row in wishes),
        "alarms": sum(row.granted for row in others),
        "by_worker": sum(row.by == "worker" for row in granted),
        "by_intent": sum(row.by == "intent" for row in granted),
    }


def _decided(table: Table, line: Line, wanted: bool, wish: float | None, seen: Understood) -> Wish:
    text = line.cells["text"]
    ways = (
        ("worker", person_wanted(text, wish)),
        ("intent", seen.intent == ASK_HUMAN),
    )
    by = next((way for way, heard in ways if heard), None)
    return Wish(table.path.name, line.number, text, wanted, by, seen.intent)


def _plain(row: Wish) -> Figures:
    return {
        "file": row.file,
        "line": row.line,
        "text": row.text,
        "truth": row.wanted,
        "said": row.granted,
        "by": row.by,
        "intent": row.intent,
    }
