"""Results as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from classifier.labels import LABELS
from cli import texts
from cli.bench.request import Figures, Result, Source
from cli.texts import Text

SHOWN = 200
_BY_LABEL = "labels"


def print_result(console: Console, name: str, result: Result, *, details: bool) -> None:
    """Figures by file and all together, by label, and with `details` what went wrong."""
    said = f"{texts.BENCH_MODEL.line}: {_source(result.source).line}"
    if result.source.data_hash:
        said += f" · data {result.source.data_hash[:12]}"
    console.print(said, markup=False, highlight=False, soft_wrap=True)
    console.print(_figures(name, result), highlight=False)
    for target, scores in _labelled(result.everything):
        console.print(_labels(target or name, scores), highlight=False)
    if details:
        console.print(_wrong(name, result), highlight=False)


def _source(source: Source) -> Text:
    if source.kind == "fresh":
        return texts.BENCH_FRESH
    if source.kind == "given":
        return texts.BENCH_GIVEN.fill(folder=source.folder)
    text = texts.BENCH_LIVE if source.kind == "live" else texts.BENCH_NEWEST
    return text.fill(number=source.release)


def _figures(name: str, result: Result) -> Table:
    table = Table(title=f"bench {name}", title_justify="left")
    table.add_column(texts.BENCH_FIGURE.line)
    files = dict(result.files) if len(result.files) > 1 else {}
    for file in files:
        table.add_column(escape(file), justify="right")
    table.add_column(texts.BENCH_ALL.line, justify="right")
    columns = [dict(_flat(figures)) for figures in (*files.values(), result.everything)]
    for key in columns[-1]:
        table.add_row(key, *(_cell(column.get(key)) for column in columns))
    return table


def _flat(figures: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in figures.items():
        if key == _BY_LABEL:
            continue
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key} ")
        else:
            yield f"{prefix}{key}", value


def _labelled(figures: Figures) -> Iterator[tuple[str, Mapping[str, Mapping[str, object]]]]:
    for key, value in (("", figures), *figures.items()):
        if isinstance(value, dict) and isinstance(labels := value.get(_BY_LABEL), dict):
            yield key, labels


def _labels(target: str, scores: Mapping[str, Mapping[str, object]]) -> Table:
    table = Table(title=f"{texts.BENCH_LABELS.line} · {target}", title_justify="left")
    for head in ("label", "precision", "recall", "f1", "support"):
        table.add_column(head, justify="left" if head == "label" else "right")
    for label, item in scores.items():
        known = LABELS.get(target, {}).get(label)
        shown = f"{known.zh} {label}" if known else label
        cells = (_cell(item[key]) for key in ("precision", "recall", "f1", "support"))
        table.add_row(escape(shown), *cells)
    return table


def _wrong(name: str, result: Result) -> Table:
    table = Table(title=texts.BENCH_WRONG.line, title_justify="left")
    for head in ("file:line", "text", "truth", "said"):
        table.add_column(head)
    wrong = [row for row in result.rows if _differs(_compared(name, row))]
    for row in wrong[:SHOWN]:
        seen = _compared(name, row)
        cells = (f"{row['file']}:{row['line']}", str(row["text"]), _cell(seen.get("truth")))
        table.add_row(*map(escape, cells), escape(_cell(seen.get("said"))))
    if len(wrong) > SHOWN:
        table.add_row("", f"… {len(wrong) - SHOWN}", "", "")
    return table


def _compared(name: str, row: Figures) -> Mapping[str, object]:
    """What is compared in a line: of the labels of a request, its priority."""
    compared = row["priority"] if name == "triage" else row
    return compared if isinstance(compared, dict) else {}


def _differs(seen: Mapping[str, object]) -> bool:
    return seen.get("truth") is not None and seen.get("truth") != seen.get("said")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
