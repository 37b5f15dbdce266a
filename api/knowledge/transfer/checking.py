"""What a file would change, and what is wrong with it: nothing is written here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np

from api.knowledge.changes import key_for, new_texts
from api.knowledge.content import EntryContent, changes, pictures_of
from api.knowledge.similar import NEAR
from api.knowledge.transfer.columns import content_of_row
from api.knowledge.transfer.shapes import Problem, Row, Table, Value
from classifier.likeness import Vectors, spelling

_ROWS_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class State:
    """The knowledge base as it is: what each entry says by key, ids of staff by user name."""

    entries: Mapping[str, EntryContent]
    owners: Mapping[str, UUID]
    taken: frozenset[str] = frozenset()
    """Keys of drafts of new entries."""
    pictures: frozenset[UUID] = frozenset()
    """Those of the knowledge base."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a row makes of an entry; `before` is None for a new one."""

    row: int
    key: str
    before: EntryContent | None
    after: EntryContent


@dataclass(slots=True)
class Plan:
    """What a file would do."""

    steps: list[Step] = field(default_factory=list)
    rows: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Whether an error keeps it from being done."""
        return any(each.level == "error" for each in self.problems)

    @property
    def added(self) -> int:
        """How many entries are new."""
        return sum(step.before is None for step in self.steps)


def plan_of(table: Table, state: State) -> Plan:
    """What `table` would do to `state`; with an error anywhere it does nothing."""
    plan = Plan(rows=len(table.rows), problems=list(table.problems))
    by_question = {spelling(each.question): key for key, each in state.entries.items()}
    broken = {each.row for each in table.problems if each.level == "error"}
    seen: dict[str, int] = {}
    for row in table.rows:
        key = row.cells.get("key", "").strip() or by_question.get(
            spelling(row.cells.get("question", "")), ""
        )
        before = state.entries.get(key)
        content, problems = content_of_row(row, before, state.owners)
        plan.problems += problems
        if content is None or row.number in broken:
            continue
        key = key or _new_key(content, state)
        if (earlier := _seen(seen, row, key, content)) is not None:
            values: dict[str, Value] = {"other": earlier}
            plan.problems.append(Problem(row=row.number, code="duplicate_row", values=values))
        elif before is None and key in state.taken:
            plan.problems.append(Problem(row=row.number, column="key", code="key_drafted"))
        elif before is not None and not changes(before, content):
            plan.unchanged += 1
        else:
            plan.problems += _lost_pictures(row, before, content, state)
            plan.steps.append(Step(row.number, key, before, content))
    plan.problems += _conflicts(plan.steps, state)
    return plan


def questions_of(plan: Plan, state: State) -> tuple[list[tuple[str, str, int]], list[str]]:
    """The questions that are new to their entries `(text, key, row)`, and all questions there
    would be."""
    fresh = [
        (text, step.key, step.row)
        for step in plan.steps
        if step.after.active
        for text in new_texts(step.before, step.after)
    ]
    return fresh, list(dict.fromkeys(text for text, _ in _all_texts(plan.steps, state)))


def near_ones(plan: Plan, state: State, vectors: Mapping[str, Vectors]) -> list[Problem]:
    """A warning for each new question that is nearly one of another entry."""
    fresh, _ = questions_of(plan, state)
    every = list(_all_texts(plan.steps, state))
    if not fresh:
        return []
    owners = np.array([key for _, key in every])
    titles = {key: each.question for key, each in state.entries.items()}
    titles |= {step.key: step.after.question for step in plan.steps}
    matrix = np.array([vectors[text] for text, _ in every], np.float32)
    found: list[Problem] = []
    for start in range(0, len(fresh), _ROWS_AT_ONCE):
        some = fresh[start : start + _ROWS_AT_ONCE]
        scores = np.array([vectors[text] for text, _, _ in some], np.float32) @ matrix.T
        for (text, key, row), line in zip(some, scores, strict=True):
            likely = np.flatnonzero(line >= NEAR)
            others = likely[owners[likely] != key]
            if others.size:
                best = int(others[np.argmax(line[others])])
                like, entry = every[best][0], titles[every[best][1]]
                found.append(_near(row, text, like, entry, float(line[best])))
    return found


def _near(row: int, text: str, other: str, entry: str, score: float) -> Problem:
    values: dict[str, Value] = {"text": text, "other": other, "entry": entry}
    values["score"] = round(min(score, 0.99), 2)
    return Problem(row=row, column="questions", code="near", level="warning", values=values)


def _all_texts(steps: Sequence[Step], state: State) -> Iterable[tuple[str, str]]:
    """`(text, key)` of all active entries once `steps` are done."""
    touched = {step.key for step in steps}
    for key, content in state.entries.items():
        if key not in touched and content.active:
            yield from ((text, key) for text in content.texts)
    for step in steps:
        if step.after.active:
            yield from ((text, step.key) for text in step.after.texts)


def _conflicts(steps: Sequence[Step], state: State) -> list[Problem]:
    """Questions that a row brings and another entry or an earlier row has as well."""
    rows = {step.key: step.row for step in steps}
    owner: dict[str, str] = {}
    for text, key in _all_texts(steps, state):
        owner.setdefault(spelling(text), key)
    found: list[Problem] = []
    for step in steps:
        for text in new_texts(step.before, step.after) if step.after.active else ():
            other = owner[spelling(text)]
            if other == step.key:
                continue
            values: dict[str, Value] = {"text": text}
            if other in rows:
                code = "conflict_in_file"
                values["other"] = rows[other]
            else:
                code = "conflict"
                values["entry"] = state.entries[other].question
            column = "question" if text == step.after.question else "questions"
            found.append(Problem(row=step.row, column=column, code=code, values=values))
    return found


def _lost_pictures(
    row: Row, before: EntryContent | None, after: EntryContent, state: State
) -> list[Problem]:
    """A warning for each new picture that this desk does not have: the file is of another one."""
    unknown = pictures_of(after) - pictures_of(before) - state.pictures
    return [
        Problem(
            row=row.number,
            column="answer",
            code="unknown_picture",
            level="warning",
            values={"value": str(each)},
        )
        for each in sorted(unknown)
    ]


def _seen(seen: dict[str, int], row: Row, key: str, content: EntryContent) -> int | None:
    """The earlier row about the same entry, if there is one."""
    names = (f"key {key}", f"question {spelling(content.question)}")
    earlier = next((seen[name] for name in names if name in seen), None)
    for name in names:
        seen.setdefault(name, row.number)
    return earlier


def _new_key(content: EntryContent, state: State) -> str:
    key = key_for(content)
    number = 2
    while key in state.entries or key in state.taken:
        key, number = f"{key_for(content)}_{number}", number + 1
    return key
