"""Staff accounts and teams: made, changed and closed by those who may."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import delete, select

from api.agents import repository
from api.agents.schemas import AgentChange, NewAgent, NotifyBy, OwnChange, SkillIn, TeamIn
from api.audit import service as audit
from api.auth.service import Role, SignedIn, hash_password
from api.db import Transaction
from api.deadlines import follow_ups
from api.errors import Forbidden, LastAdmin, UnknownStaff, UnknownTeam
from api.ids import new_id
from api.models import Staff, StaffSession, StaffSkill, Team
from api.naming import flush_named

BY_SUPERVISORS = frozenset({"capacity", "skills", "languages", "channels", "team_id"})
"""What a supervisor may change of others; an admin may change everything."""
AGENT_CAPACITY = 8


async def create(tx: Transaction, by: SignedIn | None, wanted: NewAgent) -> Staff:
    """Make an account; raises NameTaken. `by` is None on the command line."""
    made = Staff(
        id=new_id(),
        username=wanted.username,
        display_name=wanted.display_name,
        role=wanted.role,
        capacity=AGENT_CAPACITY if wanted.role is Role.AGENT else 0,
        password_hash=await asyncio.to_thread(hash_password, wanted.password),
    )
    tx.add(made)
    await flush_named(tx)
    data = {"created": {"username": made.username, "role": made.role}}
    await audit.record(tx, by, "staff_changed", "staff", made.id, data)
    return made


async def change(tx: Transaction, by: SignedIn, staff_id: UUID, wanted: AgentChange) -> Staff:
    """Change an account; closing it or setting a password ends its sessions.

    What somebody who leaves was to ask customers (回访) is their team's or nobody's.

    Raises NotFound, Forbidden, UnknownTeam, and LastAdmin when no admin would be left.
    """
    given = wanted.model_fields_set
    if not (by.role.covers(Role.ADMIN) or given <= BY_SUPERVISORS):
        raise Forbidden
    hashed = await _hashed(wanted.password)  # slow on purpose, so before anything is locked
    admins = await repository.lock_admins(tx) if given & {"role", "active"} else ()
    account = await repository.lock(tx, staff_id)
    before = _facts(account, await _levels(tx, account))
    for name in given & {"display_name", "role", "active", "capacity", "languages", "channels"}:
        value = getattr(wanted, name)
        if value is not None:
            setattr(account, name, value)
    if "email" in given:
        account.email = wanted.email
    if "team_id" in given:
        account.team_id = await _known_team(tx, wanted.team_id)
    if list(admins) == [account.id] and not (account.active and account.role == Role.ADMIN):
        raise LastAdmin
    if wanted.skills is not None:
        await _set_skills(tx, account, wanted.skills)
    if hashed is not None:
        account.password_hash = hashed
    if hashed is not None or not account.active:
        await tx.execute(delete(StaffSession).where(StaffSession.staff_id == account.id))
    if not account.active:
        await follow_ups.release(tx, account.id)
    await tx.flush()
    after = _facts(account, await _levels(tx, account))
    await _note_changes(tx, by, account, before, after, password=wanted.password is not None)
    return account


async def change_own(tx: Transaction, by: SignedIn, wanted: OwnChange) -> Staff:
    """Change what everybody may change of the own account."""
    account = await repository.lock(tx, by.id)
    if wanted.notify is not None:
        account.notify = NotifyBy.model_dump(wanted.notify)
    if "email" in wanted.model_fields_set and wanted.email != account.email:
        account.email = wanted.email
        await audit.record(tx, by, "staff_changed", "staff", by.id, {"changed": ["email"]})
    await tx.flush()
    return account


async def create_team(tx: Transaction, by: SignedIn, wanted: TeamIn) -> Team:
    """Make a team; raises NameTaken and UnknownStaff."""
    lead = await _known_lead(tx, wanted.lead_id)
    made = Team(id=new_id(), name=wanted.name, lead_id=lead)
    tx.add(made)
    await flush_named(tx)
    data = {"created": {"name": made.name, "lead_id": made.lead_id}}
    await audit.record(tx, by, "staff_changed", "team", made.id, data)
    return made


async def change_team(tx: Transaction, by: SignedIn, team_id: UUID, wanted: TeamIn) -> Team:
    """Change name and lead; raises NotFound, NameTaken and UnknownStaff."""
    team = await repository.team(tx, team_id)
    before = {"name": team.name, "lead_id": team.lead_id}
    team.name, team.lead_id = wanted.name, await _known_lead(tx, wanted.lead_id)
    await flush_named(tx)
    after = {"name": team.name, "lead_id": team.lead_id}
    if after != before:
        data = {"before": before, "after": after}
        await audit.record(tx, by, "staff_changed", "team", team.id, data)
    return team


async def _hashed(password: str | None) -> str | None:
    return await asyncio.to_thread(hash_password, password) if password is not None else None


async def _known_team(tx: Transaction, team_id: UUID | None) -> UUID | None:
    if team_id is not None and await tx.get(Team, team_id) is None:
        raise UnknownTeam
    return team_id


async def _known_lead(tx: Transaction, lead_id: UUID | None) -> UUID | None:
    if lead_id is None:
        return None
    lead = await tx.get(Staff, lead_id)
    if lead is None or not lead.active:
        raise UnknownStaff
    return lead_id


async def _levels(tx: Transaction, account: Staff) -> dict[str, int]:
    query = select(StaffSkill.category, StaffSkill.level).where(StaffSkill.staff_id == account.id)
    return {row.category: row.level for row in await tx.execute(query)}


async def _set_skills(tx: Transaction, account: Staff, wanted: list[SkillIn]) -> None:
    """Exactly these; of a category named twice the last one holds."""
    await tx.execute(delete(StaffSkill).where(StaffSkill.staff_id == account.id))
    levels = {skill.category: skill.level for skill in wanted}
    tx.add_all(
        StaffSkill(staff_id=account.id, category=category, level=level)
        for category, level in levels.items()
    )


def _facts(account: Staff, levels: dict[str, int]) -> dict[str, object]:
    names = ("display_name", "role", "active", "capacity", "languages", "channels", "team_id")
    return {name: getattr(account, name) for name in names} | {
        "skills": levels,
        "email": account.email,
    }


async def _note_changes(
    tx: Transaction,
    by: SignedIn,
    account: Staff,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    password: bool,
) -> None:
    """Record what is different, an address only by its name."""
    changed: list[object] = [
        {"field": name, "before": before[name], "after": after[name]}
        if name != "email"
        else {"field": name}
        for name in before
        if before[name] != after[name]
    ]
    if password:
        changed.append({"field": "password"})
    if changed:
        await audit.record(tx, by, "staff_changed", "staff", account.id, {"changed": changed})
