"""The audit log for supervisors and admins."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.audit import repository
from api.audit.repository import Wanted
from api.audit.schemas import AuditLine, AuditPage, AuditState
from api.auth.dependencies import AdminDep, SupervisorDep
from api.auth.service import Role
from api.context import DeskDep
from api.errors import Forbidden, NotSignedIn, declare

router = APIRouter(prefix="/api/v1/audit", tags=["audit"])

_Key = Annotated[str | None, Query(max_length=64)]


@router.get("", responses=declare(NotSignedIn, Forbidden))
async def list_audit(
    staff: SupervisorDep,
    desk: DeskDep,
    action: _Key = None,
    subject_kind: _Key = None,
    subject_id: _Key = None,
    staff_id: UUID | None = None,
    cursor: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> AuditPage:
    """Acts, the newest first. Only admins see at whose personal data others have looked."""
    own = None if staff.role.covers(Role.ADMIN) else staff.id
    wanted = Wanted(action, subject_kind, subject_id, staff_id, reveals_of=own)
    async with desk.database.transaction() as tx:
        found = await repository.newest(tx, wanted, cursor, limit + 1)
    items = [AuditLine.of(row) for row in found[:limit]]
    return AuditPage(items=items, next=str(items[-1].seq) if len(found) > limit else None)


@router.get("/verify", responses=declare(NotSignedIn, Forbidden))
async def verify_audit(_staff: AdminDep, desk: DeskDep) -> AuditState:
    """Read the whole log and say whether anything was changed, taken out or cut off."""
    return AuditState.of(await repository.verify(desk.database))
