"""What a conversation already tells for a ticket made of it: order number and contact."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from api.commerce.masking import mask_contact
from api.conversations import repository as conversations
from api.customers.sealing import sealer_of
from api.db import Transaction
from api.errors import CannotUnseal
from api.models import Conversation, Customer
from api.settings import Settings
from api.tickets import contacts
from api.tickets.bodies import OrderAndContact
from classifier.numbers import CONTACTS, newest

_READ = 200
"""So many of the newest messages are looked through."""
_ORDER = ("order_number",)


@dataclass(frozen=True, slots=True)
class Told:
    """What the customer has told; None: nothing."""

    order_number: str | None
    contact: str | None

    @property
    def contact_masked(self) -> str | None:
        return mask_contact(self.contact) if self.contact else None


NOTHING_TOLD = Told(None, None)


async def told(tx: Transaction, settings: Settings, conversation: Conversation) -> Told:
    """What the customer wrote last in the present matter; else what the bot was told, or knows.

    For the contact that is, last of all, the phone or e-mail of a customer who has proved who they
    are.
    """
    messages = await conversations.latest_messages(tx, conversation.id, _READ)
    texts = [
        message.text
        for message in reversed(messages)
        if message.author == "customer" and message.seq >= conversation.matter_seq
    ]
    customer = await tx.get_one(Customer, conversation.customer_id)
    return Told(
        newest(texts, _ORDER) or _slot(conversation.slots, _ORDER),
        newest(texts, CONTACTS)
        or _slot(conversation.slots, ("contact", *CONTACTS))
        or _proved(settings, customer),
    )


def settled(known: Told, body: OrderAndContact) -> Told:
    """What a new ticket gets: as written, or as `known` where nothing was written.

    The masked contact sent back as it was shown stands for the known one; an empty one for none.
    Raises ContactUnreadable.
    """
    given = body.model_fields_set
    order = body.order_number if "order_number" in given else known.order_number
    if "contact" not in given or body.contact == known.contact_masked:
        return Told(order, known.contact)
    return Told(order, contacts.normalised(body.contact) if body.contact else None)


def _slot(slots: Mapping[str, object], names: Collection[str]) -> str | None:
    return next((str(slots[name]) for name in names if slots.get(name)), None)


def _proved(settings: Settings, customer: Customer) -> str | None:
    if customer.verified_at is None:
        return None
    try:
        kept = sealer_of(settings).open(customer.id, customer.sealed)
    except CannotUnseal:  # the ticket is worth more than its contact
        return None
    return kept.get("phone") or kept.get("email")
