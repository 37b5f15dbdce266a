"""Whom a change of a conversation concerns: what each console is told of, and how soon."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from uuid import UUID

from api.events import Event
from api.models import Conversation
from triage.ownership import State
from triage.visibility import Place, Viewer, may_see, place_of_conversation

LISTED = frozenset({State.QUEUED, State.ACTIVE, State.WRAP_UP, State.TICKETED})
"""States that agents' lists are about; what the bot has concerns only who looks at it."""


@dataclass(slots=True)
class Change:
    """What happened to one conversation since consoles were told last."""

    moved: bool = False
    """It changed hands, not only its content."""
    left: set[State] = field(default_factory=set)
    """States it was in."""
    holders: set[UUID] = field(default_factory=set)
    """Who had it."""
    again: set[int] = field(default_factory=set)
    """Old messages that are not as they were, by `seq`."""

    def add(self, event: Event) -> None:
        """Take another event into account."""
        before = event.data.get("from")
        if before is not None:
            self.moved = True
            self.left.add(State(before))
        if event.data.get("holder"):
            self.holders.add(UUID(event.data["holder"]))
        if event.data.get("changed"):
            self.again.add(int(event.data["changed"]))


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom the present state of a conversation concerns.

    `near` are told at once: who has it, had it, is wanted for it or looks at it. The others have it
    in a list and are told a little later.
    """

    near: frozenset[UUID]
    place: Place
    listed: bool
    moved: bool

    def sees(self, viewer: Viewer) -> bool:
        """Whether it is there for them now."""
        return may_see(viewer, self.place)

    def after(self, earlier: Audience | None) -> Audience:
        """The same for lists that have not been told of `earlier` yet: they learn of both at
        once."""
        return self if earlier is None else replace(self, moved=self.moved or earlier.moved)

    def concerns(self, viewer: Viewer) -> bool:
        """Whether it is, or was just now, in a list of theirs."""
        return self.listed and self.sees(viewer)


def audience(
    conversation: Conversation,
    change: Change,
    team_id: UUID | None,
    lookers: Collection[UUID],
) -> Audience:
    """Whom `change` concerns; `team_id` is that of who has the conversation or had it last."""
    state = State(conversation.state)
    near = {*change.holders, *lookers}
    near |= {each for each in (conversation.owner_id, conversation.wanted_agent_id) if each}
    holder = conversation.owner_id or conversation.last_agent_id or conversation.responsible_id
    return Audience(
        near=frozenset(near),
        place=place_of_conversation(state, holder, conversation.responsible_id, team_id),
        listed=state in LISTED or bool(change.left & LISTED),
        moved=change.moved,
    )
