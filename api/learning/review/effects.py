"""What a decision teaches, and how that is taken back.

Questions that entries answer become wordings of the entry, all else lines that are learned from;
both count from the next release on. What was there before is kept with the decision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import DeskError, LineConflict, NotFound, NotLearnable, QuestionConflict
from api.i18n import say
from api.knowledge import changes
from api.knowledge import repository as knowledge
from api.knowledge.changes import By
from api.knowledge.content import MOST_QUESTIONS, EntryContent, content_of
from api.learning.material import adding, corrections, history, lines
from api.learning.material.adding import Wanted
from api.learning.material.lines import ACTIVE, REMOVED
from api.learning.material.texts import Kind, digest
from api.learning.review.choices import FOREIGN, HUMAN, INTENT, Label
from api.models import KnowledgeDraft, TrainingLine
from api.models.base import JsonObject
from classifier.likeness import spelling

SOURCE = "review"
LONGEST_QUESTION = 200
PERSON, NOBODY = "1", "0"


@dataclass(frozen=True, slots=True)
class Words:
    """What a customer said, masked and on one line."""

    message_id: UUID
    customer_id: UUID
    text: str


@dataclass(slots=True)
class Undo:
    """What a decision has changed."""

    questions: list[dict[str, str]] = field(default_factory=list)
    """`{key, text}` of wordings that were added."""
    lines: list[JsonObject] = field(default_factory=list)
    """`{id, state, labels}` of lines as they were before."""


Outcome = dict[UUID, Undo | DeskError]
"""What became of each message."""


async def ask_of_entry(
    tx: Transaction, staff: SignedIn, key: str, words: Sequence[Words]
) -> Outcome:
    """Add messages to the questions of an entry, with one version of it. The caller has taken
    `knowledge.one_writer`."""
    entry = await knowledge.with_questions(tx, key, lock=True)
    if entry is None:
        return {each.message_id: NotFound() for each in words}
    content = content_of(entry)
    known = {spelling(text) for text in content.texts}
    others = {spelling(row[0]): row for row in await knowledge.active_texts(tx) if row[1] != key}
    found: Outcome = {}
    fresh: list[str] = []
    for each in words:
        name = spelling(each.text)
        if name in known:
            found[each.message_id] = Undo(lines=await _give_up(tx, staff, each.text))
        elif len(each.text) > LONGEST_QUESTION:
            found[each.message_id] = NotLearnable(reason="too_long")
        elif (other := others.get(name)) is not None:
            conflict = {"text": each.text, "key": other[1], "question": other[2]}
            found[each.message_id] = QuestionConflict(conflicts=[conflict])
        elif len(content.questions) + len(fresh) >= MOST_QUESTIONS:
            found[each.message_id] = NotLearnable(reason="entry_full")
        else:
            known.add(name)
            fresh.append(each.text)
            found[each.message_id] = Undo(
                [{"key": key, "text": each.text}], await _give_up(tx, staff, each.text)
            )
    if fresh:
        more = content.model_copy(update={"questions": [*content.questions, *fresh]})
        await changes.change(tx, entry, more, By(staff.id, say("review.note")))
    return found


async def learn(tx: Transaction, staff: SignedIn, label: Label, words: Words) -> Undo:
    """Learn a message as an intent, a wish for a person, or nothing the desk is there for.

    Raises NotLearnable and LineConflict.
    """
    if label.kind == HUMAN:
        return await _line(tx, staff, "human", PERSON, words)
    name = label.key if label.kind == INTENT else FOREIGN
    return await _line(tx, staff, "intent", name, words)


async def no_wish(tx: Transaction, staff: SignedIn, words: Words) -> Undo:
    """Learn that a message does not ask for a person. Raises NotLearnable."""
    return await _line(tx, staff, "human", NOBODY, words)


async def learn_labels(
    tx: Transaction, staff: SignedIn, labels: Mapping[str, str], words: Words
) -> Undo:
    """Learn labels of a request, and those that people have corrected. Raises NotLearnable."""
    before = await _rows(tx, "triage", words.text)
    if await corrections.of_message(tx, words.message_id) is not None:
        outcome = await corrections.accept(tx, staff, words.message_id, labels)
    else:
        wanted = Wanted(
            words.text,
            labels.get("category", ""),
            dict(labels),
            words.message_id,
            words.customer_id,
        )
        outcome = await adding.add(tx, staff, "triage", [wanted], source=SOURCE, move=True)
    _check(outcome)
    return Undo(lines=await _changed(tx, "triage", words.text, before))


async def take_back(tx: Transaction, staff: SignedIn, undo: Undo) -> None:
    """Undo what a decision has taught, as far as nobody has changed it since. The caller has taken
    `knowledge.one_writer` and the lock of the lines."""
    for question in undo.questions:
        await _forget_question(tx, question["key"], question["text"], By(staff.id))
    rows = [(await tx.get(TrainingLine, UUID(each["id"])), each) for each in undo.lines]
    for line, before in sorted(rows, key=lambda pair: pair[1]["state"] == ACTIVE):
        if line is not None:
            await _restore(tx, staff, line, before)


async def _forget_question(tx: Transaction, key: str, text: str, by: By) -> None:
    entry = await knowledge.with_questions(tx, key, lock=True)
    if entry is not None:
        content = content_of(entry)
        if text in content.questions:
            await changes.change(tx, entry, _without(content, text), by)
    draft = await knowledge.draft(tx, key, lock=True)
    if draft is not None:
        leave_out(draft, text)


def leave_out(draft: KnowledgeDraft, text: str) -> None:
    """Take a wording out of a draft."""
    questions = [each for each in draft.content.get("questions", []) if each != text]
    draft.content = {**draft.content, "questions": questions}


def _without(content: EntryContent, text: str) -> EntryContent:
    kept = [each for each in content.questions if each != text]
    return content.model_copy(update={"questions": kept})


async def _restore(
    tx: Transaction, staff: SignedIn, line: TrainingLine, before: JsonObject
) -> None:
    if before["state"] == ACTIVE and line.state == REMOVED:
        taken = select(TrainingLine.id).where(
            TrainingLine.kind == line.kind,
            TrainingLine.digest == line.digest,
            TrainingLine.state == ACTIVE,
        )
        if await tx.scalar(taken) is not None:
            return
    if line.state != before["state"]:
        lines.set_state(tx, line, staff, before["state"])
    if line.labels != before["labels"]:
        stood = history.state_of(line)
        line.labels = before["labels"]
        history.note_line(tx, line, "changed", stood, staff)
    await tx.flush()


async def _line(tx: Transaction, staff: SignedIn, kind: Kind, label: str, words: Words) -> Undo:
    before = await _rows(tx, kind, words.text)
    wanted = Wanted(words.text, label, {}, words.message_id, words.customer_id)
    _check(await adding.add(tx, staff, kind, [wanted], source=SOURCE, move=True))
    return Undo(lines=await _changed(tx, kind, words.text, before))


def _check(outcome: adding.Outcome) -> None:
    """Raise what speaks against the one line that was to be added."""
    for refused in outcome.refused:
        if refused.label is not None:
            raise LineConflict(label=refused.label, line_id=None)
        raise NotLearnable(reason=refused.code)


async def _give_up(tx: Transaction, staff: SignedIn, text: str) -> list[JsonObject]:
    """A question of an entry is no example of an intent: take the line away."""
    before = await _rows(tx, "intent", text)
    for line in before.values():
        if line["state"] == ACTIVE:
            lines.set_state(tx, await tx.get_one(TrainingLine, UUID(line["id"])), staff, REMOVED)
    await tx.flush()
    return await _changed(tx, "intent", text, before)


async def _rows(tx: Transaction, kind: Kind, text: str) -> dict[str, JsonObject]:
    query = select(TrainingLine).where(
        TrainingLine.kind == kind, TrainingLine.digest == digest(kind, text)
    )
    return {
        str(line.id): {"id": str(line.id), "state": line.state, "labels": dict(line.labels)}
        for line in await tx.scalars(query)
    }


async def _changed(
    tx: Transaction, kind: Kind, text: str, before: Mapping[str, JsonObject]
) -> list[JsonObject]:
    """The lines of a text that are others now, as they were; new ones as removed."""
    return [
        before.get(key, {**line, "state": REMOVED})
        for key, line in (await _rows(tx, kind, text)).items()
        if before.get(key) != line
    ]
