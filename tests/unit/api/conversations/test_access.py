"""Who may see a conversation."""

from __future__ import annotations

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from api.conversations.access import OPEN_TO_ALL, Place, may_see
from triage.ownership import State
from triage.tickets import Viewer

ids = st.sampled_from([UUID(int=n) for n in range(1, 5)])
viewers = st.builds(Viewer, ids, st.none() | ids, leads=st.booleans())
places = st.builds(Place, st.sampled_from(State), st.none() | ids, st.none() | ids, st.none() | ids)


@given(viewers, places)
def test_another_teams_is_hidden_and_nothing_else_is(viewer: Viewer, place: Place) -> None:
    elsewhere = place.team_id is not None and place.team_id != viewer.team_id
    own = viewer.id in (place.holder_id, place.responsible_id)
    hidden = elsewhere and not own and not viewer.leads and place.state not in OPEN_TO_ALL
    assert may_see(viewer, place) is not hidden
