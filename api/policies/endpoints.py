"""Settings of the desk, for admins."""

from __future__ import annotations

from fastapi import APIRouter

from api.auth.dependencies import AdminDep
from api.context import DeskDep
from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.errors import (
    Conflict,
    CsrfFailed,
    Forbidden,
    NotFound,
    NotSignedIn,
    PolicyRefused,
    declare,
)
from api.models import Setting
from api.policies import service
from api.policies.registry import KEYS, defaults, overlaid
from api.policies.schemas import SettingChange, SettingList, SettingOut

router = APIRouter(prefix="/api/v1/settings", tags=["settings"])

_READING = declare(NotSignedIn, Forbidden, NotFound)
_WRITING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound, Conflict, PolicyRefused)


@router.get("", responses=declare(NotSignedIn, Forbidden))
async def list_settings(_staff: AdminDep, desk: DeskDep) -> SettingList:
    """All policies of the desk."""
    async with desk.database.transaction() as tx:
        return SettingList(
            items=[await _shown(tx, key, await service.stored(tx, key)) for key in KEYS]
        )


@router.get("/{key}", responses=_READING)
async def show_setting(key: str, _staff: AdminDep, desk: DeskDep) -> SettingOut:
    """One policy, e.g. `sla`, `routing` or `calendar`."""
    async with desk.database.transaction() as tx:
        return await _shown(tx, key, await service.stored(tx, key))


@router.put("/{key}", responses=_WRITING)
async def change_setting(
    key: str, body: SettingChange, staff: AdminDep, desk: DeskDep
) -> SettingOut:
    """Set parts of a policy; it holds everywhere within a few seconds."""
    async with desk.database.transaction() as tx:
        row = await service.put(tx, staff, key, body.version, body.value)
        shown = await _shown(tx, key, row)
    service.forget(tx)
    return shown


async def _shown(tx: Transaction, key: str, row: Setting | None) -> SettingOut:
    by = row.updated_by if row else None
    names = await people.staff_names(tx, [by])
    return SettingOut(
        key=key,
        value=overlaid(key, row.value if row else {}),
        default=defaults(key),
        version=row.version if row else 0,
        updated_at=row.updated_at if row else None,
        updated_by=PersonRef.of(by, names),
    )
