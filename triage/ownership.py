"""Who speaks to the customer, and which moves between states are allowed.

This table is the only place that knows it (design §2, "Ownership").
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """State of a conversation; each state has exactly one kind of owner."""

    BOT = "bot"
    QUEUED = "queued"
    ACTIVE = "active"
    WRAP_UP = "wrap_up"
    TICKETED = "ticketed"
    CLOSED = "closed"


MOVES: dict[State, frozenset[State]] = {
    State.BOT: frozenset({State.QUEUED, State.ACTIVE, State.CLOSED}),
    State.QUEUED: frozenset({State.ACTIVE, State.TICKETED, State.BOT, State.CLOSED}),
    State.ACTIVE: frozenset({State.ACTIVE, State.WRAP_UP, State.QUEUED, State.BOT}),
    State.WRAP_UP: frozenset({State.CLOSED, State.ACTIVE, State.BOT}),
    State.TICKETED: frozenset({State.QUEUED, State.ACTIVE, State.BOT, State.CLOSED}),
    State.CLOSED: frozenset({State.BOT}),
}
"""`BOT → ACTIVE` is an agent stepping in, `TICKETED → ACTIVE` one following a ticket up, `ACTIVE →
ACTIVE` a supervisor taking over; `ACTIVE → QUEUED` a transfer or a lost connection; moves back to
`BOT` are hand-backs or reopenings."""

WITH_AGENT = frozenset({State.ACTIVE, State.WRAP_UP})
"""States in which an agent owns the conversation."""

REOPENED_BY_CUSTOMER = frozenset({State.CLOSED, State.TICKETED, State.WRAP_UP})
"""States in which a new customer message starts again with the bot."""


class MoveNotAllowed(Exception):
    """The conversation cannot go from its present state to the wanted one."""

    def __init__(self, current: State, wanted: State) -> None:
        super().__init__(f"{current} -> {wanted}")
        self.current = current
        self.wanted = wanted


def move(current: State, wanted: State) -> State:
    """Return `wanted` when the table allows the move; raise `MoveNotAllowed` otherwise."""
    if wanted not in MOVES[current]:
        raise MoveNotAllowed(current, wanted)
    return wanted


@dataclass(frozen=True, slots=True)
class Ownership:
    """Who has a conversation: its state, and the agent exactly in the states `WITH_AGENT`.

    ValueError for a state with an agent too many or too few.
    """

    state: State
    agent_id: str | None = None

    def __post_init__(self) -> None:
        if (self.state in WITH_AGENT) != (self.agent_id is not None):
            raise ValueError(f"{self.state} with agent {self.agent_id}")

    def to(self, wanted: State, agent_id: str | None = None) -> Ownership:
        """Ownership after the move; raises MoveNotAllowed, and ValueError as above.

        Wrapping up stays with the agent who had it: nobody else can be named.
        """
        move(self.state, wanted)
        if wanted is State.WRAP_UP:
            if agent_id not in (None, self.agent_id):
                raise ValueError(f"{agent_id} cannot wrap up what {self.agent_id} has")
            agent_id = self.agent_id
        return Ownership(wanted, agent_id)

    def may_speak(self, author: str) -> bool:
        """Whether `author` (`bot` or `agent:<id>`) may answer the customer now.

        Only the owner, and not while wrapping up: who has more to say takes it again.
        """
        if self.state not in (State.BOT, State.ACTIVE):
            return False
        return author == owner(self.state, self.agent_id)


def may_file(state: State, holder_id: UUID | None, staff_id: UUID, *, leads: bool) -> bool:
    """Whether somebody may open a ticket from a conversation, of which its customer is told there.

    What an agent has at hand is theirs and the supervisors'; what nobody has is everybody's.
    """
    return leads or state not in WITH_AGENT or holder_id == staff_id


def owner(state: State, agent_id: str | None) -> str:
    """Name the owner: `bot`, `queue`, `agent:<id>`, or an empty string when nobody owns it."""
    if state is State.BOT:
        return "bot"
    if state is State.QUEUED:
        return "queue"
    if state in WITH_AGENT:
        return f"agent:{agent_id}"
    return ""
