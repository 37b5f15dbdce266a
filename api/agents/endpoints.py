"""Staff accounts and teams."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter

from api.agents import repository, service, views
from api.agents.schemas import (
    AgentChange,
    AgentList,
    AgentOut,
    NewAgent,
    OwnAccount,
    OwnChange,
    TeamIn,
    TeamList,
    TeamOut,
)
from api.auth.dependencies import AdminDep, StaffDep, SupervisorDep
from api.auth.service import Role
from api.context import DeskDep
from api.errors import (
    CsrfFailed,
    Forbidden,
    LastAdmin,
    NameTaken,
    NotFound,
    NotSignedIn,
    UnknownStaff,
    UnknownTeam,
    declare,
)

router = APIRouter(prefix="/api/v1/agents", tags=["agents"])
teams_router = APIRouter(prefix="/api/v1/teams", tags=["agents"])

_CHANGING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, LastAdmin, UnknownTeam)
_TEAMS = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, NameTaken, UnknownStaff)


@router.get("", responses=declare(NotSignedIn))
async def list_agents(staff: StaffDep, desk: DeskDep, inactive: bool = False) -> AgentList:
    """Everybody who works here; with `inactive` closed accounts too (supervisors)."""
    async with desk.database.transaction() as tx:
        wanted = inactive and staff.role.covers(Role.SUPERVISOR)
        found = await repository.everybody(tx, inactive=wanted)
        return AgentList(items=await views.described(tx, found, staff))


@router.post("", status_code=201, responses=declare(NotSignedIn, CsrfFailed, Forbidden, NameTaken))
async def create_agent(body: NewAgent, staff: AdminDep, desk: DeskDep) -> AgentOut:
    """Make an account."""
    async with desk.database.transaction() as tx:
        return await views.one(tx, await service.create(tx, staff, body), staff)


@router.get("/me", responses=declare(NotSignedIn))
async def own_account(staff: StaffDep, desk: DeskDep) -> OwnAccount:
    """One's own account."""
    async with desk.database.transaction() as tx:
        return await views.own(tx, await repository.get(tx, staff.id), staff)


@router.put("/me", responses=declare(NotSignedIn, CsrfFailed))
async def change_own_account(body: OwnChange, staff: StaffDep, desk: DeskDep) -> OwnAccount:
    """Change the own e-mail address and what is told there."""
    async with desk.database.transaction() as tx:
        return await views.own(tx, await service.change_own(tx, staff, body), staff)


@router.put("/{agent_id}", responses=_CHANGING)
async def change_agent(
    agent_id: UUID, body: AgentChange, staff: SupervisorDep, desk: DeskDep
) -> AgentOut:
    """Change an account: supervisors its skills, capacity and team, admins everything."""
    async with desk.database.transaction() as tx:
        return await views.one(tx, await service.change(tx, staff, agent_id, body), staff)


@teams_router.get("", responses=declare(NotSignedIn))
async def list_teams(_staff: StaffDep, desk: DeskDep) -> TeamList:
    """All teams."""
    async with desk.database.transaction() as tx:
        return TeamList(items=await views.teams(tx, await repository.teams(tx)))


@teams_router.post("", status_code=201, responses=_TEAMS)
async def create_team(body: TeamIn, staff: AdminDep, desk: DeskDep) -> TeamOut:
    """Make a team."""
    async with desk.database.transaction() as tx:
        (made,) = await views.teams(tx, [await service.create_team(tx, staff, body)])
        return made


@teams_router.put("/{team_id}", responses=_TEAMS)
async def change_team(team_id: UUID, body: TeamIn, staff: AdminDep, desk: DeskDep) -> TeamOut:
    """Change its name and lead."""
    async with desk.database.transaction() as tx:
        (changed,) = await views.teams(tx, [await service.change_team(tx, staff, team_id, body)])
        return changed
