"""Buttons of the desk as menus of WeChat, and what a tap or a number of the customer means."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, select

from api.assistant import Button
from api.conversations.repository import shown_to_customer
from api.db import Transaction
from api.models import Conversation, Delivery, Message, Sending

_MOST_DIGITS = 2
_NOT_SEEN = ("held", "failed", "dropped")
"""Deliveries of what the customer surely does not have."""
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")


def item_id(message_id: UUID, index: int) -> str:
    """What a menu's line is called in the callback of its tap: 34 characters at least."""
    return f"{message_id.hex}-{index}"


async def tapped(tx: Transaction, conversation: Conversation, menu_id: str, shown: str) -> str:
    """What the customer says by tapping a menu's line: the button's text.

    `shown` is what the line says, and what is meant where the menu is not one of this conversation.
    """
    raw, dash, index = menu_id.rpartition("-")
    try:
        message_id, number = UUID(hex=raw), int(index)
    except ValueError:
        return shown
    message = await tx.get(Message, message_id) if dash else None
    if message is None or message.conversation_id != conversation.id:
        return shown
    if not 0 <= number < len(message.buttons):
        return shown
    text: str = message.buttons[number]["text"]
    return text


async def meant(tx: Transaction, conversation: Conversation, text: str) -> str:
    """What a typed text means: a number stands for a line of the list that was sent last as text.

    Anything else is meant as it is written.
    """
    number = number_of(text)
    if number is None:
        return text
    last = await last_said(tx, conversation)
    if last is None or not 1 <= number <= len(last.buttons):
        return text
    if not await _was_numbered(tx, last):
        return text
    said: str = last.buttons[number - 1]["text"]
    return said


async def last_said(tx: Transaction, conversation: Conversation) -> Message | None:
    """The newest message of the desk that the customer saw."""
    query = (
        select(Message)
        .where(
            Message.conversation_id == conversation.id,
            Message.author != "customer",
            Message.recalled_at.is_(None),
            shown_to_customer(),
            ~exists().where(Delivery.message_id == Message.id, Delivery.state.in_(_NOT_SEEN)),
        )
        .order_by(Message.seq.desc())
        .limit(1)
    )
    return await tx.scalar(query)


def number_of(text: str) -> int | None:
    """The number that a text is, None for any other text."""
    digits = text.strip().translate(_FULL_WIDTH).rstrip(".、。")
    short = 1 <= len(digits) <= _MOST_DIGITS
    return int(digits) if short and digits.isascii() and digits.isdecimal() else None


def lines(message_id: UUID, buttons: Sequence[Button]) -> list[tuple[str, str]]:
    """(id, words) of each line of a menu."""
    return [
        (item_id(message_id, index), " ".join(button.title.split()))
        for index, button in enumerate(buttons)
    ]


async def _was_numbered(tx: Transaction, message: Message) -> bool:
    """Whether its buttons went out as a numbered list."""
    delivery = await tx.get(Delivery, message.id)
    if delivery is None:
        return False
    query = (
        select(Sending)
        .where(
            Sending.contact_id == delivery.contact_id,
            Sending.message_ids.contains([str(message.id)]),
            Sending.created_at >= delivery.created_at,
        )
        .order_by(Sending.created_at.desc())
        .limit(1)
    )
    sending = await tx.scalar(query)
    return sending is not None and not sending.body.get("menu", False)
