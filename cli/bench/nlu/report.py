"""The comparison as a table."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from cli import texts
from cli.bench.nlu.command import Compared
from cli.bench.request import Figures

_ROWS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("准确率 accuracy", ("accuracy",), "{:.3f}"),
    ("macro-F1", ("macro_f1",), "{:.3f}"),
    ("校准误差 calibration error", ("calibration_error",), "{:.3f}"),
    ("训练 training", ("train_seconds",), "{:.1f} s"),
    ("训练内存峰值 training, peak memory", ("train_peak_mb",), "{:,} MB"),
    ("识别 parse p50", ("parse_ms", "p50"), "{:.1f} ms"),
    ("识别 parse p95", ("parse_ms", "p95"), "{:.1f} ms"),
    ("轮/秒，1 个客户 turns/s, 1 client", ("turns_per_second", "1"), "{:.1f}"),
    ("轮/秒，16 个客户 turns/s, 16 clients", ("turns_per_second", "16"), "{:.1f}"),
    ("服务内存 serving memory (PSS)", ("serving_mb",), "{:,} MB"),
)


def print_nlu(console: Console, compared: Compared) -> None:
    """One column a system."""
    title = texts.BENCH_NLU_TITLE.fill(
        train=len(compared.train.texts),
        test=len(compared.test.texts),
        labels=len(set(compared.train.intents)),
    )
    table = Table(title=title.line, title_justify="left")
    table.add_column("")
    for figures in compared.figures.values():
        table.add_column(str(figures["name"]), justify="right")
    for label, path, shape in _ROWS:
        table.add_row(label, *(_cell(item, path, shape) for item in compared.figures.values()))
    console.print(table, highlight=False)
    machine = compared.machine
    console.print(
        f"{machine['date']} · {machine['processor']} · {machine['cores']} × CPU", highlight=False
    )


def _cell(figures: Figures, path: tuple[str, ...], shape: str) -> str:
    value: object = figures
    for key in path:
        value = value.get(key) if isinstance(value, Mapping) else None
    return "–" if value is None else shape.format(value)
