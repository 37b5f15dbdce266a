"""The task at hand as it stands: what is filled in, what was asked, what waits behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions.tasks.model import Option
from actions.tasks.slots import SLOTS

STATE = "task_state"
"""Rasa's slot for the bookkeeping; what customers told has slots of its own."""

PROOF = ("order_number", "phone_tail")
"""What proves who the customer is (norms §5)."""

CONFIRM, CHANGE, OFFER = "confirm", "change", "offer"
"""What may have been asked besides a slot: the go-ahead, what is wrong, whether a person helps."""


@dataclass
class Sheet:
    """One task being filled in, with the ones it interrupted."""

    task: str
    values: dict[str, Any] = field(default_factory=dict)
    asked: str | None = None
    attempts: int = 0
    skipped: list[str] = field(default_factory=list)
    options: dict[str, list[Option]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    """What was chosen from options, as the customer saw it."""
    proven: bool = False
    needs_proof: bool = False
    unproven: bool = False
    """Order number and phone do not fit together; one of them has to be told anew."""
    failed_proofs: int = 0
    agreed: bool = False
    story: str = ""
    """The message that started the task."""
    waiting: list[dict[str, Any]] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def set(self, name: str, value: Any) -> None:
        """Fill a slot; what depends on its old value is forgotten."""
        old = self.values.get(name)
        self.values[name] = value
        self.changed.add(name)
        self.agreed = False
        if name in PROOF:
            self.unproven = False
        if name in self.skipped and value:
            self.skipped.remove(name)
        if old != value:
            self._forget_dependents(name)

    def forget(self, name: str) -> None:
        """Empty a slot so that it is asked for again."""
        if self.values.get(name) is not None:
            self.values[name] = None
            self.changed.add(name)
            self._forget_dependents(name)
        self.titles.pop(name, None)
        self.agreed = False

    def _forget_dependents(self, name: str) -> None:
        for slot in SLOTS.values():
            if name in slot.depends:
                self.forget(slot.name)
                self.options.pop(slot.name, None)

    def suspend(self) -> list[dict[str, Any]]:
        """This task and those behind it, as they wait for the next one."""
        own = {
            name: value
            for name, value in self.values.items()
            if value and name in SLOTS and not SLOTS[name].keeps
        }
        kept = {
            "task": self.task,
            "values": own,
            "skipped": self.skipped,
            "titles": self.titles,
            "story": self.story,
        }
        return [kept, *self.waiting][:2]

    def resume(self) -> Sheet | None:
        """The task that waited longest for this one to end."""
        if not self.waiting:
            return None
        first, *rest = self.waiting
        sheet = Sheet(
            str(first["task"]),
            {**self.values},
            skipped=list(first.get("skipped") or ()),
            titles=dict(first.get("titles") or {}),
            proven=self.proven,
            story=str(first.get("story") or ""),
            waiting=rest,
            changed=set(self.changed),
        )
        sheet.clear()
        for name, value in (first.get("values") or {}).items():
            sheet.values[name] = value
            sheet.changed.add(name)
        return sheet

    def clear(self) -> None:
        """Forget what belongs to this task alone."""
        for name, slot in SLOTS.items():
            if not slot.keeps and self.values.get(name) is not None:
                self.values[name] = None
                self.changed.add(name)

    def to_state(self) -> dict[str, Any]:
        """The bookkeeping as plain data."""
        return {
            "task": self.task,
            "asked": self.asked,
            "attempts": self.attempts,
            "skipped": self.skipped,
            "options": {
                name: [[it.value, it.title, it.day, it.clock] for it in options]
                for name, options in self.options.items()
            },
            "titles": self.titles,
            "needs_proof": self.needs_proof,
            "unproven": self.unproven,
            "failed_proofs": self.failed_proofs,
            "story": self.story,
            "waiting": self.waiting,
        }


def read_sheet(slots: Mapping[str, Any]) -> Sheet | None:
    """The sheet that stands in Rasa's slots, None when no task runs."""
    state = slots.get(STATE)
    if not isinstance(state, Mapping) or not state.get("task"):
        return None
    return Sheet(
        task=str(state["task"]),
        values=slot_values(slots),
        asked=state.get("asked"),
        attempts=int(state.get("attempts") or 0),
        skipped=list(state.get("skipped") or ()),
        options={
            name: [Option(*map(str, item)) for item in options]
            for name, options in (state.get("options") or {}).items()
        },
        titles=dict(state.get("titles") or {}),
        proven=bool(slots.get("verified")),
        needs_proof=bool(state.get("needs_proof")),
        unproven=bool(state.get("unproven")),
        failed_proofs=int(state.get("failed_proofs") or 0),
        story=str(state.get("story") or ""),
        waiting=list(state.get("waiting") or ()),
    )


def slot_values(slots: Mapping[str, Any]) -> dict[str, Any]:
    """What customers told, by slot."""
    return {name: slots[name] for name in SLOTS if slots.get(name) is not None}
