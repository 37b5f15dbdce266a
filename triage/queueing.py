"""What a waiting customer is told: when to tell it anew, and what else is offered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.policy.routing import NoticePolicy, RoutingPolicy


@dataclass(frozen=True, slots=True)
class Told:
    """What a waiting customer was last told, and when."""

    position: int
    wait_seconds: float | None
    at: datetime


class Offer(StrEnum):
    """What a waiting customer may choose."""

    KEEP_WAITING = "keep_waiting"
    TICKET = "ticket"
    LEAVE_WORD = "leave_word"


@dataclass(frozen=True, slots=True)
class Offers:
    """The choices, the best first; a ticket or a word left is answered by `promised_by`."""

    choices: tuple[Offer, ...]
    promised_by: datetime | None = None
    opens_at: datetime | None = None


class Departure(StrEnum):
    """What becomes of the wait of a customer who has gone."""

    TICKET = "ticket"
    CLOSED = "closed"


def when_gone(priority: str | None, told_wait_seconds: float | None) -> Departure:
    """A ticket for P1, and for whom nobody was there: they were promised an answer later.

    Who was told how long it takes (`told_wait_seconds`) and did not wait has given up.
    """
    kept = priority == "P1" or told_wait_seconds is None
    return Departure.TICKET if kept else Departure.CLOSED


def should_tell(
    told: Told | None,
    position: int,
    wait_seconds: float | None,
    now: datetime,
    policy: NoticePolicy,
) -> bool:
    """Whether to tell a waiting customer (anew): the place fell, or the wait changed noticeably.

    Not more often than the policy allows; a place that rose (somebody more urgent came) is told
    only with a wait that changed.
    """
    if told is None:
        return True
    if (now - told.at).total_seconds() < policy.every_seconds:
        return False
    return position < told.position or _noticeable(told.wait_seconds, wait_seconds, policy)


def matters(told: Told, position: int, wait_seconds: float | None, policy: NoticePolicy) -> bool:
    """Whether a change is worth a message of its own: next in line, or another wait.

    Lesser ones are only shown where the place in the queue is shown anyway.
    """
    next_in_line = position == 1 < told.position
    return next_in_line or _noticeable(told.wait_seconds, wait_seconds, policy)


def offers(
    expected_seconds: float | None,
    waited_seconds: float,
    *,
    is_open: bool,
    next_opening: datetime | None,
    ticket_answered_by: datetime,
    policy: RoutingPolicy,
) -> Offers:
    """What to offer: waiting, a ticket where that takes long, leaving word when the desk is shut.

    `expected_seconds` is None while nobody is at work. Somebody at work out of hours is worth
    waiting for.
    """
    if expected_seconds is None and not is_open:
        return Offers((Offer.LEAVE_WORD,), ticket_answered_by, next_opening)
    if expected_seconds is None:
        return Offers((Offer.TICKET, Offer.KEEP_WAITING), ticket_answered_by)
    if max(expected_seconds, waited_seconds) < policy.ticket_from_seconds:
        return Offers((Offer.KEEP_WAITING,))
    return Offers((Offer.KEEP_WAITING, Offer.TICKET), ticket_answered_by)


def _noticeable(before: float | None, after: float | None, policy: NoticePolicy) -> bool:
    if before is None or after is None:
        return before is not after
    change = abs(after - before)
    return change >= policy.changed_seconds and change >= policy.changed_share * before
