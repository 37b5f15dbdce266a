"""One thought in several messages: which are understood together, and when.

On a phone people send 「昨天买的杯子」「碎了」「怎么办」 within seconds. Answering each alone would
be three wrong answers, so the bot waits for a short silence and hears them as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.human_request import asks_for_person
from triage.policy import PiecesPolicy

_ENDS = ("?", "？", "。", ".")
_TRAILS_OFF = ("..", "。。")


@dataclass(frozen=True, slots=True)
class Piece:
    """A customer message that nobody has answered yet.

    `sure` tells whether it is known to say all by itself (a tapped button); None when unknown.
    """

    text: str
    sent_at: datetime
    sure: bool | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """`pieces[first:last + 1]` are understood together, not before `due_at`."""

    first: int
    last: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Together:
    """Now: the pieces from `first` up to the one in question are understood together."""

    first: int


@dataclass(frozen=True, slots=True)
class Wait:
    """The customer may still be writing: look again at `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """A later piece belongs to the same thought: its turn answers this one too."""


Plan = Together | Wait | TakenAlong


def plan(
    pieces: Sequence[Piece], own: int, wait: timedelta, policy: PiecesPolicy, now: datetime
) -> Plan:
    """What the turn of `pieces[own]` does; `pieces` are all unanswered ones, oldest first.

    Thoughts are answered in their order, but for a wish for a person, which waits for nothing.
    """
    group = next(
        found for found in groups(pieces, wait, policy) if found.first <= own <= found.last
    )
    if group.last != own:
        return TakenAlong()
    if now < group.due_at:
        return Wait(group.due_at)
    if group.first > 0 and not asks_for_person(pieces[own].text):
        return Wait(now + wait)
    return Together(group.first)


def groups(pieces: Sequence[Piece], wait: timedelta, policy: PiecesPolicy) -> list[Group]:
    """Cut unanswered `pieces` (oldest first) into what is understood together.

    A group ends, and is due at once, with a wish for a person, with a first piece that says all,
    with `most_pieces`, and where the next one would pass `most_characters`. The last group is
    otherwise due after `wait` of silence.
    """
    found: list[Group] = []
    first = 0
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        ended = _ends(pieces[first : index + 1], following, policy)
        if ended or following is None:
            found.append(Group(first, index, piece.sent_at if ended else piece.sent_at + wait))
            first = index + 1
    return found


def join(texts: Sequence[str]) -> str:
    """The pieces as one text: a comma between them, a space where one ends with a mark already."""
    joined = ""
    for text in texts:
        if joined:
            joined += "，" if joined[-1].isalnum() else " "
        joined += text
    return joined


def _ends(group: Sequence[Piece], following: Piece | None, policy: PiecesPolicy) -> bool:
    if asks_for_person(group[-1].text) or len(group) >= policy.most_pieces:
        return True
    if len(group) == 1 and _says_all(group[0], policy):
        return True
    if following is None:
        return False
    together = [piece.text for piece in (*group, following)]
    return len(join(together)) > policy.most_characters


def _says_all(piece: Piece, policy: PiecesPolicy) -> bool:
    if piece.sure is not None:
        return piece.sure
    text = piece.text.rstrip()
    whole = text.endswith(_ENDS) and not text.endswith(_TRAILS_OFF)
    return whole and len(text) >= policy.whole_sentence
