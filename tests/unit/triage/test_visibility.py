"""Who may see which conversation and ticket."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.ownership import State
from triage.visibility import (
    OPEN_TO_ALL,
    Place,
    Viewer,
    may_see,
    place_of_conversation,
    place_of_ticket,
)

ONE, TWO, THREE = uuid4(), uuid4(), uuid4()
ids = st.sampled_from([UUID(int=n) for n in range(1, 5)])
viewers = st.builds(Viewer, ids, st.none() | ids, leads=st.booleans())


@pytest.mark.parametrize(
    ("team", "place", "sees"),
    [
        (None, place_of_ticket(None, None), True),
        (None, place_of_ticket(TWO, None), False),
        (TWO, place_of_ticket(TWO, None), True),
        (TWO, place_of_ticket(THREE, None), False),
        (TWO, place_of_ticket(None, THREE), True),
        (TWO, place_of_ticket(THREE, ONE), True),
        (None, place_of_ticket(THREE, ONE), True),
    ],
)
def test_an_agent_sees_their_own_their_teams_and_what_no_team_has(
    team: UUID | None, place: Place, sees: bool
) -> None:
    assert may_see(Viewer(ONE, team, leads=False), place) is sees
    assert may_see(Viewer(ONE, team, leads=True), place)


@given(viewers, st.sampled_from(State), st.none() | ids, st.none() | ids, st.none() | ids)
def test_a_conversation_of_another_team_is_hidden_and_nothing_else_is(
    viewer: Viewer,
    state: State,
    holder: UUID | None,
    responsible: UUID | None,
    team: UUID | None,
) -> None:
    elsewhere = team is not None and team != viewer.team_id
    own = viewer.id in (holder, responsible)
    hidden = elsewhere and not own and not viewer.leads and state not in OPEN_TO_ALL
    assert may_see(viewer, place_of_conversation(state, holder, responsible, team)) is not hidden
