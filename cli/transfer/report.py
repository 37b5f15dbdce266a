"""What an export or import has done, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from api.i18n import LANGUAGES, say
from api.knowledge.transfer.service import shown
from cli import texts
from cli.transfer.work import Exported, TakenIn

_SHOWN = 50
"""Problems that are printed; `--json` has more."""


def exported_data(done: Exported, path: Path) -> dict[str, Any]:
    """An export for programs."""
    return {"path": str(path), "entries": done.entries, "lines": dict(done.lines)}


def taken_in_data(done: TakenIn, *, dry_run: bool) -> dict[str, Any]:
    """An import for programs; sentences in English."""
    return {
        "dry_run": dry_run,
        "refused": done.refused,
        "entries": {name: shown(each, "en").model_dump() for name, each in done.entries.items()},
        "lines": asdict(done.lines) if done.lines is not None else None,
    }


def print_exported(console: Console, done: Exported, path: Path) -> None:
    """A sentence."""
    total = sum(done.lines.values())
    console.print(str(texts.EXPORTED.fill(entries=done.entries, lines=total, path=path)), **_PLAIN)


def print_taken_in(console: Console, done: TakenIn, *, dry_run: bool) -> None:
    """Counts, then what is wrong, row by row."""
    for name, report in done.entries.items():
        counts = report.model_dump(include={"rows", "added", "changed", "unchanged"})
        console.print(str(texts.TAKEN_IN_ENTRIES.fill(name=name, **counts)), **_PLAIN)
        for zh, en in list(zip(*(shown(report, one).problems for one in LANGUAGES), strict=True))[
            :_SHOWN
        ]:
            style = "red" if zh.level == "error" else "yellow"
            line = f"  {name}:{zh.row} {zh.message}\n    {en.message}"
            console.print(line, style=style, **_PLAIN)
        if (rest := len(report.problems) - _SHOWN + report.more) > 0:
            console.print(str(texts.TRANSFER_MORE.fill(count=rest)), **_PLAIN)
    if done.lines is not None:
        _print_lines(console, done)
    sentence = texts.TRANSFER_REFUSED if done.refused else texts.TAKEN_IN
    console.print(str(texts.TRANSFER_DRY if dry_run and not done.refused else sentence), **_PLAIN)


def _print_lines(console: Console, done: TakenIn) -> None:
    assert done.lines is not None
    added = sum(done.lines.added.values())
    counts = {"rows": done.lines.rows, "added": added, "known": done.lines.known}
    console.print(str(texts.TAKEN_IN_LINES.fill(**counts)), **_PLAIN)
    for each in done.lines.problems[:_SHOWN]:
        place = f"{each.file}:{each.row}" if each.row else each.file
        words = " · ".join(say(f"line_problem.{each.code}", one) for one in LANGUAGES)
        more = " ".join(filter(None, (each.text, each.label, each.detail)))
        console.print(f"  {place} {words} {more}", style="red", **_PLAIN)
    if (rest := len(done.lines.problems) - _SHOWN) > 0:
        console.print(str(texts.TRANSFER_MORE.fill(count=rest)), **_PLAIN)


_PLAIN: dict[str, Any] = {"markup": False, "highlight": False, "soft_wrap": True}
