"""Invented tickets in all states, with notes, history and promises."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from uuid import UUID

from api.ids import SHOP_TIME
from api.models import Deadline, SearchEntry, Ticket, TicketEvent, TicketNote
from api.tickets.views import headline
from cli.data.marks import TAG
from cli.data.plan import id_at
from cli.data.rows import Sheets
from cli.data.sayings import Sayings
from cli.data.talks import Talk
from cli.data.terms import found_by

_RECENT_STATES = {
    "closed": 15,
    "resolved": 15,
    "open": 40,
    "pending_customer": 15,
    "pending_third_party": 10,
    "reopened": 5,
}
_DONE = ("closed", "resolved")
_PENDING = ("pending_customer", "pending_third_party")
_FIRST_MINUTES = {"P1": 15, "P2": 30, "P3": 60, "P4": 120}
_SOLVED_HOURS = {"P1": 4, "P2": 24, "P3": 48, "P4": 72}
_KINDS = ("request",) * 6 + ("repair",) * 2 + ("complaint",)
_TAGS = ("回访", "加急", "等配件", "大件", "老客户")
_ASSIGNED = 0.85
_RECENT = timedelta(days=30)
"""Older tickets are done."""


class Work:
    """Writes tickets to `sheets`."""

    def __init__(
        self, sheets: Sheets, sayings: Sayings, random: Random, staff: list[tuple[UUID, UUID]]
    ) -> None:
        self._sheets = sheets
        self._sayings = sayings
        self._random = random
        self._staff = staff

    def add(self, talk: Talk, count: int, now: datetime) -> None:
        """A ticket that came of `talk`; `count` is what its number ends with."""
        random = self._random
        opened = talk.ended + timedelta(seconds=random.random())
        state = self._state(now - opened)
        moved = min(now, opened + timedelta(hours=random.random() * 60))
        done = moved if state in _DONE else None
        first = min(now, opened + timedelta(minutes=random.random() * 60))
        ticket_id = id_at(opened, random)
        number = f"T{opened.astimezone(SHOP_TIME):%Y%m%d}-{count:05d}"
        assigned = state in _DONE or random.random() < _ASSIGNED
        worker = talk.agent or (random.choice(self._staff) if self._staff else None)
        person, team = worker if worker and assigned else (None, None)
        description = f"{talk.text}\n{self._sayings.customer(talk.first.category).text}"
        title, order = headline(description), talk.order if random.random() < 0.6 else None
        minutes, hours = _FIRST_MINUTES[talk.priority], _SOLVED_HOURS[talk.priority]
        result = self._sayings.agent(talk.first.category) if done else None
        self._sheets[Ticket].add(
            id=ticket_id,
            number=number,
            conversation_id=talk.id,
            customer_id=talk.customer_id,
            cause=f"{talk.id}:{ticket_id}:{TAG}",
            source="conversation" if talk.agent else "bot",
            kind="complaint" if talk.first.nature == "complaint" else random.choice(_KINDS),
            title=title,
            description=description,
            order_number=order,
            category=talk.first.category,
            nature=talk.first.nature,
            impact=talk.first.impact,
            urgency=talk.first.urgency,
            priority=talk.priority,
            state=state,
            assignee_id=person,
            team_id=team,
            tags=[TAG, random.choice(_TAGS)] if random.random() < 0.3 else [TAG],
            result=result,
            first_response_due_at=opened + timedelta(minutes=minutes),
            resolution_due_at=opened + timedelta(hours=hours),
            first_response_at=first,
            resolved_at=done,
            closed_at=done if state == "closed" else None,
            created_at=opened,
            updated_at=moved,
        )
        self._event(ticket_id, opened, "created", {"source": "bot", "priority": talk.priority})
        note = self._note(ticket_id, first, talk, person)
        clock = partial(self._clock, ticket_id, talk.priority)
        clock("ticket_first_response", opened, minutes, first)
        clock("ticket_resolution", opened, hours * 60, done, paused=state in _PENDING)
        texts = (number, order, title, description, result, note)
        self._index(ticket_id, talk.id, opened, filter(None, texts))

    def _index(
        self, ticket_id: UUID, talk_id: UUID, opened: datetime, texts: Iterable[str]
    ) -> None:
        self._sheets[SearchEntry].add(
            kind="ticket",
            subject_id=ticket_id,
            parent_id=talk_id,
            moment=opened,
            terms=found_by("\n".join(texts)),
        )

    def _state(self, age: timedelta) -> str:
        if age > _RECENT:
            return "closed"
        return self._random.choices(list(_RECENT_STATES), list(_RECENT_STATES.values()))[0]

    def _event(self, ticket_id: UUID, moment: datetime, kind: str, data: dict[str, object]) -> None:
        self._sheets[TicketEvent].add(
            id=id_at(moment, self._random),
            ticket_id=ticket_id,
            kind=kind,
            data=data,
            created_at=moment,
        )

    def _note(self, ticket_id: UUID, moment: datetime, talk: Talk, person: UUID | None) -> str:
        text = self._sayings.agent(talk.first.category)
        self._sheets[TicketNote].add(
            id=id_at(moment, self._random),
            ticket_id=ticket_id,
            staff_id=person,
            text=text,
            created_at=moment,
        )
        return text

    def _clock(
        self,
        ticket_id: UUID,
        priority: str,
        kind: str,
        opened: datetime,
        minutes: int,
        met: datetime | None,
        *,
        paused: bool = False,
    ) -> None:
        due = opened + timedelta(minutes=minutes)
        running = met is None and not paused
        self._sheets[Deadline].add(
            id=id_at(opened, self._random),
            subject_kind="ticket",
            subject_id=ticket_id,
            kind=kind,
            priority=priority,
            target_minutes=minutes,
            clock=True,
            started_at=opened,
            running_since=opened if running else None,
            warn_at=None if paused else opened + timedelta(minutes=minutes * 0.75),
            due_at=None if paused else due,
            breached_at=due if met is not None and met > due else None,
            met_at=met,
            created_at=opened,
        )
