"""The labels of a matter: what all of its messages say together (norms §1).

A message that says nothing of the matter (「转人工」, 「好的」, an order number) has no vote on
what it is about, however sure the classifier was of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.human_request import asks_for_nothing_else
from triage.packet import Label, MessageLabels, PriorityLabel
from triage.policy import LabelPolicy
from triage.priority import matrix

LASTING = frozenset({"complaint", "report"})
"""Natures that nothing the customer says later takes back."""
OTHER = "other"
PASSING = frozenset(
    {
        *("greet", "thank", "goodbye", "bot_challenge", "affirm", "deny", "stop"),
        *("nothing_more", "hold_on", "urge_reply"),
        *("answer_helpful", "answer_not_helpful", "none_of_these"),
    }
)
"""Intents of messages that nobody needs to read again."""
_ABOUT_NOTHING = PASSING | {"inform", "correct", "distress"}
"""Intents of messages that do not say what the matter is; an agent wants to read some of them."""
_VALUE = re.compile(r"[\w.+@-]*\d(?:[\w.+@-]|[ -](?=\d))*|[\w.+-]+@[\w.-]+", re.ASCII)
_NAMES_A_VALUE = re.compile(
    r"(订单|运单|快递|物流|面单|手机|电话|座机|邮箱|微信|会员|尾号|后四位|联系)(单|方式|电话)?(编?号码?)?"
    r"|编?号码?|单号|我的|这个|就是|[这那是为的我]"
)
_WORD = re.compile(r"[^\W\d_]")
_LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Voice:
    """A message, or several that were understood together, with its labels.

    `reading` is the intent the bot recognised; None when it was not asked.
    """

    text: str
    labels: MessageLabels
    said_at: datetime
    reading: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person has put right: `target` is `category`, `nature` or `priority`."""

    target: str
    key: str
    name: str
    at: datetime


def tells(text: str, reading: str | None = None) -> bool:
    """True when a message says something of what the matter is."""
    if reading in _ABOUT_NOTHING:
        return False
    bare = _NAMES_A_VALUE.sub("", _VALUE.sub("", text)) if _VALUE.search(text) else text
    if bare != text and len(_WORD.findall(bare)) < _LEAST_WORDS:
        return False
    return not asks_for_nothing_else(bare)


def weigh(
    voices: Sequence[Voice], corrections: Sequence[Correction], policy: LabelPolicy
) -> MessageLabels | None:
    """The labels of the matter of `voices`, both oldest first; None while nothing is said of it.

    - Category and nature: of the messages that tell something and are sure enough
      (`LabelPolicy.vote_from`) those that cost the customer most decide, by the sum of how sure
      they are; of equals the newest. `other` gives way to any. When none is sure, the surest.
    - A complaint or report, once surely said, lasts.
    - The priority is the highest of all messages.
    - What a person said counts instead: for good, but for a higher priority or a complaint or
      report that comes after it.
    """
    telling = [voice for voice in voices if tells(voice.text, voice.reading)]
    if not telling:
        return None
    corrected = {each.target: each for each in corrections}
    return replace(
        _most_urgent(voices, corrected.get("priority")),
        category=_category(telling, corrected.get("category"), policy),
        nature=_nature(telling, corrected.get("nature"), policy),
    )


def _category(telling: Sequence[Voice], corrected: Correction | None, policy: LabelPolicy) -> Label:
    if corrected is not None:
        return _by_person(corrected)
    named = [voice for voice in telling if voice.labels.category.key != OTHER]
    sure = _sure(named, _category_of, policy) or _sure(telling, _category_of, policy)
    return _elected(sure, _category_of) if sure else _surest(telling, _category_of)


def _nature(telling: Sequence[Voice], corrected: Correction | None, policy: LabelPolicy) -> Label:
    sure = _sure(telling, _nature_of, policy)
    lasting = [voice for voice in sure if voice.labels.nature.key in LASTING]
    if corrected is not None:
        lasting = [voice for voice in lasting if voice.said_at > corrected.at]
        if corrected.key in LASTING or not lasting:
            return _by_person(corrected)
    if lasting or sure:
        return _elected(lasting or sure, _nature_of)
    return _surest(telling, _nature_of)


def _most_urgent(voices: Sequence[Voice], corrected: Correction | None) -> MessageLabels:
    """The labels of the newest among those of the highest priority."""
    later = [voice for voice in voices if corrected is None or voice.said_at > corrected.at]
    found = min(reversed(later or voices), key=lambda voice: voice.labels.priority.key).labels
    if corrected is None or (later and found.priority.key < corrected.key):
        return found
    return replace(found, priority=PriorityLabel(corrected.key, corrected.name, 1.0, ()))


def _category_of(voice: Voice) -> Label:
    return voice.labels.category


def _nature_of(voice: Voice) -> Label:
    return voice.labels.nature


def _sure(
    voices: Sequence[Voice], of: Callable[[Voice], Label], policy: LabelPolicy
) -> list[Voice]:
    return [voice for voice in voices if of(voice).confidence >= policy.vote_from]


def _surest(voices: Sequence[Voice], of: Callable[[Voice], Label]) -> Label:
    return max(map(of, reversed(voices)), key=lambda label: label.confidence)


def _elected(voters: Sequence[Voice], of: Callable[[Voice], Label]) -> Label:
    highest = min(map(_cost, voters))
    costly = [of(voice) for voice in reversed(voters) if _cost(voice) == highest]
    weights: dict[str, float] = defaultdict(float)
    for label in costly:
        weights[label.key] += label.confidence
    key = max(weights, key=lambda name: weights[name])
    return max((label for label in costly if label.key == key), key=lambda each: each.confidence)


def _cost(voice: Voice) -> str:
    """What it costs the customer, whoever they are and however long they wait: P1 … P4."""
    return matrix(int(voice.labels.impact.key), int(voice.labels.urgency.key))


def _by_person(corrected: Correction) -> Label:
    return Label(corrected.key, corrected.name, 1.0, ())
