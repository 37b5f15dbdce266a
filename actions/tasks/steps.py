"""What a message means for a task, and what a task needs next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from actions.tasks.catalog import TASKS
from actions.tasks.model import Task, Want
from actions.tasks.sheet import CHANGE, CONFIRM, PROOF, Sheet
from actions.tasks.slots import SLOTS


@dataclass(frozen=True, slots=True)
class Go:
    """Go on with the sheet; `hint` chooses the wording of a question that is asked again."""

    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Leave:
    """The customer wants to stop."""


@dataclass(frozen=True, slots=True)
class Person:
    """The customer wants a person."""


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody may harm themselves: nothing else matters."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The customer needs a moment; the question stays open and is not asked again."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Small talk (`response`), a question, a word about an answer; then the task goes on."""

    response: str | None = None
    faq: bool = False
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """Another task; the one at hand waits unless the new one comes `instead`."""

    task: str
    instead: bool


Move: TypeAlias = Go | Leave | Person | Help | Wait | Aside | Switch


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask for a slot, for the go-ahead, for what is wrong, or offer a person."""

    what: str
    hint: str | None = None
    wording: str | None = None


@dataclass(frozen=True, slots=True)
class Verify:
    """Prove who the customer is."""


@dataclass(frozen=True, slots=True)
class Load:
    """Ask the desk what there is to choose from."""

    slot: str


@dataclass(frozen=True, slots=True)
class Act:
    """Everything is told and agreed to."""


Next: TypeAlias = Ask | Verify | Load | Act


def next_step(sheet: Sheet) -> Next:
    """What the sheet needs now."""
    task = TASKS[sheet.task]
    if sheet.asked == CHANGE:
        return Ask(CHANGE)
    if needs_proof(sheet, task):
        missing = next((name for name in PROOF if not sheet.values.get(name)), None)
        if missing is None and sheet.unproven:
            return Ask("phone_tail", hint="wrong")
        if missing == "order_number" and not sheet.values.get("phone_tail"):
            return Ask("order_number", wording="identity")
        return Ask(missing) if missing else Verify()
    for want in task.wants:
        if want.optional or want.slot in sheet.skipped or sheet.values.get(want.slot):
            continue
        if want.when is not None and not want.when(sheet.values):
            continue
        # a shop customer who is not known yet has no orders to choose from
        if SLOTS[want.slot].loads and want.slot not in sheet.options and _can_load(sheet, want):
            return Load(want.slot)
        return Ask(want.slot, wording=want.ask)
    return Ask(CONFIRM) if task.confirm and not sheet.agreed else Act()


def _can_load(sheet: Sheet, want: Want) -> bool:
    return want.slot != "order_number" or sheet.proven


def needs_proof(sheet: Sheet, task: Task) -> bool:
    """Must the identity be proven before anything else?"""
    return (task.proof or sheet.needs_proof) and not sheet.proven


def wants_of(task: Task, sheet: Sheet | None = None) -> list[Want]:
    """The wants of a task, the proof first where it has to be given."""
    named = {want.slot for want in task.wants}
    asks_proof = task.proof or (sheet is not None and sheet.needs_proof)
    proof = [Want(name) for name in PROOF if name not in named] if asks_proof else []
    return [*proof, *task.wants]
