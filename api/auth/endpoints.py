"""Sign in, who am I, sign out."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, Response
from limits import RateLimitItemPerMinute

from api.agents import repository as agents
from api.audit import service as audit
from api.auth import service
from api.auth.dependencies import COOKIE, StaffDep, address_of
from api.auth.schemas import Credentials, Session
from api.context import Desk, DeskDep
from api.errors import CsrfFailed, NotSignedIn, SignInFailed, TooManyAttempts, declare
from api.models import Staff
from api.policies.service import policies

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

_ATTEMPTS = RateLimitItemPerMinute(10)
"""Sign-ins per address and name, forgotten after a right one."""


@router.post("/login", responses=declare(SignInFailed, TooManyAttempts))
async def login(
    credentials: Credentials, request: Request, response: Response, desk: DeskDep
) -> Session:
    """Open a session; its cookie cannot be read by scripts."""
    address = address_of(request)
    caller = ("sign-in", address or "", credentials.username)
    if not await desk.rates.hit(_ATTEMPTS, *caller):
        raise TooManyAttempts
    hours = desk.settings.staff_session_hours
    async with desk.database.transaction() as tx:
        account = await agents.by_username(tx, credentials.username)
    try:
        checked = await service.check_password(account, credentials.password)
    except SignInFailed:
        log.warning("auth.sign_in_failed", username=credentials.username)
        await _note_failure(desk, account, address)
        raise
    await desk.rates.forget(_ATTEMPTS, *caller)
    async with desk.database.transaction() as tx:
        staff, token = await service.open_session(tx, checked, hours)
        await audit.record(tx, staff, "sign_in", "staff", staff.id, address=address)
        zone = (await policies(tx)).calendar.zone.key
    response.set_cookie(
        COOKIE,
        token,
        max_age=hours * 3600,
        httponly=True,
        samesite="lax",
        secure=desk.settings.secure_cookies,
    )
    log.info("auth.signed_in", staff_id=str(staff.id))
    return Session.of(staff, zone)


@router.get("/me", responses=declare(NotSignedIn))
async def me(staff: StaffDep, desk: DeskDep) -> Session:
    """The present session."""
    async with desk.database.transaction() as tx:
        return Session.of(staff, (await policies(tx)).calendar.zone.key)


@router.post("/logout", status_code=204, responses=declare(NotSignedIn, CsrfFailed))
async def logout(staff: StaffDep, request: Request, response: Response, desk: DeskDep) -> None:
    """End the session."""
    async with desk.database.transaction() as tx:
        await service.sign_out(tx, request.cookies[COOKIE])
        await audit.record(tx, staff, "sign_out", "staff", staff.id, address=address_of(request))
    response.delete_cookie(COOKIE)


async def _note_failure(desk: Desk, account: Staff | None, address: str | None) -> None:
    """Record a wrong sign-in.

    A name that is not an account's is left out: people type their password there by mistake.
    """
    subject = account.id if account is not None else "unknown"
    data = {"username": account.username} if account is not None else {}
    async with desk.database.transaction() as tx:
        await audit.record(tx, None, "sign_in_failed", "staff", subject, data, address)
