"""What a waiting customer may expect: the wait, when to tell it anew, and what else is offered.

The expected wait is that of a line before several counters: with every hand busy, conversations
end every `mean handling time / hands` on average, and each end moves the line by one. What the
line does not know (skills, people who are let past, breaks) shows in recent waits and corrects it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.policy.routing import NoticePolicy, RoutingPolicy, WaitPolicy
from triage.routing import Agent


@dataclass(frozen=True, slots=True)
class Hands:
    """How many conversations those at work can hold: in all, and more than they have now."""

    total: int
    free: int


@dataclass(frozen=True, slots=True)
class WaitRecord:
    """One stay in the queue: what was expected first, and how long it was, in seconds."""

    expected: float
    actual: float
    plain: float | None = None
    """What would have been expected without correction; None: it was not corrected."""


@dataclass(frozen=True, slots=True)
class WaitAccuracy:
    """How good the estimates were; the last two are None without records."""

    count: int
    mean_absolute_error: float | None
    """Seconds."""
    within_half: float | None
    """Share (0–1) of waits that differed by at most half of what was expected."""


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


def hands(agents: Iterable[Agent]) -> Hands:
    """Count those who are at work."""
    at_work = [agent for agent in agents if agent.at_work]
    return Hands(
        total=sum(agent.capacity for agent in at_work),
        free=sum(max(0, agent.capacity - agent.load) for agent in at_work),
    )


def mean_handling_seconds(recent: Sequence[float], policy: WaitPolicy) -> float:
    """How long a conversation takes: the mean of `recent` seconds, steadied by the usual figure.

    With few recent ones the usual figure counts for most; one left open overnight counts as the
    longest that is allowed.
    """
    counted = sum(min(seconds, policy.longest_handling_seconds) for seconds in recent)
    usual = policy.usual_handling_seconds * policy.usual_counts_as
    weight = len(recent) + policy.usual_counts_as
    return (counted + usual) / weight if weight else policy.usual_handling_seconds


def correction(recent: Sequence[WaitRecord], policy: WaitPolicy) -> float:
    """By what to multiply the next estimate: how much longer recent waits were than expected.

    `recent` are of the same priority, the latest last: the less urgent are let past more often.
    """
    counted = recent[-policy.records :]
    expected = sum(record.expected if record.plain is None else record.plain for record in counted)
    if expected <= 0:
        return 1.0
    ratio = sum(record.actual for record in counted) / expected
    return min(policy.most_correction, max(policy.least_correction, ratio))


def expected_wait(
    position: int, desk: Hands, mean_handling_seconds: float, correction: float = 1.0
) -> float | None:
    """Seconds until the one at 1-based `position` is taken; None while nobody is at work."""
    if desk.total < 1:
        return None
    ahead = max(0, position - desk.free)
    return ahead * mean_handling_seconds / desk.total * correction


def accuracy(records: Sequence[WaitRecord]) -> WaitAccuracy:
    """How good the estimates of `records` were."""
    if not records:
        return WaitAccuracy(0, None, None)
    errors = [abs(record.actual - record.expected) for record in records]
    within = sum(
        error <= record.expected / 2 for error, record in zip(errors, records, strict=True)
    )
    return WaitAccuracy(len(records), sum(errors) / len(errors), within / len(records))


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
