"""For those who measure the desk: what people said of a line, and what the desk says."""

from __future__ import annotations

from api.learning.labelling import message_labels
from classifier.data import DataError, Line, Table
from classifier.labels import LABELS, OPEN_TARGETS, TARGETS
from classifier.predict import TriageClassifier
from triage.decision import wants_person
from triage.packet import MessageLabels
from triage.policy import handoff_policy
from triage.priority import matrix

PRIORITY = "priority"
MEASURED = (*TARGETS, PRIORITY)
WISH_COLUMN = "wants_human"
_PRIORITIES = ("P1", "P2", "P3", "P4")
_YES_NO = {
    **dict.fromkeys(("1", "true", "yes", "y", "是"), True),
    **dict.fromkeys(("0", "false", "no", "n", "否"), False),
}


def true_priority(impact: int, urgency: int) -> str:
    """The priority of a request that people labelled with `impact` and `urgency` (norms §1)."""
    return matrix(impact, urgency)


def person_wanted(text: str, chance: float | None) -> bool:
    """Whether the worker hands over: `chance` is the classifier's `wants_person`."""
    return wants_person(text, chance, handoff_policy())


def true_labels(table: Table, line: Line) -> dict[str, str]:
    """What people said of a request, by target; the priority by the matrix where they gave impact
    and urgency only. Raises `DataError`."""
    truth: dict[str, str] = {}
    for target in MEASURED:
        value = line.cells.get(target, "").strip()
        if target == "anger" and value.lower() in _YES_NO:
            value = str(int(_YES_NO[value.lower()]))
        if not value:
            continue
        known = _PRIORITIES if target == PRIORITY else LABELS[target]
        if value not in known and target not in OPEN_TARGETS:
            raise _bad_cell(table, line.number, target, value)
        truth[target] = value
    if PRIORITY not in truth and "impact" in truth and "urgency" in truth:
        truth[PRIORITY] = true_priority(int(truth["impact"]), int(truth["urgency"]))
    return truth


def true_wish(table: Table, line: Line) -> bool:
    """Whether a person is wanted, as people said of the line. Raises `DataError`."""
    value = line.cells[WISH_COLUMN].strip()
    known = _YES_NO.get(value.lower())
    if known is None:
        raise _bad_cell(table, line.number, WISH_COLUMN, value)
    return known


def said_labels(seen: MessageLabels) -> dict[str, tuple[str, float]]:
    """What the desk says of a message, by target, with its confidence (0–1)."""
    said = {
        target: (getattr(seen, target).key, getattr(seen, target).confidence)
        for target in MEASURED
        if target != "anger"
    }
    said["anger"] = ("1" if seen.anger.flag else "0", seen.anger.confidence)
    return said


def look(
    classifier: TriageClassifier, text: str
) -> tuple[dict[str, tuple[str, float]], float | None]:
    """`said_labels` of a text by a release's classifier, and its `wants_person`."""
    prediction = classifier.predict(text)
    return said_labels(message_labels(prediction)), prediction.wants_person


def _bad_cell(table: Table, line: int, column: str, value: str) -> DataError:
    return DataError(f"{table.path}:{line}: {column} {value!r} is not known")
