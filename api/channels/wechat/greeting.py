"""The first words to somebody who follows the account or comes in."""

from __future__ import annotations

from api.channels.wechat.schemas import Switches
from api.conversations.service import append
from api.db import Transaction
from api.models import Conversation, Message


def greet(tx: Transaction, conversation: Conversation, switches: Switches) -> Message | None:
    """Say the account's greeting with its buttons; None when there is none."""
    if not switches.greeting.strip():
        return None
    return append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=switches.greeting.strip(),
        buttons=switches.greeting_buttons,
    )
