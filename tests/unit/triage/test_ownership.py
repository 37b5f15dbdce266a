"""The table of moves, and who owns a conversation."""

from __future__ import annotations

from itertools import product
from uuid import UUID

import pytest

from triage.ownership import (
    MOVES,
    REOPENED_BY_CUSTOMER,
    MoveNotAllowed,
    State,
    may_file,
    move,
    owner,
)

ALLOWED = {
    ("bot", "queued"),  # hand-off
    ("bot", "active"),  # an agent steps in
    ("bot", "closed"),
    ("queued", "active"),
    ("queued", "ticketed"),  # nobody free, out of hours
    ("queued", "bot"),
    ("queued", "closed"),
    ("active", "active"),  # a supervisor takes over
    ("active", "wrap_up"),
    ("active", "queued"),  # transfer, lost connection
    ("active", "bot"),  # handed back
    ("wrap_up", "closed"),
    ("wrap_up", "active"),
    ("wrap_up", "bot"),  # reopened
    ("ticketed", "queued"),
    ("ticketed", "active"),  # an agent follows it up
    ("ticketed", "bot"),  # reopened
    ("ticketed", "closed"),
    ("closed", "bot"),  # reopened
}


@pytest.mark.parametrize(("current", "wanted"), list(product(State, State)))
def test_a_move_is_made_when_the_table_has_it_and_refused_otherwise(
    current: State, wanted: State
) -> None:
    if (current.value, wanted.value) in ALLOWED:
        assert move(current, wanted) is wanted
    else:
        with pytest.raises(MoveNotAllowed) as refused:
            move(current, wanted)
        assert (refused.value.current, refused.value.wanted) == (current, wanted)


def test_every_state_has_its_line_in_the_table() -> None:
    assert set(MOVES) == set(State)


def test_every_state_can_be_reached_from_the_bot_and_left_again() -> None:
    reached, fresh = {State.BOT}, {State.BOT}
    while fresh:
        fresh = {target for state in fresh for target in MOVES[state]} - reached
        reached |= fresh
    assert reached == set(State)
    assert all(MOVES.values())


def test_the_states_a_customer_reopens_may_go_back_to_the_bot() -> None:
    assert all(State.BOT in MOVES[state] for state in REOPENED_BY_CUSTOMER)
    assert REOPENED_BY_CUSTOMER == {State.CLOSED, State.TICKETED, State.WRAP_UP}


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (State.BOT, "bot"),
        (State.QUEUED, "queue"),
        (State.ACTIVE, "agent:a1"),
        (State.WRAP_UP, "agent:a1"),
        (State.TICKETED, ""),
        (State.CLOSED, ""),
    ],
)
def test_each_state_has_exactly_one_kind_of_owner(state: State, expected: str) -> None:
    assert owner(state, "a1") == expected


@pytest.mark.parametrize(
    ("state", "mine", "leads", "allowed"),
    [
        (State.BOT, False, False, True),
        (State.QUEUED, False, False, True),
        (State.CLOSED, False, False, True),
        (State.ACTIVE, True, False, True),
        (State.ACTIVE, False, False, False),
        (State.WRAP_UP, False, False, False),
        (State.ACTIVE, False, True, True),
    ],
)
def test_a_ticket_is_opened_of_what_nobody_else_has_at_hand(
    state: State, mine: bool, leads: bool, allowed: bool
) -> None:
    me, other = UUID(int=1), UUID(int=2)
    assert may_file(state, me if mine else other, me, leads=leads) is allowed
