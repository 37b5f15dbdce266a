"""What the desk channel answers, read from the tracker alone.

A first answer and its replay are made by the same code from the same events, so they are equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

SHOWN_SLOTS = (
    "issue",
    "order_number",
    "tracking_number",
    "contact",
    "phone",
    "address",
    "recipient_name",
    "reason",
    "wanted_spec",
    "after_sale_kind",
    "invoice_kind",
    "invoice_title",
    "tax_number",
    "email",
    "service",
    "product",
    "date",
    "day_part",
    "time",
    "security_wish",
    "privacy_wish",
    "note",
    "topic",
    "ticket_number",
)
"""Slots with what the customer told; the rest is the bot's own bookkeeping."""

_BY_WEIGHT = (
    "handoff",
    "ticket",
    "faq",
    "suggestions",
    "fallback",
    "out_of_scope",
    "task",
    "small_talk",
)
"""Outcomes (architecture §4); the first one reported in a turn names it."""


MODEL = "model"
"""Message metadata: the name of the model that reads and answers it."""


def last_message(tracker: DialogueStateTracker) -> UserUttered | None:
    """The last customer message, None in a new conversation."""
    return next(
        (event for event in reversed(tracker.events) if isinstance(event, UserUttered)), None
    )


def last_message_id(tracker: DialogueStateTracker) -> str | None:
    """The desk's id of the last customer message."""
    message = last_message(tracker)
    return (message.metadata or {}).get("message_id") if message else None


def answered_by(tracker: DialogueStateTracker) -> str | None:
    """The model that answered the last customer message; None in trackers that do not tell."""
    message = last_message(tracker)
    return (message.metadata or {}).get(MODEL) if message else None


def reply(tracker: DialogueStateTracker, model: str | None, replayed: bool) -> dict[str, Any]:
    """The response body for the last turn of `tracker` (architecture §4)."""
    uttered, message = _said(tracker.events), last_message(tracker)
    marks = [custom for event in uttered if (custom := event.data.get("custom"))]
    form = _task(tracker)
    return {
        "replies": [_message(event) for event in uttered if event.text],
        "outcome": _outcome(marks, form),
        "answers": [item for mark in marks for item in mark.get("answers", ())],
        "suggestions": [key for mark in marks for key in mark.get("suggestions", ())],
        "nlu": understood(dict(message.parse_data) if message else {}),
        "slots": {
            name: value
            for name in SHOWN_SLOTS
            if (value := tracker.get_slot(name)) not in (None, "")
        },
        "active_form": form,
        "replayed": replayed,
        "model": model,
    }


def _task(tracker: DialogueStateTracker) -> str | None:
    """The task at hand; Rasa's one form says nothing about which it is."""
    if tracker.active_loop_name is None:
        return None
    state = tracker.get_slot("task_state") or {}
    return str(state.get("task") or tracker.active_loop_name)


def says_something(body: dict[str, Any]) -> bool:
    """Does the turn reach the customer? The notice of a handoff is written by the desk."""
    return bool(body["replies"]) or body["outcome"] == "handoff"


def _said(events: Iterable[Event]) -> list[BotUttered]:
    said: list[BotUttered] = []
    for event in events:
        if isinstance(event, UserUttered):
            said = []
        elif isinstance(event, BotUttered):
            said.append(event)
    return said


def _message(event: BotUttered) -> dict[str, Any]:
    buttons = [
        {"title": button["title"], "text": button.get("payload") or button["title"]}
        for button in event.data.get("buttons") or ()
    ]
    custom = event.data.get("custom") or {}
    kind = custom.get("kind") or (
        "suggestions" if custom.get("outcome") == "suggestions" else "text"
    )
    return {"text": event.text, "buttons": buttons, "kind": kind}


def _outcome(marks: list[dict[str, Any]], form: str | None) -> str:
    reported = {mark["outcome"] for mark in marks if "outcome" in mark}
    named = next((outcome for outcome in _BY_WEIGHT if outcome in reported), None)
    return named or ("task" if form else "small_talk")


def understood(parsed: dict[str, Any]) -> dict[str, Any]:
    """What the worker is told of a parsed message (`nlu` in architecture §4)."""
    return {
        "intent": _named(parsed.get("intent") or {"name": None, "confidence": 0.0}),
        "intent_ranking": [_named(item) for item in parsed.get("intent_ranking") or ()],
        "entities": [
            {name: item.get(name) for name in ("entity", "value", "start", "end")}
            for item in parsed.get("entities") or ()
        ],
        "faq_ranking": list(parsed.get("faq_ranking") or ()),
        "faq_decision": parsed.get("faq_decision"),
    }


def _named(item: dict[str, Any]) -> dict[str, Any]:
    return {"name": item.get("name"), "confidence": item.get("confidence")}
