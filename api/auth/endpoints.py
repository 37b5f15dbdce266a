"""Sign in, who am I, sign out."""

from __future__ import annotations

import structlog
from fastapi import APIRouter, Request, Response
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from api.agents import repository as agents
from api.auth import service
from api.auth.dependencies import COOKIE, StaffDep
from api.auth.schemas import Credentials, Session
from api.context import DeskDep
from api.errors import CsrfFailed, NotSignedIn, SignInFailed, TooManyAttempts, declare

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

_ATTEMPTS = RateLimitItemPerMinute(10)
_limiter = MovingWindowRateLimiter(MemoryStorage())
"""Sign-ins per address and name, forgotten after a right one.

In memory: it must hold while Redis is away too.
"""


@router.post("/login", responses=declare(SignInFailed, TooManyAttempts))
async def login(
    credentials: Credentials, request: Request, response: Response, desk: DeskDep
) -> Session:
    """Open a session; its cookie cannot be read by scripts."""
    caller = (request.client.host if request.client else "", credentials.username)
    if not await _limiter.hit(_ATTEMPTS, *caller):
        raise TooManyAttempts
    hours = desk.settings.staff_session_hours
    async with desk.database.transaction() as tx:
        account = await agents.by_username(tx, credentials.username)
    try:
        checked = await service.check_password(account, credentials.password)
    except SignInFailed:
        log.warning("auth.sign_in_failed", username=credentials.username)
        raise
    await _limiter.clear(_ATTEMPTS, *caller)
    async with desk.database.transaction() as tx:
        staff, token = await service.open_session(tx, checked, hours)
    response.set_cookie(
        COOKIE,
        token,
        max_age=hours * 3600,
        httponly=True,
        samesite="lax",
        secure=desk.settings.secure_cookies,
    )
    log.info("auth.signed_in", staff_id=str(staff.id))
    return Session.of(staff)


@router.get("/me", responses=declare(NotSignedIn))
async def me(staff: StaffDep) -> Session:
    """The present session."""
    return Session.of(staff)


@router.post("/logout", status_code=204, responses=declare(NotSignedIn, CsrfFailed))
async def logout(_staff: StaffDep, request: Request, response: Response, desk: DeskDep) -> None:
    """End the session."""
    async with desk.database.transaction() as tx:
        await service.sign_out(tx, request.cookies[COOKIE])
    response.delete_cookie(COOKIE)
