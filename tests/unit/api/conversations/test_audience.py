"""Whom a change of a conversation concerns."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from api.conversations.audience import Audience, Change, audience
from api.events import Event
from api.models import Conversation
from triage.ownership import State
from triage.visibility import Viewer

AGENT, COLLEAGUE, LOOKER = uuid4(), uuid4(), uuid4()
TEAM, OTHER_TEAM = uuid4(), uuid4()


def told(
    state: State,
    *,
    owner: UUID | None = None,
    events: tuple[Event, ...] = (),
    team: UUID | None = None,
    lookers: tuple[UUID, ...] = (),
) -> Audience:
    change = Change()
    for event in events:
        change.add(event)
    conversation = Conversation(id=uuid4(), customer_id=uuid4(), state=state, owner_id=owner)
    return audience(conversation, change, team, lookers)


def left(state: State, holder: UUID | None = None) -> Event:
    return Event("conversation", "x", {"from": state.value, "holder": str(holder or "")})


def someone(team: UUID | None = None, *, leads: bool = False) -> Viewer:
    return Viewer(uuid4(), team, leads=leads)


def test_who_has_it_who_had_it_and_who_looks_are_told_at_once() -> None:
    found = told(
        State.ACTIVE, owner=AGENT, events=(left(State.ACTIVE, COLLEAGUE),), lookers=(LOOKER,)
    )
    assert found.near == {AGENT, COLLEAGUE, LOOKER}


def test_what_the_bot_has_is_in_nobodys_list() -> None:
    assert not told(State.BOT).concerns(someone())
    assert not told(State.BOT, events=(left(State.CLOSED),)).concerns(someone(leads=True))


@pytest.mark.parametrize("state", [State.QUEUED, State.ACTIVE, State.WRAP_UP, State.TICKETED])
def test_what_came_back_to_the_bot_leaves_the_lists_it_was_in(state: State) -> None:
    assert told(State.BOT, events=(left(state),)).concerns(someone())


def test_what_another_team_has_concerns_supervisors_and_that_team_only() -> None:
    found = told(State.ACTIVE, owner=AGENT, team=TEAM)
    assert found.concerns(someone(TEAM))
    assert found.concerns(someone(leads=True))
    assert not found.concerns(someone(OTHER_TEAM))


def test_lists_told_of_two_changes_at_once_learn_that_it_changed_hands() -> None:
    first = told(State.ACTIVE, owner=AGENT, team=TEAM, events=(left(State.QUEUED),))
    second = told(State.ACTIVE, owner=AGENT, team=TEAM, events=(Event("message", "x"),))
    assert second.after(first).moved
    assert second.after(second).moved is False
    assert second.after(None) == second


def test_a_new_message_is_no_change_of_hands() -> None:
    assert not told(State.ACTIVE, owner=AGENT, events=(Event("message", "x"),)).moved
    assert told(State.ACTIVE, owner=AGENT, events=(left(State.QUEUED),)).moved
