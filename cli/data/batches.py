"""A part of the invented data, made and written by a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

import psycopg

from api.models import (
    Base,
    Conversation,
    Customer,
    CustomerIdentity,
    Deadline,
    Message,
    QueueWait,
    SearchEntry,
    Staff,
    Team,
    Ticket,
    TicketEvent,
    TicketNote,
    TriageResult,
    Turn,
)
from api.settings import REPOSITORY
from cli.data.crowd import Colleague, Crowd
from cli.data.rows import Sheets
from cli.data.sayings import Sayings
from cli.data.talks import Talks
from cli.data.work import Work

TABLES: tuple[type[Base], ...] = (
    *(Team, Staff, Customer, CustomerIdentity, Conversation, Message, Turn, TriageResult),
    *(QueueWait, Ticket, TicketEvent, TicketNote, Deadline, SearchEntry),
)
"""All that is filled; what points at something comes after it."""

SAID = REPOSITORY / "nlu_data"
"""Where the words come from."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One conversation to come."""

    begun: datetime
    messages: int
    closed: bool
    tickets: tuple[int, ...]
    """What the numbers of its tickets end with."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Conversations that are written in one transaction, and with whom."""

    number: int
    seed: int
    mark: str
    now: datetime
    staff: list[Colleague]
    planned: list[Planned]


class Writer:
    """Writes batches; each process has one."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)

    def write(self, batch: Batch) -> int:
        """Everything of the batch; gives how many messages. Its seed decides the words."""
        random = Random(f"{batch.seed} {batch.number}")
        sayings, sheets = Sayings(SAID, random), Sheets(TABLES)
        mark = f"{batch.mark}-{batch.number}"
        crowd = Crowd(sheets, sayings, random, mark, batch.staff)
        talks = Talks(sheets, sayings, crowd, random)
        work = Work(sheets, sayings, random, batch.staff)
        for each in batch.planned:
            talk = talks.add(each.begun, each.messages, closed=each.closed)
            for number in each.tickets:
                work.add(talk, number, batch.now)
        sheets.write(self._connection)
        return sum(each.messages for each in batch.planned)


_writer: list[Writer] = []


def begin(url: str) -> None:
    """What a process of a pool does first."""
    _writer.append(Writer(url))


def write(batch: Batch) -> int:
    """`Writer.write` in a process of a pool."""
    return _writer[0].write(batch)
