"""What a text is found by, and what a question looks for: pure functions.

Places are counted in Chinese characters, Latin words and numbers. At each place stands
- of Chinese: the character with the one after it (the last of a run alone), so that any part of
  two characters and more is a row of neighbours, and a single character the beginning of one;
- of Latin letters: the word; of digits: the number, and each end of it of four digits and more, so
  that its parts are beginnings of something that stands there;
- `~wl`: the pinyin initials of the Chinese word that begins there;
- `=ys2026…`: an order or ticket number as a whole, its parts joined.
Personal numbers are masked before: what staff are not shown cannot be found out by searching.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from api.commerce.masking import mask_numbers
from classifier.words import initials_of, plain, word_initials

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
MOST_PLACES = 16_000
"""PostgreSQL counts no further; what stands behind it is not found."""
LEAST_DIGITS = 4
"""Of the part of a number that finds it."""
_TOKEN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<digits>[0-9]+)|(?P<word>[^\W\d_{HAN}]+)")
_NUMBER = re.compile(r"(?<![a-z0-9])[a-z0-9]+(?:-[a-z0-9]+)*(?![a-z0-9])")
_LONGEST = 40
"""Letters or digits of a word that count."""
_INITIALS = re.compile(r"[a-z]{2,8}")
_NAME_LENGTHS = (2, 3)
"""Characters of a name whose initials somebody types."""


@dataclass(frozen=True, slots=True)
class _Term:
    text: str
    place: int
    start: int
    """Where in the text it begins."""
    kind: str
    last: bool = False
    """The last character of a run of Chinese, on its own."""


def document(text: str, name: str = "") -> str:
    """The `tsvector` of a text, and of a person's name that is found by its initials too."""
    spelt = plain(mask_numbers(f"{name} {text}" if name else text))
    terms = list(_terms(spelt))
    found = {(term.text, term.place) for term in terms if term.place <= MOST_PLACES}
    for term in terms:
        if term.kind == "digits":
            ends = range(1, len(term.text) - LEAST_DIGITS + 1)
            found |= {(term.text[cut:], term.place) for cut in ends}
    found |= {("=" + number, 1) for number in _numbers(spelt)}
    place_of = {term.start: term.place for term in terms if term.kind == "han"}
    for letters, start in word_initials(spelt):
        if start in place_of:
            found.add(("~" + letters, place_of[start]))
    called = "".join(
        term.text[0] for term in terms if term.kind == "han" and term.start < len(name)
    )
    for length in _NAME_LENGTHS:
        if len(called) >= length:
            found |= {("~" + letters, 1) for letters in initials_of(called[:length])}
    return " ".join(f"'{text}':{place}" for text, place in sorted(found) if place <= MOST_PLACES)


def question(text: str) -> str | None:
    """The `tsquery` for everything in `text`; None when there is nothing to look for.

    What is divided by white space may stand anywhere, the rest side by side; letters are the
    beginning of a word or the pinyin initials of Chinese words.
    """
    parts = [wanted for part in parts_of(text) if (wanted := _part(part)) is not None]
    return " & ".join(parts) or None


def whole_number(text: str) -> str | None:
    """The `tsquery` for what has exactly this order or ticket number; None when it is none."""
    parts = parts_of(text)
    if len(parts) != 1 or _NUMBER.fullmatch(parts[0]) is None:
        return None
    return next((f"'={number}'" for number in _numbers(parts[0])), None)


def parts_of(text: str) -> list[str]:
    """What is looked for, in its one spelling, divided at white space."""
    return plain(mask_numbers(text)).split()


def are_initials(part: str) -> bool:
    """Whether a part may be meant as pinyin initials."""
    return _INITIALS.fullmatch(part) is not None


def _part(part: str) -> str | None:
    terms = [term for term in _terms(part) if not term.last]
    if not terms:
        return None
    wanted = [_lexeme(term, end=term is terms[-1]) for term in terms]
    phrase = wanted[0]
    for (before, term), lexeme in zip(pairwise(terms), wanted[1:], strict=True):
        phrase += f" <{term.place - before.place}> {lexeme}"
    if are_initials(part):
        return f"({phrase} | {' | '.join(_spelt_as(part))})"
    return f"({phrase})"


def _lexeme(term: _Term, *, end: bool) -> str:
    """As the beginning of something: one character of Chinese, numbers, the last word."""
    begins = {
        "han": len(term.text) == 1,
        "digits": end or len(term.text) >= LEAST_DIGITS,
        "word": end and len(term.text) > 1,
    }[term.kind]
    return f"'{term.text}'" + (":*" if begins else "")


def _spelt_as(letters: str) -> Iterator[str]:
    """Every way to divide `letters` into words of two characters and more."""
    yield f"'~{letters}'"
    for cut in range(2, len(letters) - 1):
        for rest in _spelt_as(letters[cut:]):
            yield f"('~{letters[:cut]}' <{cut}> {rest})"


def _terms(text: str) -> Iterator[_Term]:
    place = 1
    for found in _TOKEN.finditer(text):
        kind, run, start = str(found.lastgroup), found.group(), found.start()
        if kind != "han":
            yield _Term(run[:_LONGEST], place, start, kind)
            place += 1
            continue
        for at in range(len(run)):
            alone = at == len(run) - 1 and at > 0
            yield _Term(run[at : at + 2], place, start + at, kind, last=alone)
            place += 1


def _numbers(text: str) -> Iterator[str]:
    for found in _NUMBER.finditer(text):
        number = found.group().replace("-", "")
        if sum(map(str.isdigit, number)) >= LEAST_DIGITS and len(number) <= _LONGEST:
            yield number
