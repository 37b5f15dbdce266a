"""The customers and the team of a made-up service centre (assumptions: `bench.routing`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from triage.policy.routing import PRIORITIES
from triage.routing import Fit
from triage.waiting import Waiting

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR = 3600.0
OPENS = 8
HOURLY = (40, 58, 70, 74, 68, 72, 76, 78, 76, 72, 66, 60, 56, 46, 30)
"""Mean customers an hour, from 8:00."""
BUSY_DAY_SIGMA = 0.15
"""How much days differ: the spread of the logarithm of a factor on all hours."""
PRIORITY_SHARES = {"P1": 0.02, "P2": 0.10, "P3": 0.48, "P4": 0.40}
VIP_SHARE = 0.08
ENGLISH_SHARE = 0.02
WECHAT_SHARE = 0.4
RETURNING_SHARE = 0.2
CATEGORIES = {
    "logistics": (0.20, 10.0),
    "refund": (0.18, 14.0),
    "order": (0.14, 9.0),
    "product": (0.10, 9.0),
    "quality": (0.07, 15.0),
    "aftersales": (0.07, 14.0),
    "promotion": (0.06, 8.0),
    "payment": (0.05, 12.0),
    "invoice": (0.04, 9.0),
    "account": (0.03, 12.0),
    "service": (0.02, 16.0),
    "other": (0.04, 9.0),
}
"""Share of the customers, and mean minutes a conversation takes somebody who knows it."""
HANDLING_SIGMA = 0.6
"""Spread of the logarithm of the time a conversation takes."""
SLOWER = {Fit.ENOUGH: 1.0, Fit.LITTLE: 1.25, Fit.POOR: 1.5}
"""How much longer it takes somebody who knows the business line, or the language, less well."""


@dataclass(frozen=True, slots=True)
class Member:
    """One of the team: skills, and the hours of the shift with its half-hour break."""

    skills: dict[str, int]
    starts: float
    ends: float
    pause: float
    capacity: int = 3
    languages: frozenset[str] = frozenset({"zh"})


EARLY, MIDDLE, LATE = (8.0, 16.5), (11.0, 19.5), (15.5, 24.0)
BOTH = frozenset({"zh", "en"})
TEAM = (
    Member({}, *EARLY, 11.5),
    Member({"logistics": 4, "order": 4, "product": 3}, *EARLY, 12.0),
    Member({"refund": 5, "payment": 4, "account": 3}, *EARLY, 12.5, languages=BOTH),
    Member({"aftersales": 4, "quality": 4, "service": 3}, *EARLY, 13.0),
    Member({"product": 4, "promotion": 4, "invoice": 3}, *EARLY, 13.5),
    Member({}, *MIDDLE, 14.0),
    Member({"logistics": 5, "refund": 3}, *MIDDLE, 14.5),
    Member({"order": 4, "quality": 3, "account": 4}, *MIDDLE, 15.0, languages=BOTH),
    Member({}, *LATE, 18.0),
    Member({"logistics": 4, "order": 3, "service": 4}, *LATE, 18.5),
    Member({"refund": 4, "payment": 5, "invoice": 4}, *LATE, 19.0),
    Member({"aftersales": 5, "quality": 5, "refund": 3}, *LATE, 19.5),
    Member({"product": 4, "promotion": 5, "account": 4}, *LATE, 20.0, languages=BOTH),
)


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who comes at `second` of the day and takes `handling` seconds of a skilled hand."""

    second: float
    waiting: Waiting
    handling: float


def day(number: int, seed: int) -> list[Customer]:
    """The customers of a day; the same for every way of routing."""
    random = Random(f"{seed}:{number}")
    busy = random.lognormvariate(0, BUSY_DAY_SIGMA)
    customers: list[Customer] = []
    for hour, mean in enumerate(HOURLY, start=OPENS):
        second = hour * HOUR
        while (second := second + random.expovariate(mean * busy / HOUR)) < (hour + 1) * HOUR:
            customers.append(_customer(second, len(customers), random))
    return customers


def _customer(second: float, number: int, random: Random) -> Customer:
    names = list(CATEGORIES)
    category = random.choices(names, [share for share, _ in CATEGORIES.values()])[0]
    mean = CATEGORIES[category][1] * 60
    known = UUID(int=random.randrange(len(TEAM))) if random.random() < RETURNING_SHARE else None
    waiting = Waiting(
        id=UUID(int=number),
        category=category,
        priority=random.choices(PRIORITIES, list(PRIORITY_SHARES.values()))[0],
        queued_at=MIDNIGHT + timedelta(seconds=second),
        tier="vip" if random.random() < VIP_SHARE else "standard",
        language="en" if random.random() < ENGLISH_SHARE else "zh",
        channel="wechat" if random.random() < WECHAT_SHARE else "web",
        last_agent_id=known,
    )
    handling = mean * random.lognormvariate(-(HANDLING_SIGMA**2) / 2, HANDLING_SIGMA)
    return Customer(second, waiting, handling)
