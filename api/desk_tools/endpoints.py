"""Canned replies, macros and saved filters for staff."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from api.auth.dependencies import StaffDep, SupervisorDep
from api.auth.service import Role, SignedIn
from api.context import DeskDep
from api.desk_tools import canned, macros, saved_views
from api.desk_tools.schemas import (
    CannedChange,
    CannedIn,
    CannedList,
    CannedOut,
    MacroChange,
    MacroDone,
    MacroIn,
    MacroList,
    MacroOut,
    Place,
    ReadyList,
    RunMacro,
    SavedViewIn,
    SavedViewList,
    SavedViewOut,
)
from api.desk_tools.variables import VARIABLES
from api.errors import (
    Conflict,
    Crossed,
    CsrfFailed,
    Forbidden,
    NameTaken,
    NotFound,
    NotOwner,
    NotSignedIn,
    P1Protected,
    StateConflict,
    TooManySaved,
    UnknownStaff,
    UnknownVariable,
    ValuesMissing,
    declare,
)
from api.i18n import say

router = APIRouter(prefix="/api/v1", tags=["desk tools"])

_READING = declare(NotSignedIn)
_WRITING = declare(NotSignedIn, CsrfFailed, Forbidden, NameTaken, UnknownVariable)
_CHANGING = _WRITING | declare(NotFound, Conflict, NameTaken)
_REMOVING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound)
Inactive = Annotated[bool, Query(description="Switched-off ones too; for supervisors.")]


@router.get("/canned-replies", responses=_READING)
async def list_canned(
    staff: StaffDep,
    desk: DeskDep,
    q: Annotated[str | None, Query(max_length=100)] = None,
    inactive: Inactive = False,
) -> CannedList:
    """Ready replies; `q` is looked for in shortcut, title, its pinyin initials, and text."""
    async with desk.database.transaction() as tx:
        found = await canned.listing(tx, q, inactive=inactive and _leads(staff))
    return CannedList(
        items=[CannedOut.model_validate(reply) for reply in found],
        variables={name: say(f"variable.{name}") for name in VARIABLES},
    )


@router.post("/canned-replies", status_code=201, responses=_WRITING)
async def add_canned(body: CannedIn, staff: SupervisorDep, desk: DeskDep) -> CannedOut:
    """Add a ready reply."""
    async with desk.database.transaction() as tx:
        return CannedOut.model_validate(await canned.add(tx, staff, body))


@router.put("/canned-replies/{reply_id}", responses=_CHANGING)
async def change_canned(
    reply_id: UUID, body: CannedChange, staff: SupervisorDep, desk: DeskDep
) -> CannedOut:
    """Write a ready reply anew."""
    async with desk.database.transaction() as tx:
        return CannedOut.model_validate(await canned.change(tx, staff, reply_id, body))


@router.delete("/canned-replies/{reply_id}", status_code=204, responses=_REMOVING)
async def remove_canned(reply_id: UUID, staff: SupervisorDep, desk: DeskDep) -> None:
    """Delete a ready reply."""
    async with desk.database.transaction() as tx:
        await canned.remove(tx, staff, reply_id)


@router.get(
    "/conversations/{conversation_id}/canned-replies", responses=declare(NotSignedIn, NotFound)
)
async def list_ready(
    conversation_id: UUID,
    staff: StaffDep,
    desk: DeskDep,
    q: Annotated[str | None, Query(max_length=100)] = None,
) -> ReadyList:
    """Ready replies as they would go out in a conversation; `q` as above."""
    async with desk.database.transaction() as tx:
        ready = await canned.ready(tx, conversation_id, staff, q)
    return ReadyList(items=ready)


@router.get("/macros", responses=_READING)
async def list_macros(staff: StaffDep, desk: DeskDep, inactive: Inactive = False) -> MacroList:
    """Macros by name."""
    async with desk.database.transaction() as tx:
        found = await macros.listing(tx, inactive=inactive and _leads(staff))
    return MacroList(items=[MacroOut.model_validate(macro) for macro in found])


@router.post("/macros", status_code=201, responses=_WRITING | declare(UnknownStaff))
async def add_macro(body: MacroIn, staff: SupervisorDep, desk: DeskDep) -> MacroOut:
    """Add a macro."""
    async with desk.database.transaction() as tx:
        return MacroOut.model_validate(await macros.add(tx, staff, body))


@router.put("/macros/{macro_id}", responses=_CHANGING)
async def change_macro(
    macro_id: UUID, body: MacroChange, staff: SupervisorDep, desk: DeskDep
) -> MacroOut:
    """Write a macro anew."""
    async with desk.database.transaction() as tx:
        return MacroOut.model_validate(await macros.change(tx, staff, macro_id, body))


@router.delete("/macros/{macro_id}", status_code=204, responses=_REMOVING)
async def remove_macro(macro_id: UUID, staff: SupervisorDep, desk: DeskDep) -> None:
    """Delete a macro."""
    async with desk.database.transaction() as tx:
        await macros.remove(tx, staff, macro_id)


@router.post(
    "/conversations/{conversation_id}/macros/{macro_id}",
    responses=declare(
        NotSignedIn,
        CsrfFailed,
        P1Protected,
        NotFound,
        NotOwner,
        Crossed,
        StateConflict,
        ValuesMissing,
    ),
)
async def run_macro(
    conversation_id: UUID, macro_id: UUID, body: RunMacro, staff: StaffDep, desk: DeskDep
) -> MacroDone:
    """Do everything a macro says, or nothing of it."""
    async with desk.database.transaction() as tx:
        done = await macros.run(tx, desk, conversation_id, staff, macro_id, body)
    return MacroDone(done=list(done.done), repeated=done.repeated)


@router.get("/saved-views", responses=_READING)
async def list_saved_views(
    staff: StaffDep, desk: DeskDep, place: Place | None = None
) -> SavedViewList:
    """One's own saved filters."""
    async with desk.database.transaction() as tx:
        found = await saved_views.listing(tx, staff, place)
    return SavedViewList(items=[SavedViewOut.model_validate(view) for view in found])


@router.post(
    "/saved-views",
    status_code=201,
    responses=declare(NotSignedIn, CsrfFailed, NameTaken, TooManySaved),
)
async def add_saved_view(body: SavedViewIn, staff: StaffDep, desk: DeskDep) -> SavedViewOut:
    """Keep a filter."""
    async with desk.database.transaction() as tx:
        return SavedViewOut.model_validate(await saved_views.add(tx, staff, body))


@router.delete(
    "/saved-views/{view_id}",
    status_code=204,
    responses=declare(NotSignedIn, CsrfFailed, NotFound),
)
async def remove_saved_view(view_id: UUID, staff: StaffDep, desk: DeskDep) -> None:
    """Delete one's own filter."""
    async with desk.database.transaction() as tx:
        await saved_views.remove(tx, staff, view_id)


def _leads(staff: SignedIn) -> bool:
    return staff.role.covers(Role.SUPERVISOR)
