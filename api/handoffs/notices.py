"""What customers are told about hops and the queue; every sentence is in the i18n files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from api.assistant import Button
from api.conversations.service import append
from api.db import Transaction
from api.handoffs.queue import QueuePlace
from api.i18n import LANGUAGES, say
from api.ids import now
from api.models import Conversation, Message
from api.policies.registry import Policies
from api.policies.service import policies
from triage import sla
from triage.calendar import BusinessCalendar
from triage.policy import SlaKind
from triage.queueing import Offer, Offers, offers


def language_of(conversation: Conversation) -> str:
    """The language its customer is told things in."""
    return conversation.language if conversation.language in LANGUAGES else "zh"


def tell(
    tx: Transaction, conversation: Conversation, key: str, *buttons: str, **values: object
) -> Message:
    """A notice in the conversation, with buttons named by their texts' keys."""
    language = language_of(conversation)
    shown = [say(f"button.{button}", language) for button in buttons]
    return append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=say(f"notice.{key}", language, **values),
        buttons=[Button(title=text, text=text) for text in shown],
    )


async def tell_queued(
    tx: Transaction,
    conversation: Conversation,
    place: QueuePlace,
    key: str,
    names: Mapping[str, str] | None = None,
    reply_to: UUID | None = None,
) -> None:
    """Say what happens (`key`), where the customer stands, and what else they may choose."""
    known, moment, language = await policies(tx), now(), language_of(conversation)
    offered = offers_for(conversation, place, known, moment)
    parts = [
        say(f"notice.{key}", language, **(names or {})),
        say_place(place, offered, known.calendar, moment, language),
    ]
    leave_word = any(choice is not Offer.KEEP_WAITING for choice in offered.choices)
    shown = ["leave_word", "stop_waiting"] if leave_word else ["stop_waiting"]
    buttons = [say(f"button.{button}", language) for button in shown]
    append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text="".join(parts) if language == "zh" else " ".join(parts),
        buttons=[Button(title=button, text=button) for button in buttons],
        reply_to=reply_to,
    )


def offers_for(
    conversation: Conversation, place: QueuePlace, known: Policies, moment: datetime
) -> Offers:
    """What the waiting customer may choose now."""
    target = known.sla.target(SlaKind.TICKET_FIRST_RESPONSE, conversation.priority or "P4")
    queued_at = conversation.queued_at or moment
    return offers(
        place.expected_wait_seconds,
        (moment - queued_at).total_seconds(),
        is_open=known.calendar.is_open(moment),
        next_opening=known.calendar.next_opening(moment),
        ticket_answered_by=sla.due_at(moment, target, known.calendar),
        policy=known.routing,
    )


def say_place(
    place: QueuePlace,
    offered: Offers,
    calendar: BusinessCalendar,
    moment: datetime,
    language: str,
) -> str:
    """Where a waiting customer stands, and when somebody comes."""
    if offered.opens_at is not None:
        opens = say_moment(offered.opens_at, moment, calendar, language)
        return say("notice.place_closed", language, opens=opens)
    if place.expected_wait_seconds is None:
        return say("notice.place_nobody", language)
    wait = say_wait(place.expected_wait_seconds, language)
    ahead = (place.position or 1) - 1
    if ahead == 0:
        return say("notice.place_first", language, wait=wait)
    return say("notice.place_behind", language, ahead=ahead, wait=wait)


def say_wait(seconds: int, language: str) -> str:
    """An expected wait in words."""
    if seconds < 60:
        return say("notice.wait_soon", language)
    return say("notice.wait_minutes", language, minutes=round(seconds / 60))


def say_moment(moment: datetime, today: datetime, calendar: BusinessCalendar, language: str) -> str:
    """A moment on the desk's wall: 「今天 13:00」, 「明天 09:00」, 「11月23日 09:00」."""
    days = (calendar.local_date(moment) - calendar.local_date(today)) / timedelta(days=1)
    local = moment.astimezone(calendar.zone)
    key = {0: "today", 1: "tomorrow"}.get(int(days), "on_date")
    return say(
        f"moment.{key}",
        language,
        time=f"{local:%H:%M}",
        month=local.month,
        day=local.day,
    )
