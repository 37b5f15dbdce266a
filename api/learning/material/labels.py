"""What lines may be labelled with: pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from api.learning.material.bot_files import FREQUENCY
from api.learning.material.bundle import PRODUCT
from api.learning.material.texts import LONGEST, BadLine, Kind, clean
from classifier.labels import LABELS, OPEN_TARGETS, TARGETS

Labels = dict[str, str | int]
_TAG = re.compile(r"[a-z]{1,4}")
"""A part of speech as jieba calls it: `n`, `v`, `nz` …"""
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
"""Of a category that an admin added."""
_MOST_FREQUENT = 1_000_000


def checked_labels(kind: Kind, label: str, labels: Mapping[str, str | int]) -> Labels:
    """The further labels of a line, whole; raises BadLine when they or `label` cannot be.

    Requests may have some of their six labels only: they take part in what they are labelled for.
    """
    match kind:
        case "intent":
            return _none(labels)
        case "human":
            _need(label in {"0", "1"})
            return _none(labels)
        case "triage":
            return _of_request(label, labels)
        case "word":
            _need(label == PRODUCT or _TAG.fullmatch(label) is not None)
            return _of_word(labels)
        case "synonym":
            _need(bool(label) and clean(label) == label and len(label) <= LONGEST["synonym"])
            return _none(labels)


def _of_request(category: str, labels: Mapping[str, str | int]) -> Labels:
    given = {name: str(value) for name, value in labels.items() if str(value)}
    if category:
        _need(given.setdefault("category", category) == category)
    _need("category" not in given or given["category"] == category)
    _need(bool(given) and given.keys() <= set(TARGETS))
    for target, value in given.items():
        open_to_more = target in OPEN_TARGETS and _KEY.fullmatch(value)
        _need(value in LABELS[target] or bool(open_to_more))
    return {target: given[target] for target in TARGETS if target in given}


def _of_word(labels: Mapping[str, str | int]) -> Labels:
    frequency = labels.get("frequency", FREQUENCY)
    _need(labels.keys() <= {"frequency"} and isinstance(frequency, int))
    _need(0 < int(frequency) <= _MOST_FREQUENT)
    return {"frequency": int(frequency)}


def _none(labels: Mapping[str, str | int]) -> Labels:
    _need(not labels)
    return {}


def _need(condition: bool) -> None:
    if not condition:
        raise BadLine("unknown_label")
