"""Cutting messages to what one call may carry, and packing them where few calls are left.

Texts are cut at the ends of sentences, else of clauses, else between characters, never inside
one. Positions in a message are those of `api.channels.interface.Share`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from api.assistant import Button
from api.channels.interface import File, Outgoing, Share
from api.i18n import say

_SENTENCE = "。！？!?…\n"
_CLAUSE = "；;，,、：: "
_CLOSING = "」』”’）)】》\"'"
_GAP = "\n\n"
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True)
class MenuRules:
    """What a menu with tappable lines may hold on a channel."""

    items: int
    item_bytes: int
    head_bytes: int


MENU = MenuRules(items=10, item_bytes=128, head_bytes=1024)
"""Those of 微信客服. Not documented for official accounts: the same figures."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What one call may carry."""

    longest_bytes: int
    menu: MenuRules


@dataclass(frozen=True, slots=True)
class Piece:
    """One call: a text with the lines of a menu (none: plain text), or a file.

    `menu` says whose buttons those are.
    """

    text: str
    shares: tuple[Share, ...]
    buttons: Sequence[Button] = ()
    menu: Outgoing | None = None
    file: File | None = None


def size(text: str) -> int:
    """Bytes of `text` in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def split(text: str, longest: int) -> list[str]:
    """`text` in pieces of at most `longest` bytes (at least 4) that join back to it."""
    found = []
    while size(text) > longest:
        cut = _cut(text, _fitting(text, longest))
        found.append(text[:cut])
        text = text[cut:]
    return [*found, text] if text else found


def pieces(messages: Sequence[Outgoing], calls: int | None, rules: Rules) -> list[Piece]:
    """All calls that say `messages` in their order; packed when more than `calls` are needed.

    There may still be more than `calls` of them: the rest waits.
    """
    single = [piece for message in messages for piece in _of(message, rules)]
    if calls is None or len(single) <= calls:
        return single
    return list(_packed(single, rules))


def is_one_menu(text: str, buttons: Sequence[Button]) -> bool:
    """Whether `text` and its buttons are said by one call, with lines that can be tapped."""
    return _fits_menu(buttons, MENU) and size(text) <= MENU.head_bytes


def numbered(buttons: Sequence[Button], language: str) -> str:
    """The buttons as lines to be answered with a number."""
    lines = [f"{number}. {_line(button)}" for number, button in enumerate(buttons, 1)]
    return "\n".join([say("channel.answer_with_number", language), *lines])


def _of(message: Outgoing, rules: Rules) -> Iterator[Piece]:
    """The calls of one message, from where it was left."""
    steps = 1 if message.buttons else 0
    total = message.total
    place = message.start
    if place < len(message.text) + steps:
        yield from _said(message, place, total, rules)
        place = len(message.text) + steps
    for file in message.files[place - len(message.text) - steps :]:
        yield Piece("", (Share(message.message_id, place, place + 1, total),), file=file)
        place += 1


def _said(message: Outgoing, start: int, total: int, rules: Rules) -> Iterator[Piece]:
    text, buttons = message.text[start:], message.buttons
    fits = _fits_menu(buttons, rules.menu) and size(text) <= rules.menu.head_bytes and text.strip()
    if buttons and fits:
        share = Share(message.message_id, start, len(message.text) + 1, total)
        yield Piece(text, (share,), buttons, menu=message)
        return
    ends = len(message.text)
    whole = text + (_GAP + numbered(buttons, message.language) if buttons else "")
    last = ends + (1 if buttons else 0)
    cuts = split(whole.lstrip("\n") if start == ends else whole, rules.longest_bytes)
    for index, cut in enumerate(cuts):
        end = last if index == len(cuts) - 1 else min(ends, start + len(cut))
        yield Piece(cut, (Share(message.message_id, start, end, total),))
        start = end


def _packed(single: Sequence[Piece], rules: Rules) -> Iterator[Piece]:
    """Neighbours in one call as long as they fit; a menu keeps its lines as the last of a call."""
    current: Piece | None = None
    for piece in single:
        if current is None:
            current = piece
            continue
        joined = _joined(current, piece, rules)
        if joined is None:
            yield current
        current = joined or piece
    if current is not None:
        yield current


def _joined(one: Piece, other: Piece, rules: Rules) -> Piece | None:
    """Both in one call; None when that cannot be."""
    if one.file or other.file:
        return None
    gap = "" if one.shares[-1].message_id == other.shares[0].message_id else _GAP
    text = _plain(one) + gap + other.text
    shares = _merged((*one.shares, *other.shares))
    if other.menu is not None and size(text) > rules.menu.head_bytes:
        other = replace(other, text=_with_numbers(other), buttons=(), menu=None)
        text = _plain(one) + gap + other.text
    if size(text) > rules.longest_bytes:
        return None
    return Piece(text, shares, other.buttons, other.menu)


def _plain(piece: Piece) -> str:
    """The text of a piece that something follows: only the last menu of a call can be answered
    with a number."""
    if piece.menu is None:
        return piece.text
    choices = say("channel.list_join", piece.menu.language).join(map(_line, piece.buttons))
    return piece.text + "\n" + say("channel.choices", piece.menu.language, choices=choices)


def _with_numbers(piece: Piece) -> str:
    assert piece.menu is not None
    return piece.text + _GAP + numbered(piece.buttons, piece.menu.language)


def _merged(shares: Sequence[Share]) -> tuple[Share, ...]:
    found: list[Share] = []
    for share in shares:
        if found and found[-1].message_id == share.message_id:
            found[-1] = replace(found[-1], end=share.end)
        else:
            found.append(share)
    return tuple(found)


def _fits_menu(buttons: Sequence[Button], rules: MenuRules) -> bool:
    return len(buttons) <= rules.items and all(
        size(_line(button)) <= rules.item_bytes for button in buttons
    )


def _line(button: Button) -> str:
    return " ".join(button.title.split())


def _fitting(text: str, longest: int) -> int:
    """How many characters of `text` fit into `longest` bytes; at least one."""
    low, high = 1, min(len(text), longest)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(text[:middle]) <= longest else (low, middle - 1)
    return low


def _cut(text: str, fitting: int) -> int:
    """Where to cut: after the last sentence or clause of the later half, else between two signs."""
    for marks in (_SENTENCE, _CLAUSE):
        for place in range(fitting, fitting // 2, -1):
            if text[place - 1] in marks and _whole(text, place) and not _goes_on(text, place):
                return place
        for place in range(fitting, fitting // 2, -1):
            closes = text[place - 1] in _CLOSING and place > 1 and text[place - 2] in marks
            if closes and _whole(text, place):
                return place
    return _between(text, fitting)


def _goes_on(text: str, place: int) -> bool:
    """The mark before `place` is followed by another one, or by the end of the quotation."""
    return place < len(text) and text[place] in _SENTENCE + _CLOSING


def _between(text: str, fitting: int) -> int:
    """The last place up to `fitting` that is inside no character as it is seen."""
    for place in range(fitting, max(0, fitting - 40), -1):
        if _whole(text, place):
            return place
    return fitting


def _whole(text: str, place: int) -> bool:
    """Whether a character, as people see it, ends at `place`."""
    if place >= len(text):
        return True
    before, after = text[place - 1], text[place]
    if _JOINER in (before, after) or _is_mark(after):
        return False
    if before == "\r" and after == "\n":
        return False
    return not (_is_flag(before) and _is_flag(after) and _flags_before(text, place) % 2 == 1)


def _is_mark(character: str) -> bool:
    """It belongs to the one before: an accent, a variation, a colour of skin, a keycap."""
    return unicodedata.category(character).startswith("M") or 0x1F3FB <= ord(character) <= 0x1F3FF


def _is_flag(character: str) -> bool:
    return 0x1F1E6 <= ord(character) <= 0x1F1FF


def _flags_before(text: str, place: int) -> int:
    count = 0
    while place > count and _is_flag(text[place - 1 - count]):
        count += 1
    return count
