"""Messages are numbered here, and states change.

Every function works inside the caller's transaction and leaves the commit to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from api.assistant import Button
from api.channels import outbound
from api.db import Transaction
from api.events import Event
from api.ids import new_id, now
from api.models import Conversation, Message, Turn
from api.search import service as search
from triage.ownership import Ownership, State

_PREVIEW = 80


def append(
    tx: Transaction,
    conversation: Conversation,
    *,
    author: str,
    text: str,
    kind: str = "text",
    buttons: Sequence[Button] = (),
    client_id: str | None = None,
    reply_to: UUID | None = None,
    staff_id: UUID | None = None,
    suppressed: bool = False,
    private: bool = False,
    mentions: Sequence[UUID] = (),
    quote_of: UUID | None = None,
) -> Message:
    """Add a message as the next `seq`. The conversation must be locked by the caller.

    A `private` one is a note among staff: customers never see it, and no list shows its words.
    """
    moment = now()
    conversation.last_seq += 1
    conversation.updated_at = moment
    if not suppressed and not private and author != "system":
        conversation.last_author = author
        conversation.last_text = text[:_PREVIEW]
        conversation.last_message_at = moment
    message = Message(
        id=new_id(),
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        author=author,
        kind=kind,
        text=text,
        buttons=[button.model_dump() for button in buttons],
        client_id=client_id,
        reply_to=reply_to,
        staff_id=staff_id,
        suppressed=suppressed,
        private=private,
        mentions=[str(staff_id) for staff_id in mentions],
        quote_of=quote_of,
        created_at=moment,
    )
    tx.add(message)
    search.add_message(tx, message)
    outbound.leave(tx, conversation, message)
    tx.emit(Event("message", str(conversation.id)))
    return message


def change_state(
    tx: Transaction, conversation: Conversation, wanted: State, owner_id: UUID | None = None
) -> None:
    """Move to `wanted`; raises triage.ownership.MoveNotAllowed. `owner_id` for active states."""
    holder = conversation.owner_id
    before = Ownership(State(conversation.state), str(holder) if holder else None)
    after = before.to(wanted, str(owner_id) if owner_id else None)
    conversation.state = after.state
    conversation.owner_id = UUID(after.agent_id) if after.agent_id else None
    conversation.updated_at = now()
    if wanted is State.QUEUED:
        conversation.queued_at = conversation.updated_at
    elif wanted is not State.ACTIVE:
        conversation.queued_at = None
    if wanted is State.CLOSED:
        conversation.closed_at = conversation.updated_at
    if wanted is State.QUEUED or before.state is State.ACTIVE:
        tx.queue_moved()
    left = {"from": before.state.value, "holder": before.agent_id or ""}
    tx.emit(Event("conversation", str(conversation.id), left))


def finish_turn(tx: Transaction, turn: Turn, outcome: str, state: str = "done") -> None:
    """Record what became of a customer message and tell the pages."""
    turn.state = state
    turn.outcome = outcome
    turn.finished_at = now()
    if state == "done":
        tx.emit(
            Event(
                "handled",
                str(turn.conversation_id),
                {"message_id": str(turn.message_id), "outcome": outcome},
            )
        )
