"""The parts of a message that may each mean something of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MARK = re.compile(r"[,.!?;:~。、\n]+|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
_MORE = re.compile(
    r"^(还有|另外|顺便|对了|再问|再帮|以及|同时|并且|第二|其次|然后)(就是|一个|个|下|一下|再)?"
    r"|(顺便|另外|还想|也想|再问|还要)"
)
_ASKS = re.compile(
    r"[?]|吗|么$|呢$|怎么|咋|如何|多久|多少|几[天点号个时]|什么|啥|哪|能不能|可不可以|可以.{0,6}不"
    r"|是不是|有没有|为何"
)
_WORD = re.compile(r"[^\W_]")
_SHORTEST = 3
_MOST = 6


@dataclass(frozen=True)
class Clause:
    """One part of a normalised message."""

    text: str
    adds: bool
    """It is said to come on top of what was said before (「另外…」)."""
    asks: bool
    """It reads like a question."""


def asks(text: str) -> bool:
    """Whether normalised `text` reads like a question."""
    return bool(_ASKS.search(text))


def clauses(text: str) -> list[Clause]:
    """At most six parts of normalised `text`; empty when it has one part only."""
    found, start = [], 0
    for mark in [*_MARK.finditer(text), None]:
        end = mark.start() if mark else len(text)
        sign = mark.group() if mark else ""
        part = text[start:end].strip()
        start = mark.end() if mark else end
        if len(_WORD.findall(part)) >= _SHORTEST:
            adds = bool(_MORE.search(part))
            said = _MORE.sub("", part, count=1).strip() or part
            found.append(Clause(said, adds, asks(part + sign)))
    return found[:_MOST] if len(found) > 1 else []
