"""What customers write on channels outside the desk comes in: each thing once.

Works inside the caller's transaction: when it commits, the message, its turn job and the receipt
that makes a repetition harmless are stored together. Locks are taken in the order receipt, code,
customers, conversation, contact (docs/architecture.md §15): one message a transaction.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from api.channels import join
from api.channels.interface import CHANNELS, Incoming, Media, Opens
from api.channels.wechat import menus, window
from api.conversations import repository, survey
from api.conversations.accepting import accept_locked
from api.conversations.matters import new_conversation
from api.conversations.service import append
from api.conversations.text import LONGEST, tidied
from api.customers import repository as customers
from api.db import Transaction
from api.i18n import say
from api.ids import new_id, now
from api.jobs import JobQueue, MediaOrder
from api.models import (
    ChannelAccount,
    ChannelContact,
    ChannelReceipt,
    Conversation,
    Customer,
    CustomerIdentity,
    Message,
)
from api.naming import newcomer
from api.search import service as search
from api.tickets.family import ONE_AT_A_TIME

_FIRST_SIGHT = text("SELECT pg_advisory_xact_lock(hashtextextended(:who, 1))")


async def receive(
    tx: Transaction, queue: JobQueue, account: ChannelAccount, incoming: Incoming
) -> UUID | None:
    """Store what a customer wrote, with its turn; the id of the message, None for a repetition."""
    if not await first_time(tx, account, incoming.key):
        return None
    known = await _contact(tx, account, incoming.external_id)
    wish = await join.wish(tx, known, incoming.text)
    joins = wish is not None and wish.act is join.Act.JOIN
    if joins:
        await tx.execute(ONE_AT_A_TIME)  # of merges: before any customer is locked
    contact = known or await _new_contact(tx, account, incoming.external_id)
    joined = await join.join(tx, account, contact, wish.code) if wish and joins else None
    conversation, contact = await _hold_anew(tx, account, contact, incoming.external_id)
    if incoming.opens is not None:
        await window.opened(tx, contact, incoming.opens, incoming.at)
    words = await _meant(tx, conversation, incoming)
    if joined is not None:
        message_id = joined
    elif wish is not None:
        message_id = await join.answer(tx, conversation, contact, wish)
    elif (rated := await _rating(tx, conversation, incoming, words)) is not None:
        message_id = rated
    elif incoming.answered and window.barred(contact) != "elsewhere":
        message_id = (await accept_locked(tx, queue, conversation, words, incoming.key)).id
    else:
        message_id = await _keep(tx, conversation, words, incoming.key)
    if incoming.media is not None:
        await queue.defer_media(tx, account.id, _order(message_id, incoming.media))
    return message_id


async def first_time(tx: Transaction, account: ChannelAccount, key: str) -> bool:
    """Note that `key` was handled; False when it was before, or is being at this moment."""
    row = insert(ChannelReceipt).values(account_id=account.id, key=key, received_at=now())
    noted = await tx.execute(row.on_conflict_do_nothing().returning(ChannelReceipt.key))
    return noted.scalar() is not None


async def did(
    tx: Transaction,
    account: ChannelAccount,
    external_id: str,
    opens: Opens | None,
    at: datetime,
    *,
    came: bool = True,
) -> tuple[Conversation, ChannelContact]:
    """A customer did something else than writing at `at`; gives their conversation and the
    contact, both locked.

    Without `came` it is no sign of them being here: a customer who writes elsewhere is answered
    there still.
    """
    contact = await contact_of(tx, account, external_id)
    conversation, contact = await _hold_anew(tx, account, contact, external_id, came=came)
    if opens is not None:
        await window.opened(tx, contact, opens, at)
    return conversation, contact


async def contact_of(tx: Transaction, account: ChannelAccount, external_id: str) -> ChannelContact:
    """The customer of an account; at first sight with a conversation of their own."""
    known = await _contact(tx, account, external_id)
    return known or await _new_contact(tx, account, external_id)


async def _new_contact(
    tx: Transaction, account: ChannelAccount, external_id: str
) -> ChannelContact:
    """Somebody who was not known just now, unless another transaction has met them meanwhile."""
    await tx.execute(_FIRST_SIGHT, {"who": f"{account.id}:{external_id}"})
    return await _contact(tx, account, external_id) or await _first_sight(tx, account, external_id)


async def message_of(
    tx: Transaction, account: ChannelAccount, external_id: str, key: str
) -> Message | None:
    """What a customer of the account wrote under a key, in whichever conversation it stands."""
    query = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(CustomerIdentity, CustomerIdentity.customer_id == Conversation.customer_id)
        .join(ChannelContact, ChannelContact.identity_id == CustomerIdentity.id)
        .where(
            ChannelContact.account_id == account.id,
            ChannelContact.external_id == external_id,
            Message.author == "customer",
            Message.client_id == key,
        )
    )
    return await tx.scalar(query)


def storable(words: str) -> str:
    """Words as a message may hold them, whatever was sent: cut, and never empty."""
    return tidied(words[: 2 * LONGEST])[:LONGEST].strip() or say("message.unsupported")


def receipt_key(*parts: str) -> str:
    """64 characters that stand for `parts` and nothing else."""
    told = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(told).hexdigest()


async def _meant(tx: Transaction, conversation: Conversation, incoming: Incoming) -> str:
    """The customer's words: a tapped or numbered choice says what its button says."""
    if incoming.menu_id is not None:
        shown = storable(incoming.text)
        return storable(await menus.tapped(tx, conversation, incoming.menu_id, shown))
    if incoming.media is not None:
        return storable(incoming.text)
    return storable(await menus.meant(tx, conversation, storable(incoming.text)))


async def _contact(
    tx: Transaction, account: ChannelAccount, external_id: str
) -> ChannelContact | None:
    query = select(ChannelContact).where(
        ChannelContact.account_id == account.id, ChannelContact.external_id == external_id
    )
    return await tx.scalar(query)


async def _hold_anew(
    tx: Transaction,
    account: ChannelAccount,
    contact: ChannelContact,
    external_id: str,
    *,
    came: bool = True,
) -> tuple[Conversation, ChannelContact]:
    """`_hold`; who was erased while we waited is met for the first time."""
    conversation = await _hold(tx, account, contact, came=came)
    if contact.external_id != external_id:
        contact = await _new_contact(tx, account, external_id)
        conversation = await _hold(tx, account, contact, came=came)
    return conversation, contact


async def _hold(
    tx: Transaction, account: ChannelAccount, contact: ChannelContact, *, came: bool = True
) -> Conversation:
    """The conversation a contact writes in, locked as the contact is; replies go to the contact
    from now on.

    Without `came` only if they went nowhere else.
    """
    conversation = await repository.lock(tx, contact.conversation_id)
    while not await window.lock_in(tx, contact, conversation.id):
        await tx.refresh(contact)  # it was joined with another one while we waited
        conversation = await repository.lock(tx, contact.conversation_id)
    channel = CHANNELS[account.kind]
    if came or (conversation.contact_id is None and conversation.channel == channel):
        conversation.contact_id, conversation.channel = contact.id, channel
    return conversation


async def _first_sight(
    tx: Transaction, account: ChannelAccount, external_id: str
) -> ChannelContact:
    channel = CHANNELS[account.kind]
    identity = await _identity(tx, channel, f"{account.app_id}:{external_id}")
    conversation = await new_conversation(tx, identity.customer_id, channel)
    contact = ChannelContact(
        id=new_id(),
        account_id=account.id,
        external_id=external_id,
        identity_id=identity.id,
        conversation_id=conversation.id,
    )
    tx.add(contact)
    await tx.flush()
    return contact


async def _identity(tx: Transaction, channel: str, external_id: str) -> CustomerIdentity:
    """Who comes by that way; several accounts of one company may know the same person.

    A customer who is known is locked, so that a merge does not leave the new conversation behind.
    """
    query = select(CustomerIdentity).where(
        CustomerIdentity.channel == channel, CustomerIdentity.external_id == external_id
    )
    known = await tx.scalar(query)
    if known is not None:
        known.customer_id = (await customers.current(tx, known.customer_id, lock=True)).id
        return known
    customer_id = new_id()
    name = newcomer("wechat_customer", customer_id)
    customer = Customer(id=customer_id, display_name=name)
    tx.add(customer)
    await tx.flush()
    await search.touch_customer(tx, customer)
    identity = CustomerIdentity(
        id=new_id(),
        customer_id=customer.id,
        channel=channel,
        external_id=external_id,
        proof="channel",
        verified_at=now(),
    )
    tx.add(identity)
    await tx.flush()
    return identity


async def _rating(
    tx: Transaction, conversation: Conversation, incoming: Incoming, words: str
) -> UUID | None:
    """Keep a score of the survey that was tapped, even where nobody answers; None otherwise."""
    if incoming.menu_id is None:
        return None
    rating = await survey.tapped(tx, conversation, incoming.menu_id, words, incoming.key)
    await tx.flush()
    return None if rating is None else rating.id


async def _keep(tx: Transaction, conversation: Conversation, words: str, key: str) -> UUID:
    """Store what nobody here answers: it is too old, or a colleague in 企业微信 has the session."""
    message = append(tx, conversation, author="customer", text=words, client_id=key)
    conversation.unread += 1
    await tx.flush()
    return message.id


def _order(message_id: UUID, media: Media) -> MediaOrder:
    return MediaOrder(str(message_id), media.media_id, media.kind, media.name)
