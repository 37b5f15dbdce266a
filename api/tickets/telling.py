"""Who is told what about a ticket: staff in the console, the customer in their conversation."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from api.auth.service import SignedIn
from api.conversations import repository as conversations
from api.conversations.service import append
from api.db import Transaction
from api.i18n import say
from api.models import Conversation, Notification, Ticket, TicketWatcher
from api.notifications import service as notifications
from api.settings import Settings
from api.tickets.status_links import status_url

_SHOWN = 200


async def notify(
    tx: Transaction,
    ticket: Ticket,
    staff_ids: Iterable[UUID | None],
    kind: str,
    by: SignedIn | None,
) -> None:
    """Tell some of the staff, each once, but not whoever did it."""
    wanted = {each for each in staff_ids if each is not None and (by is None or each != by.id)}
    data = {"number": ticket.number, "by": by.display_name if by else say("author.customer")}
    await notifications.notify(tx, sorted(wanted), kind, "ticket", ticket.id, data)


async def tell_watchers(tx: Transaction, ticket: Ticket, by: SignedIn | None) -> None:
    """Tell who watches the ticket, and who works on it, that it has changed."""
    await notify(tx, ticket, await _concerned(tx, ticket), "watched_changed", by)


async def tell_of_message(tx: Transaction, ticket: Ticket, conversation: Conversation) -> None:
    """Tell them that the customer has written in the conversation the ticket came from.

    Once until they have looked; not the agent who has the conversation and reads it there.
    """
    concerned = await _concerned(tx, ticket)
    query = select(Notification.staff_id).where(
        Notification.subject_id == ticket.id,
        Notification.kind == "watched_changed",
        Notification.staff_id.in_(concerned),
        Notification.read_at.is_(None),
    )
    known = {*(await tx.scalars(query)).all(), conversation.owner_id}
    new = [each for each in concerned if each not in known]
    await notify(tx, ticket, new, "watched_changed", None)


async def _concerned(tx: Transaction, ticket: Ticket) -> list[UUID]:
    """Who watches the ticket and who works on it."""
    query = select(TicketWatcher.staff_id).where(TicketWatcher.ticket_id == ticket.id)
    watching = (await tx.scalars(query)).all()
    worker = [] if ticket.assignee_id is None else [ticket.assignee_id]
    return [*watching, *worker]


async def tell_customer(
    tx: Transaction, settings: Settings, ticket: Ticket, key: str, **values: str
) -> None:
    """A notice in the conversation the ticket came from, with the link to its status page.

    `key` names the text: `ticket_opened`, `ticket_answered` {text} or `ticket_resolved` {result}.
    """
    if ticket.conversation_id is None:
        return
    conversation = await conversations.lock(tx, ticket.conversation_id)
    short = {name: _shorten(value) for name, value in values.items()}
    text = say(
        f"notice.{key}",
        conversation.language if conversation.language in ("zh", "en") else "zh",
        number=ticket.number,
        url=status_url(settings, ticket),
        **short,
    )
    append(tx, conversation, author="system", kind="notice", text=text)


def _shorten(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
