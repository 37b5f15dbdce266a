"""Releases: supervisors see them, admins move them."""

from __future__ import annotations

from fastapi import APIRouter, Request

from api.auth.dependencies import AdminDep, SupervisorDep, address_of
from api.context import DeskDep
from api.errors import (
    CanaryNotPossible,
    Forbidden,
    GateBlocked,
    NoCanary,
    NotFound,
    NothingToRollBack,
    NotSignedIn,
    ReleaseIncomplete,
    declare,
)
from api.learning.rollout import commands, moves, views
from api.learning.rollout.moves import By
from api.learning.rollout.schemas import (
    CanaryOut,
    CanaryWish,
    Promotion,
    ReleaseList,
    ReleaseOut,
    Rollback,
)

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])


@router.get("/releases", responses=declare(NotSignedIn, Forbidden))
async def list_releases(_staff: SupervisorDep, desk: DeskDep) -> ReleaseList:
    """All releases."""
    async with desk.database.transaction() as tx:
        return ReleaseList(items=await views.listing(tx))


@router.get("/releases/{number}", responses=declare(NotSignedIn, Forbidden, NotFound))
async def read_release(number: int, _staff: SupervisorDep, desk: DeskDep) -> ReleaseOut:
    """One release."""
    async with desk.database.transaction() as tx:
        return await views.one(tx, number)


@router.post(
    "/releases/{number}/promote",
    responses=declare(NotSignedIn, Forbidden, NotFound, GateBlocked, ReleaseIncomplete),
)
async def promote_release(
    number: int, wish: Promotion, request: Request, staff: AdminDep, desk: DeskDep
) -> ReleaseOut:
    """Make it the live release; every process goes on to it by itself within 15 seconds."""
    by = By(staff, address=address_of(request))
    await commands.promote(desk.database, desk.settings, number, by, wish.override_reason)
    async with desk.database.transaction() as tx:
        return await views.one(tx, number)


@router.post("/rollback", responses=declare(NotSignedIn, Forbidden, NothingToRollBack))
async def roll_back(wish: Rollback, request: Request, staff: AdminDep, desk: DeskDep) -> ReleaseOut:
    """Bring back the release that was live before; once more leads further back."""
    by = By(staff, wish.reason, address_of(request))
    release = await commands.roll_back(desk.database, desk.settings, by)
    async with desk.database.transaction() as tx:
        return await views.one(tx, release.number)


@router.post(
    "/releases/{number}/canary",
    responses=declare(
        NotSignedIn, Forbidden, NotFound, GateBlocked, ReleaseIncomplete, CanaryNotPossible
    ),
)
async def start_canary(
    number: int, wish: CanaryWish, request: Request, staff: AdminDep, desk: DeskDep
) -> ReleaseOut:
    """Let it answer a share of the conversations that begin from now on, beside the live one.

    It is stopped by itself when it is significantly worse.
    """
    by = By(staff, address=address_of(request))
    await commands.start_canary(
        desk.database, desk.settings, number, wish.share, by, wish.override_reason
    )
    async with desk.database.transaction() as tx:
        return await views.one(tx, number)


@router.post("/canary/stop", responses=declare(NotSignedIn, Forbidden, NoCanary))
async def stop_canary(
    wish: Rollback, request: Request, staff: AdminDep, desk: DeskDep
) -> CanaryOut:
    """End the trial; the live release answers all conversations again."""
    async with desk.database.transaction() as tx:
        await moves.stop_canary(tx, By(staff, wish.reason, address_of(request)))
        return await views.canary(tx)


@router.get("/canary", responses=declare(NotSignedIn, Forbidden))
async def read_canary(_staff: SupervisorDep, desk: DeskDep) -> CanaryOut:
    """How the trial goes, and how the last one ended."""
    async with desk.database.transaction() as tx:
        return await views.canary(tx)
