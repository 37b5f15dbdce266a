"""Codes that join two channels of one person.

A code is shown on the customer's page and written on the other channel, bare: who can do both is
one person. A stranger may have talked somebody into writing the code of another page, so the desk
says what would happen and joins only those who confirm it. Their records are merged, and the
conversation goes on in one of the two: the other channel's own if people are at it already,
otherwise that of the page. What is still said in the one that was left reaches the customer too.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import exists, func, or_, select, update

from api.auth.tokens import digest
from api.channels.interface import CHANNELS
from api.channels.wechat import menus
from api.conversations import repository
from api.conversations.service import append
from api.customers import merging
from api.db import Transaction
from api.errors import TooManyCodes
from api.events import Event
from api.handoffs.notices import language_of, tell
from api.i18n import LANGUAGES, say
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
_CODE = re.compile(rf"\s*([{_LETTERS}]{{4}})[ -]*([{_LETTERS}]{{4}})\s*")
_LONGEST = 40
"""Characters of a message that may be a code."""
_YES, _NO = "button.join_yes", "button.join_no"
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


async def is_joined(tx: Transaction, conversation_id: UUID) -> bool:
    """Whether what somebody writes on another channel leads to the conversation."""
    leads = exists().where(ChannelContact.conversation_id == conversation_id)
    return bool(await tx.scalar(select(leads)))


class Act(StrEnum):
    """What a message does to a code."""

    ASK = "ask"
    """It is the code."""
    JOIN = "join"
    """It confirms the code that was asked about last."""
    REFUSE = "refuse"
    OVER = "over"
    """It confirms one that is over by now."""
    AGAIN = "again"
    """It confirms what was done already."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A message that is about a code."""

    act: Act
    code: JoinCode


async def wish(tx: Transaction, contact: ChannelContact | None, words: str) -> Wish | None:
    """What a message does to a code, whose row is locked; None for any other message.

    `contact` is who wrote it, None at first sight.
    """
    written = code_in(words)
    if written is not None:
        return await _written(tx, contact, written)
    act = await _answer(tx, contact, words) if contact is not None else None
    if contact is None or act is None:
        return None
    order = (JoinCode.used_at.is_not(None), JoinCode.created_at.desc())
    asked = select(JoinCode).where(JoinCode.contact_id == contact.id).order_by(*order).limit(1)
    code = await tx.scalar(asked.with_for_update())
    if code is None:
        return None
    if code.used_at is None and code.expires_at > now():
        return Wish(act, code)
    if act is Act.REFUSE:
        return None  # there is nothing to refuse: it means something else
    return Wish(Act.OVER if code.used_at is None else Act.AGAIN, code)


def code_in(words: str) -> str | None:
    """The eight letters of a code, if the message is nothing else."""
    if len(words) > _LONGEST:
        return None
    found = _CODE.fullmatch(unicodedata.normalize("NFKC", words).upper())
    return found[1] + found[2] if found else None


async def _written(tx: Transaction, contact: ChannelContact | None, written: str) -> Wish | None:
    """The code, while it is good. Who writes another one is not asked about the first any more."""
    mine = JoinCode.code_hash == digest(written)
    found = mine if contact is None else or_(mine, JoinCode.contact_id == contact.id)
    query = select(JoinCode).where(JoinCode.used_at.is_(None), found)
    codes = (await tx.scalars(query.order_by(JoinCode.code_hash).with_for_update())).all()
    wanted = [code for code in codes if code.code_hash == digest(written)]
    if not wanted or wanted[0].expires_at <= now():
        return None
    for code in codes:
        code.contact_id = None
    return Wish(Act.ASK, wanted[0])


async def _answer(tx: Transaction, contact: ChannelContact, words: str) -> Act | None:
    """What an answer to the question says: a tapped line, its words, or its number."""
    meant = words.strip()
    if menus.number_of(meant) is not None:
        conversation = await repository.get(tx, contact.conversation_id)
        meant = await menus.meant(tx, conversation, meant)
    if meant in {say(_YES, language) for language in LANGUAGES}:
        return Act.JOIN
    if meant in {say(_NO, language) for language in LANGUAGES}:
        return Act.REFUSE
    return None


async def answer(
    tx: Transaction, conversation: Conversation, contact: ChannelContact, wished: Wish
) -> UUID:
    """Do what a message wishes, unless it is to join; the message's id.

    The conversation is that of the contact, locked.
    """
    language = language_of(conversation)
    words = {Act.ASK: "message.join_code", Act.REFUSE: _NO}.get(wished.act, _YES)
    message = append(tx, conversation, author="customer", text=say(words, language))
    if wished.act is Act.ASK:
        wished.code.contact_id = contact.id
        tell(tx, conversation, "join_question", "join_yes", "join_no")
    elif wished.act is Act.REFUSE:
        wished.code.expires_at = min(wished.code.expires_at, now())
        tell(tx, conversation, "join_refused")
    elif wished.act is Act.OVER:
        tell(tx, conversation, "join_over")
    await tx.flush()
    return message.id


async def join(
    tx: Transaction, account: ChannelAccount, contact: ChannelContact, code: JoinCode
) -> UUID:
    """Join the page that shows the code with the contact who confirmed it; the message's id."""
    await tx.refresh(contact)
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
    message = append(tx, goes_on, author="customer", text=say(_YES, language_of(goes_on)))
    append(tx, goes_on, author="system", kind="notice", text=say("notice.joined"))
    tx.emit(Event("conversation", str(goes_on.id)))  # the page takes its code away
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
