"""Turns accounts and teams into what staff see."""

from __future__ import annotations

from collections.abc import Sequence

from api.agents import repository
from api.agents.presence import effective
from api.agents.schemas import (
    AgentOut,
    NotifyBy,
    OwnAccount,
    SkillOut,
    TeamOut,
)
from api.auth.service import Role, SignedIn
from api.conversations import repository as conversations
from api.conversations.schemas import PersonRef
from api.conversations.views import labelled
from api.db import Transaction
from api.ids import now
from api.models import Staff, StaffSkill, Team
from api.tickets.schemas import TeamRef


async def described(
    tx: Transaction, accounts: Sequence[Staff], viewer: SignedIn | None
) -> list[AgentOut]:
    """`accounts` as `viewer` may see them; None: as everybody may."""
    skills = await repository.skills(tx, [account.id for account in accounts])
    loads = await repository.loads(tx)
    names = {team.id: team.name for team in await repository.teams(tx)}
    moment = now()
    found = []
    for account in accounts:
        trusted = viewer is not None and (
            viewer.role.covers(Role.SUPERVISOR) or viewer.id == account.id
        )
        team_id = account.team_id
        found.append(
            AgentOut.model_validate(
                {
                    "id": account.id,
                    "username": account.username,
                    "display_name": account.display_name,
                    "role": account.role,
                    "active": account.active,
                    "team": TeamRef(id=team_id, name=names[team_id]) if team_id else None,
                    "presence": account.presence,
                    "effective_presence": effective(account, moment),
                    "presence_since": account.presence_since,
                    "capacity": account.capacity,
                    "load": loads.get(account.id, 0),
                    "skills": _skills(skills.get(account.id, [])),
                    "languages": account.languages,
                    "channels": account.channels,
                    "email": account.email if trusted else None,
                }
            )
        )
    return found


async def one(tx: Transaction, account: Staff, viewer: SignedIn) -> AgentOut:
    """One account."""
    (found,) = await described(tx, [account], viewer)
    return found


async def own(tx: Transaction, account: Staff, viewer: SignedIn) -> OwnAccount:
    """The viewer's own account."""
    seen = await one(tx, account, viewer)
    return OwnAccount(**seen.model_dump(), notify=NotifyBy.model_validate(account.notify))


async def teams(tx: Transaction, found: Sequence[Team]) -> list[TeamOut]:
    """Teams with their lead and the number of their members."""
    counts = await repository.members(tx)
    names = await conversations.staff_names(tx, [team.lead_id for team in found])
    return [
        TeamOut(
            id=team.id,
            name=team.name,
            lead=PersonRef.of(team.lead_id, names),
            members=counts.get(team.id, 0),
        )
        for team in found
    ]


def _skills(skills: Sequence[StaffSkill]) -> list[SkillOut]:
    return [
        SkillOut(category=labelled("category", skill.category), level=skill.level)
        for skill in skills
    ]
