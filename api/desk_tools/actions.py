"""The actions of a macro, each as the agent would do it by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.auth.service import SignedIn
from api.context import Desk
from api.conversations import labels, notes, replies, to_ticket, wrap_up
from api.conversations.bodies import TicketFromConversation
from api.conversations.labels import Corrected
from api.db import Transaction
from api.desk_tools import variables
from api.desk_tools.schemas import (
    CloseAction,
    MacroAction,
    NoteAction,
    PriorityAction,
    ReplyAction,
    TagAction,
    ToTicketAction,
    TransferAction,
)
from api.errors import ValuesMissing
from api.handoffs.transfers import Target, transfer
from api.models import Conversation

_MOST_TAGS = 20


@dataclass(frozen=True, slots=True)
class Performer:
    """Carries actions out in one conversation, which the caller has locked.

    `mark` makes the messages it sends known as those of one run; `after_seq` and `force` guard its
    answers as they do one written by hand.
    """

    tx: Transaction
    desk: Desk
    conversation: Conversation
    staff: SignedIn
    values: Mapping[str, str | None]
    mark: str
    after_seq: int | None = None
    force: bool = False

    async def perform(self, action: MacroAction, place: int) -> None:
        """Carry out the action at `place`; raises what doing it by hand raises, and ValuesMissing
        rather than send a text with a hole."""
        conversation, staff = self.conversation, self.staff
        client_id = f"{self.mark}:{place}"
        match action:
            case ReplyAction():
                text = self._filled(action.text)
                draft = replies.Draft(text, client_id, self.after_seq, self.force)
                await replies.reply(self.tx, conversation.id, staff, draft)
            case NoteAction():
                text = self._filled(action.text)
                await notes.write(self.tx, conversation.id, staff, text, client_id)
            case TagAction():
                wanted = list(dict.fromkeys([*conversation.tags, *action.tags]))
                labels.tag(self.tx, conversation, wanted[:_MOST_TAGS])
            case PriorityAction():
                right = Corrected(priority=action.priority)
                await labels.put_right(self.tx, conversation, staff, right)
            case ToTicketAction():
                wanted_ticket = TicketFromConversation(title=action.title, note=action.note)
                await to_ticket.open_ticket(
                    self.tx, self.desk.settings, conversation.id, staff, wanted_ticket
                )
            case TransferAction():
                target = Target(action.agent_id, action.skill)
                await transfer(self.tx, conversation.id, staff, target, action.note)
            case CloseAction():
                form = wrap_up.Form(**action.model_dump(exclude={"kind"}))
                await wrap_up.close(self.tx, conversation.id, staff, form)

    def _filled(self, text: str) -> str:
        filled = variables.fill(text, self.values, self.conversation.language)
        if filled.missing:
            raise ValuesMissing(missing=list(filled.missing))
        return filled.text
