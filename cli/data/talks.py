"""Invented conversations: who said what, and how it ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from api.models import Conversation, Message, QueueWait, SearchEntry, TriageResult, Turn
from classifier.labels import label_name
from cli.data.crowd import Crowd
from cli.data.marks import TAG
from cli.data.plan import id_at
from cli.data.rows import Sheets
from cli.data.sayings import Saying, Sayings
from cli.data.terms import found_by

_PREVIEW = 80
_WITH_AGENT = 0.4
_RATED = 0.25
_OPEN_STATES = ("bot",) * 12 + ("ticketed",) * 6 + ("queued",) * 2
_CHANNELS = ("web",) * 7 + ("wechat",) * 3
_RATINGS = (5, 5, 5, 4, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class Talk:
    """What a ticket takes over of a conversation."""

    id: UUID
    customer_id: UUID
    first: Saying
    text: str
    order: str
    priority: str
    begun: datetime
    ended: datetime
    agent: tuple[UUID, UUID] | None
    closed: bool


@dataclass(slots=True)
class _Line:
    id: UUID
    author: str
    text: str
    at: datetime
    saying: Saying | None = None


class Talks:
    """Writes conversations to `sheets`."""

    def __init__(self, sheets: Sheets, sayings: Sayings, crowd: Crowd, random: Random) -> None:
        self._sheets = sheets
        self._sayings = sayings
        self._crowd = crowd
        self._random = random

    def add(self, begun: datetime, count: int, *, closed: bool) -> Talk:
        """One conversation of `count` messages, still open unless `closed`."""
        random = self._random
        with_agent = closed and random.random() < _WITH_AGENT
        agent = random.choice(self._crowd.staff) if with_agent and self._crowd.staff else None
        category = self._sayings.category()
        order = f"{begun:%Y%m%d}{random.randrange(10**8):08d}"
        lines = list(self._lines(begun, count, category, order, agent is not None))
        first = lines[0].saying
        assert first is not None
        priority = _priority(first)
        talk = Talk(
            id_at(begun, random),
            self._crowd.customer(begun),
            first,
            lines[0].text,
            order,
            priority,
            begun,
            lines[-1].at,
            agent,
            closed,
        )
        self._conversation(talk, lines)
        self._messages(talk, lines)
        self._labels(talk, lines[0])
        return talk

    def _lines(
        self, begun: datetime, count: int, category: str, order: str, with_agent: bool
    ) -> Iterator[_Line]:
        at, random = begun, self._random
        taken_over = count // 2 // 2 * 2 if with_agent else count
        for number in range(count):
            line_id = id_at(at, random)
            if number % 2 == 0:
                saying = self._sayings.customer(category)
                yield _Line(
                    line_id, "customer", self._sayings.varied(saying.text, order), at, saying
                )
            elif number < taken_over:
                yield _Line(line_id, "bot", self._sayings.bot(category), at)
            else:
                yield _Line(line_id, "agent", self._sayings.agent(category), at)
            at += timedelta(seconds=1 + random.random() * (60 if number % 2 else 8))

    def _conversation(self, talk: Talk, lines: list[_Line]) -> None:
        state = "closed" if talk.closed else self._random.choice(_OPEN_STATES)
        agent_id = talk.agent[0] if talk.agent else None
        rating = None
        if talk.closed and self._random.random() < _RATED:
            rating = self._random.choice(_RATINGS)
        self._sheets[Conversation].add(
            id=talk.id,
            customer_id=talk.customer_id,
            channel=self._random.choice(_CHANNELS),
            state=state,
            responsible_id=agent_id,
            last_agent_id=agent_id,
            tags=[TAG],
            last_seq=len(lines),
            agent_read_seq=len(lines) if talk.closed else 0,
            unread=0 if talk.closed else (len(lines) + 1) // 2,
            last_author=lines[-1].author,
            last_text=lines[-1].text[:_PREVIEW],
            last_message_at=talk.ended,
            category=talk.first.category,
            priority=talk.priority,
            sentiment=talk.first.sentiment,
            anger=talk.first.anger,
            queued_at=talk.ended if state == "queued" else None,
            handoff_count=1 if talk.agent else 0,
            rating=rating,
            rated_at=talk.ended if rating else None,
            created_at=talk.begun,
            updated_at=talk.ended,
            closed_at=talk.ended if talk.closed else None,
        )
        if state == "queued":
            self._sheets[QueueWait].add(
                id=id_at(talk.ended, self._random),
                conversation_id=talk.id,
                category=talk.first.category,
                priority=talk.priority,
                queued_at=talk.ended,
            )

    def _messages(self, talk: Talk, lines: list[_Line]) -> None:
        asked: UUID | None = None
        for seq, line in enumerate(lines, start=1):
            staff_id = talk.agent[0] if line.author == "agent" and talk.agent else None
            self._sheets[Message].add(
                id=line.id,
                conversation_id=talk.id,
                seq=seq,
                author=line.author,
                text=line.text,
                client_id=f"{seq}" if line.author != "bot" else None,
                reply_to=asked if line.author == "bot" else None,
                staff_id=staff_id,
                created_at=line.at,
            )
            if line.author == "customer":
                asked = line.id
                self._sheets[Turn].add(
                    message_id=line.id,
                    conversation_id=talk.id,
                    state="done",
                    outcome="faq",
                    created_at=line.at,
                    finished_at=line.at + timedelta(seconds=1),
                )
            if line.author != "bot":
                self._sheets[SearchEntry].add(
                    kind="message",
                    subject_id=line.id,
                    parent_id=talk.id,
                    moment=line.at,
                    terms=found_by(line.text),
                )

    def _labels(self, talk: Talk, line: _Line) -> None:
        saying = talk.first
        self._sheets[TriageResult].add(
            message_id=line.id,
            conversation_id=talk.id,
            release=0,
            category=saying.category,
            nature=saying.nature,
            priority=talk.priority,
            sentiment=saying.sentiment,
            anger=saying.anger,
            labels={
                "category": _label("category", saying.category),
                "nature": _label("nature", saying.nature),
                "impact": _label("impact", str(saying.impact)),
                "urgency": _label("urgency", str(saying.urgency)),
                "sentiment": _label("sentiment", saying.sentiment),
                "priority": {
                    "key": talk.priority,
                    "name": talk.priority,
                    "confidence": 1.0,
                    "reasons": [],
                },
                "anger": {"flag": saying.anger, "confidence": 1.0, "evidence": []},
            },
            created_at=line.at,
        )


def _priority(saying: Saying) -> str:
    weight = saying.impact * saying.urgency
    return "P1" if weight >= 12 else "P2" if weight >= 6 else "P3" if weight >= 3 else "P4"


def _label(target: str, key: str) -> dict[str, object]:
    return {"key": key, "name": label_name(target, key), "confidence": 1.0, "evidence": []}
