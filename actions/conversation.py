"""The conversation as Rasa tells it, read once into plain data."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

Event = Mapping[str, Any]
"""An event of Rasa's tracker as JSON."""


class Tracker(Protocol):
    """What is used of `rasa_sdk.Tracker`."""

    sender_id: str
    slots: dict[str, Any]
    events: list[dict[str, Any]]
    active_loop: dict[str, Any]


class UnreadableConversation(ValueError):
    """The tracker holds no customer message to act on."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A knowledge entry with its score (0–1)."""

    key: str
    score: float


@dataclass(frozen=True, slots=True)
class Mark:
    """What an earlier action reported of itself in a `custom` message."""

    outcome: str
    answers: tuple[Scored, ...] = ()
    suggestions: tuple[str, ...] = ()
    offer: str | None = None
    """A person was offered; the reason a handoff would have."""


@dataclass(frozen=True)
class Turn:
    """One customer message with everything that followed it so far."""

    events: tuple[Event, ...]

    @cached_property
    def message(self) -> Event:
        """The customer's message as Rasa stored it."""
        return self.events[0]

    @property
    def text(self) -> str:
        """What the customer wrote."""
        return str(self.message.get("text") or "")

    @property
    def message_id(self) -> str:
        """The desk's id of the message; Rasa's own where the desk gave none (`rasa shell`)."""
        metadata = self.message.get("metadata") or {}
        return str(metadata.get("message_id") or self.message.get("message_id") or "")

    @property
    def parsed(self) -> Mapping[str, Any]:
        """What the pipeline understood."""
        return self.message.get("parse_data") or {}

    @property
    def intent(self) -> str:
        """Name of the intent."""
        return str((self.parsed.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        """How sure the intent is, 0–1."""
        return float((self.parsed.get("intent") or {}).get("confidence", 1.0) or 0.0)

    @cached_property
    def ranking(self) -> tuple[Scored, ...]:
        """The best knowledge entries, best first."""
        return tuple(
            Scored(str(item["key"]), float(item["score"]))
            for item in self.parsed.get("faq_ranking") or ()
        )

    @property
    def verdict(self) -> str:
        """What the pipeline would do with the ranking: answer, suggest, plausible, none."""
        return str((self.parsed.get("faq_decision") or {}).get("verdict") or "none")

    @property
    def offered_keys(self) -> tuple[str, ...]:
        """The entries of the ranking that are worth a suggestion."""
        return tuple((self.parsed.get("faq_decision") or {}).get("offer") or ())

    @property
    def entities(self) -> Sequence[Mapping[str, Any]]:
        """What was found in the text: `{"entity", "value", "start", "end"}`."""
        return self.parsed.get("entities") or ()

    @property
    def also(self) -> Mapping[str, Any]:
        """A second thing the message asks for: `{"intent", "key", "confidence"}`, or nothing."""
        return self.parsed.get("also") or {}

    @property
    def also_key(self) -> str | None:
        """The knowledge entry the message asks for besides."""
        key = self.also.get("key") if self.also.get("intent") == "faq" else None
        return str(key) if key else None

    def also_task(self, tasks: Container[str]) -> str | None:
        """The task the message asks for besides, when it is one of `tasks`."""
        name = self.also.get("intent")
        return str(name) if name in tasks else None

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """What the bot did in this turn."""
        customs = (
            (event.get("data") or {}).get("custom")
            for event in self.events
            if event.get("event") == "bot"
        )
        return tuple(_read_mark(custom) for custom in customs if custom and custom.get("outcome"))


@dataclass(frozen=True)
class Conversation:
    """All turns of the session, the running one last, and the slots as they are now."""

    id: str
    turns: tuple[Turn, ...]
    slots: Mapping[str, Any]
    active_form: str | None

    @property
    def turn(self) -> Turn:
        """The running turn."""
        return self.turns[-1]

    @property
    def earlier(self) -> tuple[Mark, ...]:
        """What the bot did in the turn before."""
        return self.turns[-2].marks if len(self.turns) > 1 else ()

    @property
    def offer(self) -> str | None:
        """The reason with which a person was offered in the turn before, if so."""
        return next((mark.offer for mark in reversed(self.earlier) if mark.offer), None)

    @property
    def suggested(self) -> tuple[str, ...]:
        """The knowledge entries suggested in the turn before."""
        return tuple(key for mark in self.earlier for key in mark.suggestions)

    @property
    def unclear_turns(self) -> int:
        """Failed understandings in a row up to the turn before."""
        return int(self.slots.get("unclear_turns") or 0)

    @property
    def rejected(self) -> tuple[str, ...]:
        """Keys of the answers that did not help."""
        return tuple(self.slots.get("rejected_answers") or ())

    def text_slot(self, name: str) -> str | None:
        """A slot with text, None when it is empty."""
        value = self.slots.get(name)
        return str(value) if value else None

    def turn_answered_with(self, key: str) -> Turn | None:
        """The last turn in which the entry `key` was given as the answer."""
        for turn in reversed(self.turns):
            if any(answer.key == key for mark in turn.marks for answer in mark.answers):
                return turn
        return None


def read_conversation(tracker: Tracker) -> Conversation:
    """Read a tracker. Raises `UnreadableConversation` when there is no customer message."""
    starts = [
        index
        for index, event in enumerate(tracker.events)
        if event.get("event") == "user" and event.get("text") is not None
    ]
    if not starts:
        raise UnreadableConversation("no customer message in the tracker")
    ends = [*starts[1:], len(tracker.events)]
    turns = tuple(
        Turn(tuple(tracker.events[start:end])) for start, end in zip(starts, ends, strict=True)
    )
    form = (tracker.active_loop or {}).get("name")
    return Conversation(tracker.sender_id, turns, dict(tracker.slots), str(form) if form else None)


def _read_mark(custom: Mapping[str, Any]) -> Mark:
    return Mark(
        outcome=str(custom["outcome"]),
        answers=tuple(
            Scored(str(item["key"]), float(item["score"])) for item in custom.get("answers") or ()
        ),
        suggestions=tuple(str(key) for key in custom.get("suggestions") or ()),
        offer=custom.get("offer"),
    )
