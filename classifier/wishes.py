"""Does the customer want a person? The data, and which ordinary messages surely do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from classifier.data import DataError, Labelled, read_labelled

PERSON = "person"
"""Name of the head; its labels are "1" (wants a person) and "0"."""

TEXT, LABEL = "text", "wants_human"
"""Columns of the files of `nlu_data/human`."""

_NAMES = re.compile(
    r"人|客服|接线|坐席|专员|主管|经理|领导|回电|电话|机器|[a-z]{2}|[真仁]", re.IGNORECASE
)


def read_wishes(paths: Sequence[Path]) -> Labelled:
    """`text, wants_human` (1 or 0) of all files together. Raises `DataError`."""
    texts: list[str] = []
    labels: list[str] = []
    for path in paths:
        read = read_labelled(path, TEXT, LABEL)
        strange = sorted(set(read.labels) - {"0", "1"})
        if strange:
            raise DataError(f"{path}: {LABEL} is 0 or 1, not {strange[0]!r}")
        texts += read.texts
        labels += read.labels
    return Labelled(tuple(texts), tuple(labels))


_CALLS = re.compile(
    r"人工|[真活]人|客服|人[来跟和说管在接]|个人|的人|[转接叫找喊换让]|专员|主管|经理|领导|坐席|回电|同事"
    r"|human|agent|person|operator|kf|rg|ren ?gong",
    re.IGNORECASE,
)


def may_call(text: str) -> bool:
    """Could a part of the message be a wish for a person? Else its parts need no look."""
    return bool(_CALLS.search(text))


def names_no_person(text: str) -> bool:
    """True for a request without any word for people, desk, machine or telephone.

    Such a request of the triage data can safely stand for messages that want no person.
    """
    return not _NAMES.search(text)
