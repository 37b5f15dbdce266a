"""What a line may look like, and when two lines are the same: pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from hashlib import sha256
from typing import Literal, get_args

from classifier.words import bare

Kind = Literal["intent", "triage", "human", "word", "synonym"]
KINDS: tuple[Kind, ...] = get_args(Kind)

LONGEST = {"intent": 200, "triage": 500, "human": 200, "word": 20, "synonym": 20}
"""Characters of a line by its kind."""

_SPACE = re.compile(r"\s+")
_DASH = re.compile(r"^-(\s+|$)")
"""How Rasa begins a line."""
_MARK = re.compile(r"\[(?P<said>[^\[\]()]*)\]\((?P<entity>[^\[\]()]*)\)")
_HALF_A_MARK = re.compile(r"\]\s*[({]")
_ENTITY = re.compile(r"[a-z][a-z_]*")
_UNWANTED = frozenset({"Cc", "Cs", "Cn", "Co"})


class BadLine(ValueError):
    """A line cannot be learned from; `code` is explained in api/i18n (`line_problem`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def clean(text: str) -> str:
    """`text` on one line, without what cannot be seen or stored; white space folded."""
    folded = _SPACE.sub(" ", text).strip().removeprefix("\ufeff")
    return "".join(char for char in folded if unicodedata.category(char) not in _UNWANTED).strip()


def checked(kind: Kind, text: str, entities: Collection[str] = ()) -> str:
    """A `clean` line of a kind; raises BadLine.

    Lines of intents may mark entities as Rasa reads them, `[红色](product)`, of the names in
    `entities`; nothing else may look like a mark.
    """
    line = clean(text)
    if kind == "intent":
        line = _DASH.sub("", line)
        _check_marks(line, entities)
    if not unmarked(line):
        raise BadLine("empty")
    if len(line) > LONGEST[kind]:
        raise BadLine("too_long")
    if kind == "word" and (" " in line or line.startswith("#")):
        raise BadLine("no_word")
    return line.lower() if kind == "word" else line


def unmarked(line: str) -> str:
    """The words of a line without the marks of entities."""
    return _MARK.sub(lambda found: found["said"], line)


def digest(kind: str, text: str) -> bytes:
    """Which text it is.

    Wordings of intents are the same if their words are, as for the bot; in requests signs count
    (「！！！」 is anger); words are the same in every case and width.
    """
    match kind:
        case "intent":
            same = bare(unmarked(text))
        case "word" | "synonym":
            same = unicodedata.normalize("NFKC", text).lower()
        case _:
            same = text
    return sha256(same.encode("utf-8", "replace")).digest()


def _check_marks(line: str, entities: Collection[str]) -> None:
    rest = _MARK.sub("", line)
    if _HALF_A_MARK.search(rest):
        raise BadLine("bad_mark")
    for found in _MARK.finditer(line):
        if not found["said"].strip() or not _ENTITY.fullmatch(found["entity"]):
            raise BadLine("bad_mark")
        if found["entity"] not in entities:
            raise BadLine("unknown_entity")
