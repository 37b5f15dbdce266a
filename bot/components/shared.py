"""What the components of one process share, so that a message is read and embedded once."""

from __future__ import annotations

import re
from functools import lru_cache

import threadpoolctl

from nlp.embedding import Embedder, load_embedder
from nlp.normalise import normalise
from nlp.numbers import find_numbers

LONGEST_TEXT = 2_000
"""Characters of a message that are looked at; the desk accepts no longer ones."""

FAQ_CHANCES = "faq_chances"
"""Message key: `{knowledge key: probability}` of the intent classifier; stays in the graph."""

THRESHOLD = "intent_threshold"
"""Message key: how sure the best intent must be (0–1); stays in the graph."""

RECENT = "recent"
"""Message metadata: keys of the entries this conversation got lately, newest first."""

WANTS_PERSON = "wants_person"
"""Message metadata: how probable (0–1) the desk's classifier finds a wish for a person, or None."""

ALSO = "also"
"""Message output: a second thing the message surely means, `{"intent", "key", "confidence"}`."""

_NUMBER = re.compile(r"\d{5,}")
_LABEL = re.compile(
    r"(?:订单|快递|运单|物流|单|手机|电话|微信|邮箱|联系方式)+(?:编?号码?)?\s*(?:是|为|[:：])?\s*$"
)
_LEAST_WORDS = 8
_NOISE = re.compile(r"[\W_]+")
_EMOJI = re.compile(r"\[[^\[\]]{1,12}\]")
"""An emoji as `normalise` spells it."""


@lru_cache(maxsize=4)
def shared_embedder(name: str) -> Embedder:
    """One embedder for all components and all models of this process.

    It remembers the vectors of recent texts, so the second component gets them for nothing.
    """
    return load_embedder(name)


def calm_threads() -> None:
    """One BLAS thread from now on: the vectors of a message are too small to share out.

    On a busy machine threads waiting for each other cost more than the sums themselves.
    """
    threadpoolctl.threadpool_limits(limits=1, user_api="blas")


def plain(text: str) -> str:
    """The one spelling every component works on.

    Order numbers, phones and the like are taken out of a message that says something besides:
    「帮我登记，洗衣机漏水，订单 2026…」 is a wish for a ticket, not mere facts. Elsewhere numbers
    of five digits or more look alike. Idempotent, and the same text the classifier embeds.
    """
    spelled = normalise(text, LONGEST_TEXT)
    words = _without_numbers(spelled)
    return _NUMBER.sub("00000", words if len(_NOISE.sub("", words)) >= _LEAST_WORDS else spelled)


def _without_numbers(text: str) -> str:
    """`text` without numbers and the words that announce them."""
    kept, start = [], 0
    for found in find_numbers(text):
        if found.entity != "amount":
            kept.append(_LABEL.sub("", text[start : found.start].rstrip()))
            start = found.end
    return normalise("".join([*kept, text[start:]])) if kept else text


def bare(text: str) -> str:
    """`text` without punctuation, emoji, spaces, width or case: equal means "the same words".

    Digits are kept, so a number is only equal to itself. A text of nothing but signs, such as
    「？」, stays as it is.
    """
    spelled = normalise(text, LONGEST_TEXT)
    return _NOISE.sub("", _EMOJI.sub("", spelled)) or _NOISE.sub("", spelled) or spelled
