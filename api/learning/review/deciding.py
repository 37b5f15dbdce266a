"""Deciding what messages are, one or many at once, and taking that back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select

from api.auth.service import Role, SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.errors import Conflict, DeskError, NotFound, NotLearnable
from api.ids import now
from api.knowledge import repository as knowledge
from api.knowledge.content import one_line
from api.learning.masking import learnable
from api.learning.material import seeding
from api.learning.review import effects, reading, views
from api.learning.review.choices import FAQ, HUMAN, Label, Wish
from api.learning.review.effects import Undo, Words
from api.learning.review.items import DONE, LOCK, OPEN, SKIPPED
from api.models import ReviewItem
from api.models.base import JsonObject


@dataclass(frozen=True, slots=True)
class _Case:
    """An open item that something is to be learned from."""

    item: ReviewItem
    words: Words
    guess: Label | None
    label: Label | None


async def decide(
    tx: Transaction, staff: SignedIn, message_ids: Sequence[UUID], wish: Wish
) -> dict[UUID, DeskError | None]:
    """Decide on items; why each was not, if it was not. The same decision again is harmless.

    NotFound, NotLearnable, LineConflict, QuestionConflict, and Conflict for an item that was
    decided otherwise or by somebody else.
    """
    found: dict[UUID, DeskError | None] = {}
    rows = await _locked(tx, message_ids)
    waiting: list[ReviewItem] = []
    for message_id in message_ids:
        item = rows.get(message_id)
        if item is None:
            found[message_id] = NotFound()
        elif item.state == OPEN:
            waiting.append(item)
        else:
            found[message_id] = None if _same(item, staff, wish) else _conflict(item)
    if wish.decision == "skip":
        for item in waiting:
            _close(item, staff, SKIPPED, wish, None, Undo())
        return found | {item.message_id: None for item in waiting}
    cases, unfit = await _cases(tx, waiting, wish)
    taught = await _teach(tx, staff, cases, wish.triage)
    for case in cases:
        result = taught[case.item.message_id]
        if isinstance(result, Undo):
            _close(case.item, staff, DONE, wish, case.label, result)
        found[case.item.message_id] = None if isinstance(result, Undo) else result
    return found | unfit


async def reopen(tx: Transaction, staff: SignedIn, message_id: UUID) -> ReviewItem:
    """Take a decision back with what it taught; harmless for an open item.

    Raises NotFound, and Conflict when somebody else decided it and `staff` is no admin.
    """
    item = (await _locked(tx, [message_id])).get(message_id)
    if item is None:
        raise NotFound
    if item.state == OPEN:
        return item
    if item.staff_id != staff.id and not staff.role.covers(Role.ADMIN):
        raise _conflict(item)
    await effects.take_back(tx, staff, undo_of(item))
    item.state, item.decided, item.staff_id, item.decided_at = OPEN, {}, None, None
    return item


def undo_of(item: ReviewItem) -> Undo:
    """What the decision on an item has changed."""
    return Undo(**item.decided.get("undo", {}))


async def _locked(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, ReviewItem]:
    await knowledge.one_writer(tx)
    await serialise(tx, seeding.LOCK)
    await serialise(tx, LOCK)
    query = select(ReviewItem).where(ReviewItem.message_id.in_(ids))
    ordered = query.order_by(ReviewItem.message_id).execution_options(populate_existing=True)
    rows = await tx.scalars(ordered.with_for_update(key_share=True))
    return {item.message_id: item for item in rows}


async def _cases(
    tx: Transaction, rows: Sequence[ReviewItem], wish: Wish
) -> tuple[list[_Case], dict[UUID, DeskError | None]]:
    said = await reading.said(tx, [item.message_id for item in rows])
    guesses = await views.guesses(tx, rows, said)
    cases: list[_Case] = []
    unfit: dict[UUID, DeskError | None] = {}
    for item in rows:
        spoken = said.get(item.message_id)
        guess = guesses.get(item.message_id)
        label = guess if wish.decision == "right" else wish.label
        if spoken is None:
            unfit[item.message_id] = NotFound()
        elif label is None and not wish.triage:
            unfit[item.message_id] = NotLearnable(reason="no_guess")
        else:
            text = one_line(learnable(spoken.text))
            words = Words(item.message_id, item.customer_id, text)
            cases.append(_Case(item, words, guess, label))
    return cases, unfit


async def _teach(
    tx: Transaction, staff: SignedIn, cases: Sequence[_Case], triage: Mapping[str, str]
) -> effects.Outcome:
    found: effects.Outcome = {case.item.message_id: Undo() for case in cases}
    by_key: dict[str, list[Words]] = {}
    for case in cases:
        if case.label is not None and case.label.kind == FAQ:
            by_key.setdefault(case.label.key, []).append(case.words)
    for key in sorted(by_key):
        found |= await effects.ask_of_entry(tx, staff, key, by_key[key])
    for case in cases:
        undo = found[case.item.message_id]
        if isinstance(undo, Undo):
            try:
                async with tx.begin_nested():
                    await _teach_lines(tx, staff, case, triage, undo)
            except DeskError as error:
                found[case.item.message_id] = error
    return found


async def _teach_lines(
    tx: Transaction, staff: SignedIn, case: _Case, triage: Mapping[str, str], undo: Undo
) -> None:
    label = case.label
    if label is not None and label.kind != FAQ:
        undo.lines += (await effects.learn(tx, staff, label, case.words)).lines
    mistaken = case.guess is not None and case.guess.kind == HUMAN
    if mistaken and label is not None and label.kind != HUMAN:
        undo.lines += (await effects.no_wish(tx, staff, case.words)).lines
    if triage:
        undo.lines += (await effects.learn_labels(tx, staff, triage, case.words)).lines


def _close(
    item: ReviewItem,
    staff: SignedIn,
    state: str,
    wish: Wish,
    label: Label | None,
    undo: Undo,
) -> None:
    item.state, item.staff_id, item.decided_at = state, staff.id, now()
    item.decided = {**_decided(wish, label), "undo": asdict(undo)}


def _decided(wish: Wish, label: Label | None) -> JsonObject:
    return {
        "decision": wish.decision,
        "label": asdict(label) if label else None,
        "triage": dict(wish.triage),
    }


def _same(item: ReviewItem, staff: SignedIn, wish: Wish) -> bool:
    said = {name: item.decided.get(name) for name in ("decision", "label", "triage")}
    asked = _decided(wish, wish.label)
    if wish.decision == "right":
        asked["label"] = said["label"]
    return item.staff_id == staff.id and said == asked


def _conflict(item: ReviewItem) -> Conflict:
    return Conflict(state=item.state, by=str(item.staff_id) if item.staff_id else None)
