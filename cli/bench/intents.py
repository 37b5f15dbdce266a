"""`fenzhen bench intents`: tasks, small talk and answers in a dialogue."""

from __future__ import annotations

from collections.abc import Sequence

from cli.bench import figures
from cli.bench.figures import Guess
from cli.bench.models import find_model
from cli.bench.parsing import FALLBACK, Understood, understand
from cli.bench.request import Figures, Request, Result
from cli.bench.tables import other_column, tables
from cli.progress import Steps

Row = tuple[str, int, str, Guess, Understood]
"""File, line, text, truth and guess, and all that was understood."""


def bench_intents(request: Request, steps: Steps) -> Result:
    """Parse every line with the whole pipeline; `Refused` for bad files or models."""
    read = tables(request.file, "intents*.tsv")
    columns = [other_column(table) for table in read]
    source = find_model("bot", request, steps)
    lines = [line.cells["text"] for table in read for line in table.lines]
    found = iter(understand(source, lines, request.environ, steps))
    by_file: dict[str, list[Row]] = {}
    for table, column in zip(read, columns, strict=True):
        rows = by_file.setdefault(table.path.name, [])
        for line in table.lines:
            seen, truth = next(found), line.cells[column].strip()
            guess = Guess(truth, seen.intent, seen.confidence)
            rows.append((table.path.name, line.number, line.cells["text"], guess, seen))
    everything = [row for rows in by_file.values() for row in rows]
    return Result(
        source,
        {name: measure(rows) for name, rows in by_file.items()},
        measure(everything),
        [_plain(row) for row in everything],
    )


def measure(rows: Sequence[Row]) -> Figures:
    """Scores over all lines; `understood` is the share that got an intent at all."""
    guesses = [guess for _, _, _, guess, _ in rows]
    clear = [guess for guess in guesses if guess.said != FALLBACK]
    return {
        **figures.scores(guesses),
        "understood": figures.share([guess.said != FALLBACK for guess in guesses]),
        "understood_right": figures.share([guess.right for guess in clear]),
        "ms": figures.milliseconds([seen.milliseconds for *_, seen in rows]),
    }


def _plain(row: Row) -> Figures:
    file, line, text, guess, _ = row
    return {
        "file": file,
        "line": line,
        "text": text,
        "truth": guess.truth,
        "said": guess.said,
        "confidence": guess.confidence,
    }
