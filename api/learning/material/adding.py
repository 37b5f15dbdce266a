"""Adding lines that are learned from.

A text is learned under one label only. What customers or staff typed is masked before it is kept
(norms §7); every change is in the history.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.ids import new_id, now
from api.learning.masking import learnable
from api.learning.material import history, lines
from api.learning.material.bundle import entities
from api.learning.material.labels import Labels, checked_labels
from api.learning.material.lines import ACTIVE, REMOVED
from api.learning.material.seeding import LOCK
from api.learning.material.texts import BadLine, Kind, checked, digest
from api.models import Intent, TrainingLine


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line to add; `label` and `labels` as in `TrainingLine`.

    `message_id` and `customer_id` say whose words they are, if a customer's.
    """

    text: str
    label: str
    labels: Mapping[str, str | int] = field(default_factory=dict)
    message_id: UUID | None = None
    customer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not added. `code` is explained in api/i18n (`line_problem`); `label` is what
    the text is learned as already: another label of its kind, or `faq/<key>`."""

    index: int
    text: str
    code: str
    label: str | None = None
    line_id: UUID | None = None


@dataclass(slots=True)
class Outcome:
    """What became of lines: each is in one of the lists."""

    added: list[TrainingLine] = field(default_factory=list)
    """New, put back, or given other labels."""
    known: list[TrainingLine] = field(default_factory=list)
    """They are there as they are."""
    refused: list[Refused] = field(default_factory=list)


async def add(
    tx: Transaction,
    staff: SignedIn | None,
    kind: Kind,
    wanted: Sequence[Wanted],
    *,
    source: str = "staff",
    move: bool = False,
) -> Outcome:
    """Add lines of a kind. What is there already is no change, so a resend is harmless.

    A text that is learned under another label is refused, or with `move` taken from there. Lines
    that cannot be are refused one by one; the others are added.
    """
    await serialise(tx, LOCK)
    adding = _Adding(tx, staff, kind, source, move=move)
    return await adding.run(wanted)


class _Adding:
    """One call of `add`; the rows that its texts have already are read once."""

    def __init__(
        self, tx: Transaction, staff: SignedIn | None, kind: Kind, source: str, *, move: bool
    ) -> None:
        self._tx, self._staff, self._kind, self._source, self._move = tx, staff, kind, source, move
        self._rows: dict[bytes, list[TrainingLine]] = {}
        self._outcome = Outcome()
        self._asked: dict[str, str] = {}
        self._intents: set[str] = set()

    async def run(self, wanted: Sequence[Wanted]) -> Outcome:
        """All lines, in their order."""
        if self._kind == "intent":
            self._intents = set((await self._tx.scalars(select(Intent.name))).all())
        texts = {self._kept(each.text) for each in wanted} | {each.text for each in wanted}
        if self._kind == "intent":
            self._asked = await lines.asked_in_knowledge(self._tx, texts)
        await self._read({digest(self._kind, text) for text in texts})
        for index, each in enumerate(wanted):
            try:
                await self._take(index, each)
            except BadLine as problem:
                self._outcome.refused.append(Refused(index, each.text, problem.code))
        await self._tx.flush()
        return self._outcome

    def _kept(self, text: str) -> str:
        """The text as it is kept; as it came when it cannot be."""
        try:
            return learnable(checked(self._kind, text, entities()))
        except BadLine:
            return text

    async def _read(self, digests: set[bytes]) -> None:
        query = select(TrainingLine).where(
            TrainingLine.kind == self._kind, TrainingLine.digest.in_(digests)
        )
        for line in (await self._tx.scalars(query)).all():
            self._rows.setdefault(line.digest, []).append(line)

    async def _take(self, index: int, wanted: Wanted) -> None:
        text = checked(self._kind, wanted.text, entities())
        if self._kind == "intent" and wanted.label not in self._intents:
            raise BadLine("unknown_label")
        labels = checked_labels(self._kind, wanted.label, wanted.labels)
        masked = learnable(text)
        if key := self._asked.get(text) or self._asked.get(masked):
            self._refuse(index, wanted, "in_knowledge", f"faq/{key}")
            return
        same = [
            *self._rows.get(digest(self._kind, text), []),
            *(self._rows.get(digest(self._kind, masked), []) if masked != text else []),
        ]
        # as it was said and masked it may be two lines
        active = [line for line in same if line.state == ACTIVE]
        there = next((line for line in active if line.label == wanted.label), None)
        others = [line for line in active if line.label != wanted.label]
        if others and there is None and not self._move:
            self._refuse(index, wanted, "other_label", others[0].label, others[0].id)
            return
        if others and self._move:
            for line in others:
                lines.set_state(self._tx, line, self._staff, REMOVED)
            await self._tx.flush()  # before another line of the text becomes active
        if there is not None:
            self._relabel(index, wanted, there, labels)
            return
        back = next((line for line in same if line.label == wanted.label), None)
        if back is None:
            self._outcome.added.append(self._new(masked, wanted, labels))
        else:
            lines.set_state(self._tx, back, self._staff, ACTIVE, labels)
            self._outcome.added.append(back)

    def _relabel(self, index: int, wanted: Wanted, line: TrainingLine, labels: Labels) -> None:
        """The line is there; its other labels may be new, or say something else."""
        joined = {**line.labels, **labels}
        if joined == line.labels:
            self._outcome.known.append(line)
        elif self._move or not line.labels.keys() & labels.keys() or _fills(line.labels, labels):
            before = history.state_of(line)
            line.labels, line.staff_id = joined, self._staff.id if self._staff else None
            history.note_line(self._tx, line, "changed", before, self._staff)
            self._outcome.added.append(line)
        else:
            self._refuse(index, wanted, "other_label", line.label, line.id)

    def _new(self, text: str, wanted: Wanted, labels: Labels) -> TrainingLine:
        line = TrainingLine(
            id=new_id(),
            kind=self._kind,
            label=wanted.label,
            text=text,
            digest=digest(self._kind, text),
            labels=labels,
            source=self._source,
            state=ACTIVE,
            message_id=wanted.message_id,
            customer_id=wanted.customer_id,
            staff_id=self._staff.id if self._staff else None,
            created_at=now(),
        )
        self._tx.add(line)
        self._rows.setdefault(line.digest, []).append(line)
        history.note_line(self._tx, line, "added", {}, self._staff)
        return line

    def _refuse(
        self, index: int, wanted: Wanted, code: str, label: str, line_id: UUID | None = None
    ) -> None:
        self._outcome.refused.append(Refused(index, wanted.text, code, label, line_id))


def _fills(known: Mapping[str, object], given: Mapping[str, object]) -> bool:
    """Whether `given` says nothing else of what is known already."""
    return all(known.get(name, value) == value for name, value in given.items())
