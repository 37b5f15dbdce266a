"""The tables of a replay."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from classifier.labels import LABELS, Name
from cli import texts
from cli.replay.figures import Played, Summary, Times, lost
from cli.texts import Text

OUTCOMES: Mapping[str, Text] = {
    "faq": Text("FAQ 解答", "answered by FAQ"),
    "suggestions": Text("您是不是想问", "suggestions"),
    "task": Text("任务步骤", "task"),
    "ticket": Text("工单", "ticket"),
    "handoff": Text("转人工", "handoff"),
    "fallback": Text("没听懂", "fallback"),
    "small_talk": Text("寒暄", "small talk"),
    "out_of_scope": Text("业务外", "out of scope"),
    "joined": Text("与下一条合并", "answered with the next"),
    "delivered": Text("交给客服", "delivered to an agent"),
    "queued": Text("排队中", "queued for an agent"),
    "bot_unavailable": Text("机器人暂不可用", "bot unavailable"),
    "suppressed": Text("未发出", "suppressed"),
}
"""Outcomes in the order they are shown; the first four and fallback even when there are none."""
ALWAYS_SHOWN = frozenset({"faq", "suggestions", "ticket", "handoff", "fallback"})


def print_report(console: Console, played: Played, summary: Summary | None) -> None:
    """Outcomes, labels, times and errors as tables."""
    turns = len(played.turns) + played.errors.total()
    outcomes = summary.outcomes if summary else played.outcomes
    console.print(_outcomes(played, turns, outcomes, summary))
    if summary is not None:
        categories = _by_count(summary.categories)
        priorities = dict(sorted(summary.priorities.items()))
        console.print(_counts(texts.CATEGORIES, categories, LABELS["category"]))
        console.print(_counts(texts.PRIORITIES, priorities, {}))
    console.print(_times(played))
    if played.errors:
        console.print(_counts(texts.ERRORS, _by_count(played.errors), {}), style="red")


def _outcomes(
    played: Played, turns: int, outcomes: Mapping[str, int], summary: Summary | None
) -> Table:
    table = _table(texts.REPLAY_RESULT)
    table.add_row(texts.SESSIONS.line, str(played.sessions), "")
    table.add_row(texts.TURNS.line, str(turns), "", end_section=True)
    known = [key for key in OUTCOMES if key in ALWAYS_SHOWN or outcomes.get(key)]
    unknown = sorted(set(outcomes) - OUTCOMES.keys())
    for key in [*known, *unknown]:
        label = OUTCOMES[key].line if key in OUTCOMES else key
        count = outcomes.get(key, 0)
        table.add_row(label, str(count), _share(count, turns))
    table.add_section()
    errors = played.errors.total()
    table.add_row(texts.ERRORS.line, str(errors), _share(errors, turns), style=_alarm(errors))
    if summary is not None:
        for text, count in (
            (texts.LOST, lost(played, summary)),
            (texts.ANSWERED_TWICE, summary.answered_twice),
        ):
            table.add_row(text.line, str(count), "", style=_alarm(count))
    return table


def _counts(title: Text, counts: Mapping[str, int], names: Mapping[str, Name]) -> Table:
    table = _table(title)
    total = sum(counts.values())
    for key, count in counts.items():
        label = f"{names[key].zh} {key}" if key in names else key
        table.add_row(label, str(count), _share(count, total))
    return table


def _by_count(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _times(played: Played) -> Table:
    table = Table(title=texts.TIMES.line, title_justify="left")
    table.add_column("")
    for head in ("p50", "p95", "p99", texts.LONGEST.line):
        table.add_column(head, justify="right")
    table.add_row(texts.ACCEPT.line, *_cells(played.accept))
    table.add_row(texts.ANSWER.line, *_cells(played.answer))
    return table


def _cells(times: Times) -> list[str]:
    values = (times.p50, times.p95, times.p99, times.longest)
    return ["–" if value is None else f"{value * 1000:,.0f} ms" for value in values]


def _table(title: Text) -> Table:
    table = Table(title=title.line, title_justify="left", show_header=False)
    table.add_column("")
    table.add_column("", justify="right")
    table.add_column("", justify="right")
    return table


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}" if total else ""


def _alarm(count: int) -> str:
    return "red" if count else ""
