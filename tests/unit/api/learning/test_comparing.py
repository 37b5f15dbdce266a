"""Two releases side by side: from their predictions to a verdict."""

from __future__ import annotations

import random
from dataclasses import replace

from api.learning.proof.comparing import (
    Pair,
    changes_of,
    gate_of,
    pair_up,
    parts_of,
    protected_of,
)
from api.learning.proof.predicting import Prediction
from api.learning.proof.shapes import GateOut
from triage.policy.gate import gate_policy

CATEGORIES = ("order", "logistics", "refund", "invoice")


def line(number: int, part: str, expected: str, predicted: str | None = None) -> Prediction:
    said = expected if predicted is None else predicted
    text = f"{part} {number}"
    return Prediction("set", part, text, expected, said, 0.9, said == expected)


def gate_says(pairs: list[Pair]) -> GateOut:
    """What the gate says of what is stored of them."""
    parts = {part.part: part.overall for part in parts_of(pairs)}
    return gate_of(parts, {label.label: label for label in protected_of(pairs)}, gate_policy())


def good_release() -> list[Prediction]:
    """Nineteen of twenty lines are right."""
    found = []
    for number in range(400):
        expected = CATEGORIES[number % 4]
        wrong = CATEGORIES[(number + 1) % 4]
        found.append(line(number, "category", expected, wrong if number % 20 == 0 else None))
    found += [line(n, "priority", "P1" if n % 4 == 0 else "P3") for n in range(120)]
    found += [line(n, "human", "person" if n % 2 else "nobody") for n in range(200)]
    found += [line(n, "intent", "distress") for n in range(5)]
    return found


def shuffled(release: list[Prediction], parts: set[str]) -> list[Prediction]:
    """The release that learns from the same lines with their labels shuffled."""
    chance = random.Random(7)
    said = {part: [one.predicted for one in release if one.part == part] for part in parts}
    for labels in said.values():
        chance.shuffle(labels)
    made = []
    for one in release:
        predicted = said[one.part].pop() if one.part in parts else one.predicted
        made.append(replace(one, predicted=predicted, right=predicted == one.expected))
    return made


def test_a_release_with_shuffled_labels_is_blocked() -> None:
    pairs = pair_up(good_release(), shuffled(good_release(), {"category", "priority"}))
    gate = gate_says(pairs)
    assert not gate.passed
    found = {(reason.code, reason.subject) for reason in gate.reasons}
    assert ("significantly_worse", "category") in found
    assert ("protected_worse", "P1") in found
    assert not {subject for _, subject in found} & {"human", "intent", "distress"}


def test_the_same_release_passes_and_nothing_is_better_or_worse() -> None:
    pairs = pair_up(good_release(), good_release())
    assert gate_says(pairs).passed
    assert changes_of(pairs) == ([], [])
    labels = [label for part in parts_of(pairs) for label in (part.overall, *part.labels)]
    assert {label.verdict for label in labels} == {"unsure"}


def test_a_single_missed_customer_in_distress_blocks() -> None:
    after = [
        replace(one, predicted="greet", right=False) if one.expected == "distress" else one
        for one in good_release()
    ]
    (reason,) = gate_says(pair_up(good_release(), after[:-4])).reasons
    assert (reason.code, reason.subject, reason.before, reason.after) == (
        "protected_worse",
        "distress",
        1.0,
        0.0,
    )


def test_only_lines_that_both_were_asked_are_compared() -> None:
    new = line(9_999, "category", "order")
    assert pair_up(good_release(), [*good_release()[:3], new]) == pair_up(
        good_release(), good_release()[:3]
    )


def test_each_label_has_its_own_lines_interval_and_verdict() -> None:
    after = [
        replace(one, predicted=one.expected, right=True) if one.part == "category" else one
        for one in good_release()
    ]
    part = next(
        part for part in parts_of(pair_up(good_release(), after)) if part.part == "category"
    )
    assert (part.overall.n, part.overall.gained, part.overall.lost) == (400, 20, 0)
    assert part.overall.verdict == "better"
    assert part.overall.difference.low > 0
    by_label = {label.label: label for label in part.labels}
    assert {name: label.n for name, label in by_label.items()} == dict.fromkeys(CATEGORIES, 100)
    assert by_label["order"].gained == 20
    assert by_label["order"].verdict == "better"
    assert by_label["refund"].verdict == "unsure"
    assert part.confusion[0].model_dump() == {
        "expected": "order",
        "predicted": "logistics",
        "before": 20,
        "after": 0,
    }
    assert part.calibration.error_before is not None
    assert round(part.calibration.error_before, 4) == 0.05
    assert sum(one.count for one in part.calibration.after) == 400


def test_regressions_name_the_line_and_both_predictions() -> None:
    after = shuffled(good_release(), {"category"})
    regressions, gains = changes_of(pair_up(good_release(), after))
    assert len(regressions) > 200
    first = regressions[0]
    assert first.before == first.expected != first.after
    assert all(change.after == change.expected for change in gains)


def test_protected_labels_are_told_whatever_they_are() -> None:
    found = {
        label.label: label.n for label in protected_of(pair_up(good_release(), good_release()))
    }
    assert found == {"human": 100, "P1": 30, "distress": 5}
