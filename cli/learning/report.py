"""Releases and their figures, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.learning.proof.evaluation import LEFT_OUT
from api.learning.proof.shapes import ComparedLabel, GateReason, Proof
from cli import texts
from cli.learning.desk import Evaluated, Trained

SHOWN = 15


def print_trained(console: Console, trained: Trained, *, promote: bool) -> None:
    """What became of a training."""
    if trained.proof is not None:
        print_proof(console, trained.proof)
    if trained.live:
        said = texts.TRAINED_LIVE
    else:
        said = texts.TRAINED_BLOCKED if promote else texts.TRAINED
    console.print(str(said.fill(number=trained.release)), markup=False, highlight=False)


def trained_data(trained: Trained) -> dict[str, object]:
    """The same for programs."""
    gate = trained.proof.gate.model_dump() if trained.proof is not None else None
    return {"release": trained.release, "live": trained.live, "gate": gate}


def print_evaluated(console: Console, found: Evaluated) -> None:
    """Accuracy of each part of each held-out set, and by cross-validation."""
    title = texts.EVALUATED.fill(number=found.number, state=found.state)
    table = Table(title=title.line, title_justify="left")
    for head in ("", "rows", "accuracy", "95 %", "macro F1", "calibration error"):
        table.add_column(head, justify="right" if head else "left")
    for name, parts in found.evaluation.items():
        if name == LEFT_OUT:
            continue
        for part, scores in parts.items():
            table.add_row(f"{name} · {part}", *_cells(scores))
    console.print(table, highlight=False)
    _print_left_out(console, found.evaluation.get(LEFT_OUT, 0))


def print_proof(console: Console, proof: Proof) -> None:
    """Both releases by part, the protected labels, what was lost, and the gate."""
    said = texts.COMPARED.fill(
        release=proof.release,
        against=proof.against,
        lines=proof.lines,
        lost=len(proof.regressions),
        gained=len(proof.gains),
    )
    table = Table(title=said.line, title_justify="left")
    for head in ("", "n", "before", "after", "±", "p", "verdict"):
        table.add_column(head, justify="right" if head else "left")
    for part in proof.parts:
        _add(table, ComparedLabel(label=part.part, **part.overall.model_dump()))
    for label in proof.protected:
        _add(table, label)
    console.print(table, highlight=False)
    _print_left_out(console, proof.left_out)
    _print_regressions(console, proof)
    changed = len(proof.replay.changed)
    replayed = texts.REPLAYED.fill(messages=proof.replay.messages, changed=changed)
    console.print(str(replayed), markup=False, highlight=False)
    gate = texts.GATE_PASSED if proof.gate.passed else texts.GATE_BLOCKED
    console.print(gate.line, style="green" if proof.gate.passed else "red", highlight=False)
    for reason in proof.gate.reasons:
        console.print(f"  {_reason(reason)}", markup=False, highlight=False)
    for name in proof.gate.unsure:
        unsure = texts.GATE_UNSURE.fill(label=name).line
        console.print(f"  {unsure}", markup=False, highlight=False)


def _reason(reason: GateReason) -> str:
    if reason.code == "nothing_compared":
        return f"{reason.code}: {texts.NOTHING_COMPARED.line}"
    return (
        f"{reason.code} {reason.subject}: {reason.before:.2%} → {reason.after:.2%} "
        f"(n={reason.n}, p={reason.p:.4f}, limit {reason.limit:g})"
    )


def _print_left_out(console: Console, lines: int) -> None:
    if lines:
        console.print(str(texts.LEFT_OUT.fill(lines=lines)), markup=False, highlight=False)


def _print_regressions(console: Console, proof: Proof) -> None:
    if not proof.regressions:
        return
    table = Table(title=texts.REGRESSIONS.line, title_justify="left")
    for head in ("part", "text", "expected", "before", "after"):
        table.add_column(head)
    for change in proof.regressions[:SHOWN]:
        cells = (change.part, change.text, change.expected, change.before, change.after)
        table.add_row(*map(escape, cells))
    if len(proof.regressions) > SHOWN:
        table.add_row("", f"… {len(proof.regressions) - SHOWN}", "", "", "")
    console.print(table, highlight=False)


def _add(table: Table, one: ComparedLabel) -> None:
    span = f"{one.difference.low:+.1%} … {one.difference.high:+.1%}"
    shares = (f"{one.before:.1%}", f"{one.after:.1%}", span)
    table.add_row(escape(one.label), str(one.n), *shares, f"{one.p:.4f}", one.verdict)


def _cells(scores: Mapping[str, Any]) -> list[str]:
    def share(key: str) -> str:
        return f"{scores[key]:.3f}" if key in scores else "–"

    interval = f"{share('low')}–{share('high')}" if "low" in scores else "–"
    middle = [share("accuracy"), interval, share("macro_f1"), share("calibration_error")]
    return [str(scores["rows"]), *middle]
