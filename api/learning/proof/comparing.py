"""Two releases' predictions of the same lines, laid side by side. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TypeVar

from api.learning.proof.predicting import Prediction
from api.learning.proof.shapes import (
    Bin,
    Calibration,
    Change,
    Compared,
    ComparedLabel,
    Confused,
    GateOut,
    GateReason,
    Part,
    Range,
)
from classifier.evaluate import calibration_error, reliability
from triage import gate
from triage.policy.gate import GatePolicy
from triage.trial import Paired, holm, mcnemar, paired, paired_difference, verdict

Pair = tuple[Prediction, Prediction]
"""The same line before and after."""
_Shape = TypeVar("_Shape", bound=Compared)
_CONFUSIONS = 20
PROTECTED = {
    "human": ("human", "person"),
    "P1": ("priority", "P1"),
    "distress": ("intent", "distress"),
}
"""Labels that nobody may miss: the part and the label they are the truth in."""


def pair_up(before: Iterable[Prediction], after: Iterable[Prediction]) -> list[Pair]:
    """Lines that both releases were asked, in the order of `after`."""
    known = {prediction.line: prediction for prediction in before}
    return [(known[one.line], one) for one in after if one.line in known]


def parts_of(pairs: Sequence[Pair]) -> list[Part]:
    """Each part, as a whole and by label."""
    groups = _grouped(pairs)
    whole = _compared(Compared, {part: _count(group) for part, group in groups.items()})
    return [
        Part(
            part=part,
            overall=overall,
            labels=_labels(groups[part]),
            confusion=_confusion(groups[part]),
            calibration=_calibration(groups[part]),
        )
        for part, overall in whole.items()
    ]


def protected_of(pairs: Sequence[Pair]) -> list[ComparedLabel]:
    """The labels that nobody may miss."""
    return _named({name: _count(group) for name, group in _protected(pairs).items()})


def gate_of(
    parts: Mapping[str, Compared], protected: Mapping[str, Compared], policy: GatePolicy
) -> GateOut:
    """What the gate says of the release after, from the figures of each part and of the labels
    that nobody may miss."""
    decision = gate.decide(
        {name: _counts_of(one) for name, one in parts.items()},
        {name: _counts_of(one) for name, one in protected.items()},
        policy,
    )
    return GateOut(
        passed=decision.passed,
        reasons=[GateReason(**asdict(reason)) for reason in decision.reasons],
        unsure=list(decision.unsure),
    )


def changes_of(pairs: Sequence[Pair]) -> tuple[list[Change], list[Change]]:
    """What was right and is wrong now, and the other way round."""
    lost = [_change(*pair) for pair in pairs if pair[0].right and not pair[1].right]
    gained = [_change(*pair) for pair in pairs if pair[1].right and not pair[0].right]
    return lost, gained


def _grouped(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        groups.setdefault(pair[1].part, []).append(pair)
    return groups


def _protected(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    return {
        name: [pair for pair in pairs if (pair[1].part, pair[1].expected) == place]
        for name, place in PROTECTED.items()
    }


def _labels(group: Sequence[Pair]) -> list[ComparedLabel]:
    by_label: dict[str, list[Pair]] = {}
    for pair in group:
        by_label.setdefault(pair[1].expected, []).append(pair)
    return _named({label: _count(by_label[label]) for label in sorted(by_label)})


def _named(counts: Mapping[str, Paired]) -> list[ComparedLabel]:
    return [
        ComparedLabel(label=label, **one.model_dump())
        for label, one in _compared(Compared, counts).items()
    ]


def _compared(shape: type[_Shape], counts: Mapping[str, Paired]) -> dict[str, _Shape]:
    chances = holm([mcnemar(count.gained, count.lost) for count in counts.values()])
    found = {}
    for (name, count), chance in zip(counts.items(), chances, strict=True):
        difference = paired_difference(count)
        found[name] = shape(
            n=count.n,
            before=count.before,
            after=count.after,
            gained=count.gained,
            lost=count.lost,
            difference=Range(low=difference.low, high=difference.high),
            p=chance,
            verdict=verdict(count, chance),
        )
    return found


def _counts_of(one: Compared) -> Paired:
    both = round(one.before * one.n) - one.lost
    return Paired(both, one.gained, one.lost, one.n - both - one.gained - one.lost)


def _count(group: Sequence[Pair]) -> Paired:
    return paired([was.right for was, _ in group], [now.right for _, now in group])


def _confusion(group: Sequence[Pair]) -> list[Confused]:
    before = Counter((was.expected, was.predicted) for was, _ in group if not was.right)
    after = Counter((now.expected, now.predicted) for _, now in group if not now.right)
    places = sorted(before.keys() | after.keys(), key=lambda it: (-after[it] - before[it], it))
    return [
        Confused(expected=place[0], predicted=place[1], before=before[place], after=after[place])
        for place in places[:_CONFUSIONS]
    ]


def _calibration(group: Sequence[Pair]) -> Calibration:
    return Calibration(
        before=_bins([was for was, _ in group]),
        after=_bins([now for _, now in group]),
        error_before=_error([was for was, _ in group]),
        error_after=_error([now for _, now in group]),
    )


def _bins(predictions: Sequence[Prediction]) -> list[Bin]:
    found = reliability([one.right for one in predictions], [one.confidence for one in predictions])
    return [Bin(**asdict(one)) for one in found]


def _error(predictions: Sequence[Prediction]) -> float | None:
    hits = [one.right for one in predictions]
    return calibration_error(hits, [one.confidence for one in predictions]) if hits else None


def _change(was: Prediction, now: Prediction) -> Change:
    return Change(
        part=now.part,
        set=now.set,
        text=now.text,
        expected=now.expected,
        before=was.predicted,
        after=now.predicted,
        confidence=now.confidence,
    )
