"""Who may see which conversation and ticket: what another team has is not there for an agent.

What nobody has yet (a conversation of the bot's, of the queue's, one waiting for its ticket, a
ticket without a team) is everybody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from triage.ownership import State

OPEN_TO_ALL = frozenset({State.BOT, State.QUEUED, State.TICKETED})
"""States in which no team has a conversation."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a supervisor (`leads`) sees everything."""

    id: UUID
    team_id: UUID | None
    leads: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where something belongs: the team that has it, and the people it is there for in any case."""

    team_id: UUID | None
    people: frozenset[UUID]


def place_of_ticket(team_id: UUID | None, assignee_id: UUID | None) -> Place:
    """Of a ticket of that team (its own, else that of who works on it) and that person."""
    return Place(team_id, _known(assignee_id))


def place_of_conversation(
    state: State, holder_id: UUID | None, responsible_id: UUID | None, team_id: UUID | None
) -> Place:
    """Of a conversation that `holder_id`, of that team, has or had last, and that
    `responsible_id` answers for."""
    team = None if state in OPEN_TO_ALL else team_id
    return Place(team, _known(holder_id, responsible_id))


def may_see(viewer: Viewer, place: Place) -> bool:
    """An agent sees what is their own, what no team has, and what their own team has."""
    return viewer.leads or viewer.id in place.people or place.team_id in (None, viewer.team_id)


def _known(*ids: UUID | None) -> frozenset[UUID]:
    return frozenset(each for each in ids if each is not None)
