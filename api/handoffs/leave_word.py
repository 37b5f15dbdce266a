"""A customer who does not want to wait leaves word: the wait becomes a ticket with a promise."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from api.conversations.service import change_state
from api.db import Transaction
from api.deadlines import chats
from api.errors import NotWaiting
from api.handoffs import queue
from api.handoffs.hops import record_hop
from api.handoffs.notices import language_of, say_moment
from api.i18n import LANGUAGES, say
from api.ids import now
from api.models import Conversation
from api.policies.service import policies
from api.settings import Settings
from api.tickets.service import open_from_queue
from api.tickets.status_links import status_url
from api.tickets.telling import tell_customer
from triage.ownership import State


@dataclass(frozen=True, slots=True)
class WordLeft:
    """The ticket, and what may be promised."""

    ticket_number: str
    first_response_due_at: datetime
    status_url: str


def asks_to_leave_word(text: str) -> bool:
    """Whether a message is the button of the waiting notice, in any language."""
    return text.strip() in {say("button.leave_word", language) for language in LANGUAGES}


async def leave_word(
    tx: Transaction,
    settings: Settings,
    conversation: Conversation,
    text: str | None = None,
    contact: str | None = None,
) -> WordLeft:
    """Turn the wait of `conversation`, locked by the caller, into a ticket and tell the customer.

    Raises NotWaiting unless it is in the queue, and ContactUnreadable.
    """
    if conversation.state != State.QUEUED:
        raise NotWaiting
    ticket = await open_from_queue(tx, settings, conversation, text, contact)
    await queue.leave(tx, conversation, "ticket")
    change_state(tx, conversation, State.TICKETED)
    await chats.over(tx, conversation)
    await record_hop(tx, conversation, "queue", f"ticket:{ticket.number}", "left_word", None)
    moment, calendar = now(), (await policies(tx)).calendar
    due = ticket.first_response_due_at
    promise = say_moment(due, moment, calendar, language_of(conversation))
    await tell_customer(tx, settings, ticket, "word_left", promise=promise)
    return WordLeft(
        ticket_number=ticket.number,
        first_response_due_at=due,
        status_url=status_url(settings, ticket),
    )
