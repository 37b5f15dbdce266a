"""`fenzhen bench triage`: the labels and the priority that the worker would give."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from api.learning.labelling import ReleaseLabeller
from api.learning.measuring import MEASURED, PRIORITY, said_labels, true_labels
from classifier.store import ModelError
from cli import texts
from cli.bench import figures
from cli.bench.figures import Guess
from cli.bench.models import find_model
from cli.bench.request import Figures, Request, Result
from cli.bench.tables import lines_of, tables
from cli.errors import Refused
from cli.progress import Detail, Steps


@dataclass(frozen=True)
class Labelled:
    """One line: what people said and what the desk says; `truth` has what is labelled."""

    file: str
    line: int
    text: str
    truth: Mapping[str, str]
    said: Mapping[str, tuple[str, float]]
    milliseconds: float

    def guess(self, target: str) -> Guess:
        """Truth and prediction of one target."""
        return Guess(self.truth[target], *self.said[target])


def bench_triage(request: Request, steps: Steps) -> Result:
    """Label every line as the worker does; `Refused` for bad files or models."""
    read = tables(request.file, "triage*.tsv")
    truths = [lines_of(table, true_labels) for table in read]
    if not any(truth for table in truths for truth in table):
        reason = f"{read[0].path}: none of the columns {', '.join(MEASURED)} is filled in"
        raise Refused(texts.BENCH_BAD_FILE.fill(reason=reason))
    source = find_model("classifier", request, steps)
    lines = [line.cells["text"] for table in read for line in table.lines]
    with steps.step(texts.BENCH_MEASURE) as detail:
        try:
            found = iter(asyncio.run(_label(source.folder / "classifier", lines, detail)))
        except ModelError as error:
            raise Refused(texts.BENCH_BROKEN.fill(reason=error)) from error
    by_file = {
        table.path.name: [
            Labelled(table.path.name, line.number, line.cells["text"], truth, *next(found))
            for line, truth in zip(table.lines, given, strict=True)
        ]
        for table, given in zip(read, truths, strict=True)
    }
    everything = [row for rows in by_file.values() for row in rows]
    return Result(
        source,
        {name: measure(rows) for name, rows in by_file.items()},
        measure(everything),
        [_plain(row) for row in everything],
    )


def measure(rows: Sequence[Labelled]) -> Figures:
    """Scores of each target that is labelled in some row, and times."""
    found: Figures = {"rows": len(rows)}
    for target in MEASURED:
        guesses = [row.guess(target) for row in rows if target in row.truth]
        if guesses:
            found[target] = figures.scores(guesses)
    urgent = [row.guess(PRIORITY) for row in rows if PRIORITY in row.truth]
    if urgent:
        found["p1"] = {
            "recall": figures.share(
                [guess.said == "P1" for guess in urgent if guess.truth == "P1"]
            ),
            "precision": figures.share(
                [guess.truth == "P1" for guess in urgent if guess.said == "P1"]
            ),
        }
    found["ms"] = figures.milliseconds([row.milliseconds for row in rows])
    return found


async def _label(
    folder: Path, lines: Sequence[str], detail: Detail
) -> list[tuple[dict[str, tuple[str, float]], float]]:
    """What the worker's own labeller says, and the milliseconds it took."""
    # the desk's log would stand in the middle of the result
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    labeller = ReleaseLabeller()
    await labeller.use(0, folder)
    found = []
    for number, text in enumerate(lines, start=1):
        begun = time.perf_counter()
        labels = await labeller.label(text)
        seconds = time.perf_counter() - begun
        assert labels is not None
        found.append((said_labels(labels.labels), seconds * 1000))
        if number % 100 == 0:
            detail(f"{number}/{len(lines)}")
    return found


def _plain(row: Labelled) -> Figures:
    return {
        "file": row.file,
        "line": row.line,
        "text": row.text,
        **{
            target: {
                "truth": row.truth.get(target),
                "said": said,
                "confidence": round(confidence, 4),
            }
            for target, (said, confidence) in row.said.items()
        },
    }
