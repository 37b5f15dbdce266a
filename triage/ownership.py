"""Who speaks to the customer, and which moves between states are allowed.

This table is the only place that knows it (design §2, "Ownership").
"""

from __future__ import annotations

from enum import StrEnum


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
    State.TICKETED: frozenset({State.QUEUED, State.BOT, State.CLOSED}),
    State.CLOSED: frozenset({State.BOT}),
}
"""`BOT → ACTIVE` is an agent stepping in, `ACTIVE → ACTIVE` a supervisor taking over; moves back to
`BOT` are hand-backs or reopenings."""

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


def owner(state: State, agent_id: str | None) -> str:
    """Name the owner: `bot`, `queue`, `agent:<id>`, or an empty string when nobody owns it."""
    if state is State.BOT:
        return "bot"
    if state is State.QUEUED:
        return "queue"
    if state in (State.ACTIVE, State.WRAP_UP):
        return f"agent:{agent_id}"
    return ""
