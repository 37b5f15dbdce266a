"""Codes that join two channels of one person.

A code is shown on the customer's page and written on the other channel: who can do both is one
person. Their records are merged, and the conversation goes on in one of the two: the other
channel's own if people are at it already, otherwise that of the page. What is still said in the one
that was left reaches the customer too.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from api.auth.tokens import digest
from api.channels.interface import CHANNELS
from api.conversations import repository
from api.conversations.service import append
from api.customers import merging
from api.db import Transaction
from api.errors import TooManyCodes
from api.events import Event
from api.i18n import say
from api.ids import now
from api.models import (
    ChannelAccount,
    ChannelContact,
    Conversation,
    JoinCode,
    VisitorSession,
)
from triage.ownership import State

GOOD_FOR = timedelta(minutes=10)
MOST_AN_HOUR = 10
"""Codes of one conversation."""
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""None that look alike."""
_LENGTH = 8
_CODE = re.compile(rf"[^A-Z0-9]*([{_LETTERS}]{{4}})[ -]*([{_LETTERS}]{{4}})\W*")
_WITH_PEOPLE = frozenset({State.QUEUED, State.ACTIVE, State.WRAP_UP})


async def new_code(tx: Transaction, conversation_id: UUID) -> tuple[str, datetime]:
    """A code for the conversation of a page, and how long it holds. Raises TooManyCodes."""
    await repository.lock(tx, conversation_id)
    moment = now()
    mine = JoinCode.conversation_id == conversation_id
    count = select(func.count()).where(mine, JoinCode.created_at > moment - timedelta(hours=1))
    if (await tx.scalar(count) or 0) >= MOST_AN_HOUR:
        raise TooManyCodes
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    until = moment + GOOD_FOR
    tx.add(
        JoinCode(
            code_hash=digest(code),
            conversation_id=conversation_id,
            created_at=moment,
            expires_at=until,
        )
    )
    return f"{code[:4]}-{code[4:]}", until


async def open_at(tx: Transaction) -> list[str]:
    """Names of the accounts where a code can be written, each once."""
    query = select(ChannelAccount.display_name).where(ChannelAccount.enabled)
    return list(await tx.scalars(query.distinct().order_by(ChannelAccount.display_name)))


async def find(tx: Transaction, words: str) -> JoinCode | None:
    """The code that a message is, locked; None for any other message, and for one that is over."""
    code = code_in(words)
    if code is None:
        return None
    query = (
        select(JoinCode)
        .where(
            JoinCode.code_hash == digest(code),
            JoinCode.used_at.is_(None),
            JoinCode.expires_at > now(),
        )
        .with_for_update()
    )
    return await tx.scalar(query)


def code_in(words: str) -> str | None:
    """The eight letters of a code, however it was written."""
    found = _CODE.fullmatch(unicodedata.normalize("NFKC", words[:40]).upper().strip())
    return found[1] + found[2] if found else None


async def join(
    tx: Transaction, account: ChannelAccount, contact: ChannelContact, code: JoinCode
) -> UUID:
    """Join the page that shows the code with the contact who wrote it; the message's id."""
    page = await repository.get(tx, code.conversation_id)
    own = await repository.get(tx, contact.conversation_id)
    code.used_at, code.contact_id = now(), contact.id
    await merging.join(tx, page.customer_id, own.customer_id, "channel_code")
    for conversation_id in sorted({page.id, own.id}):
        await repository.lock(tx, conversation_id)
    await tx.refresh(contact)
    if contact.conversation_id != own.id:
        return await join(tx, account, contact, code)  # another code was quicker
    goes_on, left = (own, page) if State(own.state) in _WITH_PEOPLE else (page, own)
    if left is not goes_on:
        await _lead_over(tx, contact, goes_on, left)
    for conversation in (goes_on, left):
        conversation.contact_id = contact.id
        conversation.channel = CHANNELS[account.kind]
    message = append(tx, goes_on, author="customer", text=say("message.join_code"))
    append(tx, goes_on, author="system", kind="notice", text=say("notice.joined"))
    await tx.flush()
    return message.id


async def _lead_over(
    tx: Transaction, contact: ChannelContact, goes_on: Conversation, left: Conversation
) -> None:
    """From now on both channels lead to `goes_on`; staff on both sides are told."""
    contact.conversation_id = goes_on.id
    await tx.execute(
        update(VisitorSession)
        .where(VisitorSession.conversation_id == left.id)
        .values(conversation_id=goes_on.id)
    )
    await tx.execute(
        update(ChannelContact)
        .where(ChannelContact.conversation_id == left.id)
        .values(conversation_id=goes_on.id)
    )
    for conversation, text in ((goes_on, "note.joined_here"), (left, "note.joined_elsewhere")):
        append(tx, conversation, author="system", kind="notice", text=say(text), private=True)
    tx.emit(Event("conversation", str(left.id), {"moved": str(goes_on.id)}))
