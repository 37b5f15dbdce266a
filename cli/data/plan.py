"""How much is filled in, and when it is said to have happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

DAYS = 365
"""The past that is filled."""
OPEN_DAYS = 2
"""In which the conversations began that are still open."""
_HOURS = (1, 1, 0, 0, 0, 0, 1, 3, 8, 12, 13, 11, 8, 9, 11, 11, 10, 9, 8, 9, 10, 9, 6, 3)
"""How busy each hour of the day is, in the customers' time (UTC+8)."""
_A_CONVERSATION = 8
_LEAST = 4


@dataclass(frozen=True, slots=True)
class Wanted:
    """What `fenzhen data fill` is asked for."""

    messages: int = 1_000_000
    tickets: int = 100_000
    open_conversations: int = 2_000
    staff: int = 200
    seed: int = 1

    @property
    def conversations(self) -> int:
        """About one for eight messages."""
        return max(self.messages // _A_CONVERSATION, 1)


def beginnings(wanted: Wanted, random: Random, now: datetime) -> list[datetime]:
    """When each conversation began, the oldest first; the open ones are the last."""
    running = min(wanted.open_conversations, wanted.conversations)
    closed = [
        _moment(random, now, OPEN_DAYS + random.random() * (DAYS - OPEN_DAYS))
        for _ in range(wanted.conversations - running)
    ]
    recent = [now - timedelta(days=random.random() * OPEN_DAYS, minutes=90) for _ in range(running)]
    return sorted(min(each, now - timedelta(hours=2)) for each in closed) + sorted(recent)


def lengths(wanted: Wanted, random: Random) -> Iterator[int]:
    """How many messages each conversation has; all of them together are what is wanted."""
    more, left = 0, wanted.messages
    for number in range(wanted.conversations, 0, -1):
        more = -more if more > 0 else random.randint(0, _A_CONVERSATION - _LEAST)
        count = left if number == 1 else max(1, left // number + more)
        left -= count
        yield count


def tickets_of(wanted: Wanted, index: int) -> int:
    """How many tickets come of conversation `index`; all together are what is wanted."""
    count, total = wanted.tickets, wanted.conversations
    return (index + 1) * count // total - index * count // total


def id_at(moment: datetime, random: Random) -> UUID:
    """A UUIDv7 of that moment."""
    milliseconds = int(moment.timestamp() * 1000)
    value = milliseconds << 80 | random.getrandbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    return UUID(int=value & ~(0x3 << 62) | 0x2 << 62)


def _moment(random: Random, now: datetime, days_ago: float) -> datetime:
    day = (now - timedelta(days=days_ago)).replace(hour=0, minute=0, second=0, microsecond=0)
    hour = random.choices(range(24), _HOURS)[0] - 8
    return day + timedelta(hours=hour, seconds=random.random() * 3600)
