"""What must hold of a conversation whatever was done to it, read from the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.db import Transaction
from api.models import Conversation, Handoff, Message, Staff
from tests.support.told import ENDED, QUEUE, TICKET, owners_told
from triage.ownership import MOVES, WITH_AGENT, State, owner


@dataclass(frozen=True, slots=True)
class Story:
    """One conversation: its row, hops in order, messages in order, and names of staff by id."""

    row: Conversation
    hops: Sequence[Handoff]
    messages: Sequence[Mapping[Any, Any]]
    names: Mapping[str, str]

    def told(self) -> list[str]:
        """Owners the customer was told of."""
        return owners_told(self.messages)

    def handed(self) -> list[str]:
        """Owners by the record of hops, in the words of `told`; left out are the ends, which are none,
        and the bot's beginning with another matter, which goes without saying."""
        before = ("", *(hop.to_owner for hop in self.hops))
        return [
            self._named(hop.to_owner)
            for hop, holder in zip(self.hops, before, strict=False)
            if hop.to_owner and not _begins_anew(hop, holder)
        ]

    def check(self) -> None:
        """One owner, of the table; hops complete and joined; each told once, and none besides."""
        state = State(self.row.state)
        assert state in MOVES
        assert (state in WITH_AGENT) == (self.row.owner_id is not None)
        assert [message["seq"] for message in self.messages] == list(
            range(1, self.row.last_seq + 1)
        ), "a gap or a double in the messages"
        assert [hop.hop for hop in self.hops] == list(range(1, len(self.hops) + 1))
        assert self.row.handoff_count == len(self.hops)
        before = "bot"
        for hop in self.hops:
            assert hop.packet["version"] == hop.packet_version, "a hop without its packet"
            # what had ended begins again with nobody
            assert hop.from_owner in (before, ""), (hop.from_owner, before)
            before = hop.to_owner
        assert [each for each in self.told() if each != ENDED] == self.handed()
        self._check_present(state)

    def _check_present(self, state: State) -> None:
        present = self._named(owner(state, str(self.row.owner_id)))
        told = self.told()
        if state in (State.WRAP_UP, State.CLOSED):
            assert told[-1] == ENDED, told
        elif state is State.TICKETED:
            assert told[-1] == TICKET, told
        elif state is State.BOT:
            assert not told or told[-1] in ("bot", ENDED, TICKET), told
            self._check_asked_again(told)
        else:
            assert told[-1] == present, (told, present)

    def _check_asked_again(self, told: Sequence[str]) -> None:
        """What had ended is the bot's again only because the customer wrote."""
        if told and told[-1] in (ENDED, TICKET):
            notices = [m for m in self.messages if m["author"] == "system"]
            later = [m for m in self.messages if m["seq"] > notices[-1]["seq"]]
            assert any(m["author"] == "customer" for m in later)

    def _named(self, name: str) -> str:
        kind, _, key = name.partition(":")
        if kind == "agent":
            return self.names[key]
        return TICKET if kind == "ticket" else (QUEUE if kind == "queue" else kind)


def _begins_anew(hop: Handoff, holder: str) -> bool:
    """What was closed is the bot's again; what became a ticket is told of."""
    closed = hop.from_owner == "" and not holder.startswith("ticket:")
    return hop.reason == "reopened" and closed


async def story_of(tx: Transaction, conversation_id: UUID) -> Story:
    """The conversation as it is in this transaction."""
    row = await tx.get_one(Conversation, conversation_id, populate_existing=True)
    hops = select(Handoff).where(Handoff.conversation_id == conversation_id)
    said = select(Message.seq, Message.author, Message.text).where(
        Message.conversation_id == conversation_id
    )
    names = await tx.execute(select(Staff.id, Staff.display_name))
    return Story(
        row,
        (await tx.scalars(hops.order_by(Handoff.hop))).all(),
        (await tx.execute(said.order_by(Message.seq))).mappings().all(),
        {str(staff_id): name for staff_id, name in names},
    )
