"""Turns customers into what staff see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from api.auth.service import SignedIn
from api.commerce.masking import mask_numbers
from api.conversations import repository as people
from api.conversations.access import viewer_of
from api.conversations.schemas import PersonRef
from api.conversations.views import labelled
from api.customers import repository
from api.customers.schemas import (
    CustomerDetail,
    CustomerLine,
    EarlierRatingOut,
    IdentityOut,
    Masked,
    MergedOut,
    NoteOut,
    PastConversation,
)
from api.db import Transaction
from api.models import Conversation, Customer, CustomerIdentity
from api.tickets import views as tickets


def line(customer: Customer) -> CustomerLine:
    """A customer in a list."""
    return CustomerLine.model_validate(
        {
            "id": customer.id,
            "display_name": customer.display_name,
            "tier": customer.tier,
            "language": customer.language,
            "masked": Masked.model_validate(customer.masked),
            "verified_at": customer.verified_at,
            "erased_at": customer.erased_at,
            "created_at": customer.created_at,
        }
    )


async def detail(tx: Transaction, customer: Customer, staff: SignedIn) -> CustomerDetail:
    """One customer with everything `staff` may see."""
    await tx.flush()
    viewer = await viewer_of(tx, staff)
    past, past_count = await repository.conversations(tx, customer.id, viewer)
    own_tickets, open_tickets = await repository.tickets(tx, customer.id, viewer)
    return CustomerDetail(
        **line(customer).model_dump(),
        preferences=customer.preferences,
        identities=[
            IdentityOut(
                channel=each.channel,
                external_id_masked=_masked_id(each.external_id),
                proof=each.proof,
                verified_at=each.verified_at,
            )
            for each in await _identities(tx, customer)
        ],
        conversations=await _past(tx, past),
        conversation_count=past_count,
        tickets=await tickets.summaries(tx, own_tickets),
        open_tickets=open_tickets,
        notes=await _notes(tx, customer),
        merged=[
            MergedOut(id=source.id, display_name=source.display_name, merge_id=merge.id)
            for merge, source in await repository.merges(tx, customer.id)
            if customer.erased_at is None
        ],
        version=customer.version,
    )


async def _identities(tx: Transaction, customer: Customer) -> Sequence[CustomerIdentity]:
    return [] if customer.erased_at else await repository.identities(tx, customer.id)


async def _notes(tx: Transaction, customer: Customer) -> list[NoteOut]:
    found = await repository.notes(tx, customer.id)
    names = await people.staff_names(tx, {note.staff_id for note in found})
    return [
        NoteOut(
            id=note.id,
            author=PersonRef(id=note.staff_id, display_name=names.get(note.staff_id, "")),
            text=note.text,
            created_at=note.created_at,
        )
        for note in found
    ]


async def _past(tx: Transaction, found: Sequence[Conversation]) -> list[PastConversation]:
    earlier = defaultdict(list)
    for each in await repository.earlier_ratings(tx, [conversation.id for conversation in found]):
        earlier[each.conversation_id].append(
            EarlierRatingOut(
                rating=each.rating,
                nps=each.nps,
                comment=mask_numbers(each.comment) if each.comment else None,
                rated_at=each.rated_at,
            )
        )
    return [
        PastConversation(
            id=each.id,
            channel=each.channel,
            state=each.state,
            category=labelled("category", each.category) if each.category else None,
            created_at=each.created_at,
            rating=each.rating,
            earlier_ratings=earlier[each.id],
        )
        for each in found
    ]


def _masked_id(external_id: str) -> str:
    """The last four characters of an account's id; of a short one the last."""
    shown = 4 if len(external_id) > 8 else 1
    return "****" + external_id[-shown:]
