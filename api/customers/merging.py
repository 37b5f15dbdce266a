"""Two records found to be one person: what hangs on the one moves to the other, and back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute

from api.audit import service as audit
from api.auth.service import SignedIn
from api.customers import proofs, repository, ways
from api.customers.schemas import MergeWish
from api.customers.sealing import Sealer
from api.db import Transaction
from api.errors import CustomersNotMergeable, NotFound, ProofMissing
from api.events import Event
from api.i18n import say
from api.ids import new_id, now
from api.models import (
    Conversation,
    Customer,
    CustomerIdentity,
    CustomerMerge,
    CustomerNote,
    FollowUp,
    ReviewItem,
    Ticket,
    TicketMerge,
    TrainingLine,
    VisitorSession,
)
from api.search import service as search
from api.tickets.family import ONE_AT_A_TIME

_MOVED: dict[str, tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]] = {
    "conversation": (Conversation.customer_id, Conversation.id),
    "ticket": (Ticket.customer_id, Ticket.id),
    "follow_up": (FollowUp.customer_id, FollowUp.id),
    "customer_identity": (CustomerIdentity.customer_id, CustomerIdentity.id),
    "customer_note": (CustomerNote.customer_id, CustomerNote.id),
    "training_line": (TrainingLine.customer_id, TrainingLine.id),
    "review_item": (ReviewItem.customer_id, ReviewItem.message_id),
    "visitor_session": (VisitorSession.customer_id, VisitorSession.token_hash),
}
"""What points at a customer and moves with it, by its name in `CustomerMerge.moved`.

The order is that of locks (docs/architecture.md §15): what somebody writes under the lock of a
conversation or ticket is there when its own table is moved.
"""


async def merge(
    tx: Transaction, sealer: Sealer, staff: SignedIn, target_id: UUID, wish: MergeWish
) -> Customer:
    """Make a customer part of another one, with proof; gives the one that goes on.

    Names, preferences and sealed data of the source stay with it. Raises NotFound,
    CustomersNotMergeable and ProofMissing.
    """
    await tx.execute(ONE_AT_A_TIME)
    target, source = await repository.lock_pair(tx, target_id, wish.source_id)
    if target.id == source.id:
        raise CustomersNotMergeable(reason="same")
    if target.erased_at is not None or source.erased_at is not None:
        raise CustomersNotMergeable(reason="erased")
    if target.merged_into_id is not None or source.merged_into_id is not None:
        raise CustomersNotMergeable(reason="already_merged")
    if not await _holds(tx, sealer, wish, target, source):
        raise ProofMissing
    await _carry_out(tx, staff, target, source, wish.proof, wish.reason)
    return target


async def join(tx: Transaction, target_id: UUID, source_id: UUID, proof: str) -> None:
    """Make one person of two customers, or of those they became, who proved it themselves.

    Nothing happens if they are one already. Raises NotFound.
    """
    await tx.execute(ONE_AT_A_TIME)
    one = await repository.current(tx, target_id)
    other = await repository.current(tx, source_id)
    if one.id == other.id:
        return
    target, source = await repository.lock_pair(tx, one.id, other.id)
    await _carry_out(tx, None, target, source, proof, say(f"merge_reason.{proof}"))


async def _carry_out(
    tx: Transaction,
    staff: SignedIn | None,
    target: Customer,
    source: Customer,
    proof: str,
    reason: str,
) -> None:
    moved = {name: await _move(tx, name, source.id, target.id) for name in _MOVED}
    done = CustomerMerge(
        id=new_id(),
        source_id=source.id,
        target_id=target.id,
        proof=proof,
        reason=reason,
        moved=moved,
        staff_id=staff.id if staff else None,
    )
    tx.add(done)
    source.merged_into_id = target.id
    await search.touch_customer(tx, source)
    source.version += 1
    target.version += 1
    data = {"into": target.id, "merge": done.id, "proof": proof, "reason": reason}
    await audit.record(tx, staff, "merge", "customer", source.id, data)
    _tell(tx, moved["conversation"])


async def undo(tx: Transaction, staff: SignedIn, merge_id: UUID) -> Customer:
    """Put back exactly what moved; gives the customer that is one of its own again.

    Raises NotFound, also for a merge that was undone already, and CustomersNotMergeable while the
    target is part of a third, or a ticket of the one part of a ticket of the other: those are taken
    apart first, or the link that one customer was sent would show the other's ticket.
    """
    await tx.execute(ONE_AT_A_TIME)
    done = await tx.get(CustomerMerge, merge_id, with_for_update=True)
    if done is None or done.undone_at is not None:
        raise NotFound
    target, source = await repository.lock_pair(tx, done.target_id, done.source_id)
    if source.erased_at is not None:
        raise CustomersNotMergeable(reason="erased")
    if target.merged_into_id is not None:
        raise CustomersNotMergeable(reason="target_merged")
    if numbers := await _tickets_between(tx, done):
        raise CustomersNotMergeable(reason="tickets_merged", tickets=numbers)
    await ways.hold(tx, target.id, source.id)
    for name in _MOVED:
        await _move(tx, name, target.id, source.id, only=done.moved.get(name, []))
    await ways.part(tx, target.id, source.id)
    done.undone_at, done.undone_by = now(), staff.id
    source.merged_into_id = None
    await search.touch_customer(tx, source)
    source.version += 1
    target.version += 1
    data = {"from": target.id, "merge": done.id}
    await audit.record(tx, staff, "unmerge", "customer", source.id, data)
    _tell(tx, done.moved["conversation"])
    return source


async def _holds(
    tx: Transaction, sealer: Sealer, wish: MergeWish, target: Customer, source: Customer
) -> bool:
    if wish.proof == "shop_customer":
        return await proofs.same_shop_customer(tx, target, source)
    return proofs.same_phone(sealer, target, source)


async def _move(
    tx: Transaction, name: str, start: UUID, end: UUID, only: list[str] | None = None
) -> list[str]:
    """Point at `end` what points at `start` (`only` those keys); gives the keys of what moved."""
    owner, key = _MOVED[name]
    query = select(key).where(owner == start).order_by(key).with_for_update(key_share=True)
    if only is not None:
        read = bytes.fromhex if key is VisitorSession.token_hash else UUID
        query = query.where(key.in_([read(each) for each in only]))
    found = (await tx.scalars(query)).all()
    await tx.execute(update(owner.class_).where(key.in_(found)).values({owner.key: end}))
    return [each.hex() if isinstance(each, bytes) else str(each) for each in found]


async def _tickets_between(tx: Transaction, done: CustomerMerge) -> list[str]:
    """Numbers of tickets that were merged into one which would not go the same way."""
    moved = [UUID(each) for each in done.moved["ticket"]]
    query = (
        select(Ticket.number)
        .join(TicketMerge, TicketMerge.source_id == Ticket.id)
        .where(
            TicketMerge.undone_at.is_(None),
            TicketMerge.source_id.in_(moved) != TicketMerge.target_id.in_(moved),
        )
        .order_by(Ticket.number)
    )
    return list((await tx.scalars(query)).all())


def _tell(tx: Transaction, conversation_ids: list[str]) -> None:
    """Consoles show the customer's name beside each conversation."""
    for each in conversation_ids:
        tx.emit(Event("conversation", each))
