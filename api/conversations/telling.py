"""Tells staff what concerns them in a conversation."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from api.auth.service import SignedIn
from api.db import Transaction
from api.models import Conversation, Customer
from api.notifications.service import notify


async def tell(
    tx: Transaction,
    conversation: Conversation,
    staff_ids: Iterable[UUID],
    kind: str,
    by: SignedIn,
) -> None:
    """Tell some of the staff, each once, but not whoever did it."""
    customer = await tx.get_one(Customer, conversation.customer_id)
    data = {"by": by.display_name, "customer": customer.display_name}
    others = [staff_id for staff_id in staff_ids if staff_id != by.id]
    await notify(tx, others, kind, "conversation", conversation.id, data)
