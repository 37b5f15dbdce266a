"""What a waiting customer chooses with the buttons of the notice."""

from __future__ import annotations

from api.db import Transaction
from api.handoffs.abandoning import asks_to_stop_waiting, stop_waiting
from api.handoffs.leave_word import asks_to_leave_word, leave_word
from api.models import Conversation
from api.settings import Settings


async def choose(
    tx: Transaction, settings: Settings, conversation: Conversation, text: str
) -> str | None:
    """Do what a message of the queue in `conversation`, locked by the caller, chooses.

    Gives the outcome of its turn; None when it is no choice.
    """
    if asks_to_leave_word(text):
        await leave_word(tx, settings, conversation)
        return "ticket"
    if asks_to_stop_waiting(text):
        await stop_waiting(tx, conversation)
        return "queued"
    return None
