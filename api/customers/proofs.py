"""What a customer has proved, kept beyond the conversation it was proved in (norms §5)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from api.conversations import repository as conversations
from api.customers import repository
from api.customers.sealing import Sealer
from api.db import Transaction
from api.ids import new_id, now
from api.models import Customer, CustomerIdentity


async def proved(tx: Transaction, conversation_id: UUID, shop_customer: str) -> None:
    """The conversation's customer has proved to be that one of the shop.

    An account of the shop is the identity of whoever proved it first; another record with the same
    proof is left alone and can be merged. Raises NotFound.
    """
    conversation = await conversations.get(tx, conversation_id)
    customer = await repository.current(tx, conversation.customer_id, lock=True)
    moment = now()
    customer.verified_at = moment
    row = insert(CustomerIdentity).values(
        id=new_id(),
        customer_id=customer.id,
        channel=repository.SHOP,
        external_id=shop_customer,
        proof="order_and_phone",
        verified_at=moment,
        created_at=moment,
    )
    await tx.execute(
        row.on_conflict_do_update(
            index_elements=["channel", "external_id"],
            set_={"proof": "order_and_phone", "verified_at": moment},
            where=CustomerIdentity.customer_id == customer.id,
        )
    )


async def same_shop_customer(tx: Transaction, one: Customer, other: Customer) -> bool:
    """Whether both have proved to be the same customer of the shop."""
    first = await repository.shop_customers(tx, one.id)
    return bool(first & await repository.shop_customers(tx, other.id))


def same_phone(sealer: Sealer, one: Customer, other: Customer) -> bool:
    """Whether both have the same phone and both have proved who they are.

    A phone that staff wrote down proves nothing by itself: anybody can name another's.
    """
    first = sealer.open(one.id, one.sealed).get("phone")
    second = sealer.open(other.id, other.sealed).get("phone")
    verified = one.verified_at is not None and other.verified_at is not None
    return verified and first is not None and first == second
