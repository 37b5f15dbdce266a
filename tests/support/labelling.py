"""Labellers and bots made by hand: small classes that keep the Protocols of the api."""

from __future__ import annotations

import asyncio
from uuid import UUID

from api.assistant import (
    NOTHING_KNOWN,
    Answer,
    AssistantUnavailable,
    Context,
    EchoAssistant,
    Guess,
    Reply,
    Understanding,
)
from api.learning.labelling import Labels
from triage.packet import Anger, Label, MessageLabels, PriorityLabel
from triage.priority import prioritise

RELEASE = 7


def labels_of(
    *,
    category: str = "logistics",
    nature: str = "help",
    impact: int = 2,
    urgency: int = 2,
    sentiment: str = "neutral",
    anger: bool = False,
    confidence: float = 0.9,
) -> MessageLabels:
    """Labels with the priority the rules give them."""
    priority = prioritise(impact, urgency)
    return MessageLabels(
        category=Label(category, category, confidence, ("包裹",)),
        nature=Label(nature, nature, confidence, ()),
        impact=Label(str(impact), str(impact), confidence, ()),
        urgency=Label(str(urgency), str(urgency), confidence, ()),
        sentiment=Label(sentiment, sentiment, confidence, ()),
        priority=PriorityLabel(priority.key, priority.key, confidence, priority.reasons),
        anger=Anger(anger, confidence, ("！！",) if anger else ()),
    )


class NoLabels:
    """No release is loaded."""

    @property
    def release(self) -> int | None:
        return None

    async def label(
        self, text: str, track: str = "live", model: str | None = None
    ) -> Labels | None:
        return None


class LabelledByText:
    """The labels set for a text, and calm ones for every other."""

    def __init__(self, known: dict[str, MessageLabels] | None = None) -> None:
        self._known = known or {}

    @property
    def release(self) -> int | None:
        return RELEASE

    async def label(
        self, text: str, track: str = "live", model: str | None = None
    ) -> Labels | None:
        return Labels(RELEASE, self._known.get(text, labels_of()))


class BrokenLabeller:
    """A classifier with a bug."""

    @property
    def release(self) -> int | None:
        return RELEASE

    async def label(
        self, text: str, track: str = "live", model: str | None = None
    ) -> Labels | None:
        raise ZeroDivisionError


class SwitchedBot(EchoAssistant):
    """Echoes while `available`; counts what it was asked."""

    def __init__(self, *, available: bool = True) -> None:
        self.available = available
        self.asked: list[str] = []
        self.recent: list[list[str]] = []

    async def ask(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        context: Context = NOTHING_KNOWN,
    ) -> Answer:
        self.asked.append(text)
        self.recent.append(list(context.recent))
        if not self.available:
            raise AssistantUnavailable("ConnectError")
        return await super().ask(conversation_id, message_id, text, channel)

    async def read(self, text: str, context: Context = NOTHING_KNOWN) -> Understanding:
        if not self.available:
            raise AssistantUnavailable("ConnectError")
        return await super().read(text)

    async def healthy(self) -> bool:
        return self.available


class ThinkingBot(EchoAssistant):
    """Says that it has begun, and answers only when it may."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def ask(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        context: Context = NOTHING_KNOWN,
    ) -> Answer:
        self.begun.set()
        await self.may_answer.wait()
        return await super().ask(conversation_id, message_id, text, channel)


class RecordedBot(EchoAssistant):
    """Gives the prepared answer to a text."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        self._answers = answers
        self.recent: list[list[str]] = []

    async def ask(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        context: Context = NOTHING_KNOWN,
    ) -> Answer:
        self.recent.append(list(context.recent))
        if text in self._answers:
            return self._answers[text]
        return Answer(
            replies=(Reply(text="好的"),),
            outcome="small_talk",
            nlu=Understanding(intent=Guess(name="greet", confidence=0.99)),
        )

    async def read(self, text: str, context: Context = NOTHING_KNOWN) -> Understanding:
        return self._answers[text].nlu if text in self._answers else await super().read(text)
