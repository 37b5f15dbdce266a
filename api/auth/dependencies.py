"""Who asks? Dependencies for staff, for visitors and for the desk's own processes."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.requests import HTTPConnection

from api.auth import service
from api.auth.service import Role, SignedIn
from api.auth.tokens import same
from api.context import DeskDep
from api.errors import CsrfFailed, Forbidden, NotFound, NotSignedIn

COOKIE = "fenzhen_session"
CSRF_HEADER = "X-CSRF-Token"
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


async def signed_in(request: Request, desk: DeskDep) -> SignedIn:
    """Any signed-in staff; unsafe methods must carry the session's CSRF token."""
    async with desk.database.transaction() as tx:
        staff = await service.session_of(tx, request.cookies.get(COOKIE))
    if request.method not in _SAFE and not same(
        request.headers.get(CSRF_HEADER, ""), staff.csrf_token
    ):
        raise CsrfFailed
    return staff


async def supervisor(staff: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """A supervisor or admin."""
    if not staff.role.covers(Role.SUPERVISOR):
        raise Forbidden
    return staff


async def admin(staff: Annotated[SignedIn, Depends(signed_in)]) -> SignedIn:
    """An admin."""
    if not staff.role.covers(Role.ADMIN):
        raise Forbidden
    return staff


async def own_process(request: Request, desk: DeskDep) -> None:
    """One of the desk's processes, by the service token; never through a proxy."""
    if any(name in request.headers for name in _FORWARDED):
        raise NotFound
    if not same(bearer(request), desk.settings.service_token.get_secret_value()):
        raise NotSignedIn


def bearer(connection: HTTPConnection) -> str:
    """The token of `Authorization: Bearer …`, or an empty string."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address_of(connection: HTTPConnection) -> str | None:
    """The network address a request comes from."""
    return connection.client.host if connection.client else None


def same_origin(connection: HTTPConnection, allowed: tuple[str, ...] = ()) -> bool:
    """Does a browser's request come from our own pages, or from an `allowed` origin?

    Requests without an Origin header do not come from a page.
    """
    origin = connection.headers.get("origin")
    if origin is None:
        return True
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        return False
    return host == connection.headers.get("host") or origin in allowed


StaffDep = Annotated[SignedIn, Depends(signed_in)]
SupervisorDep = Annotated[SignedIn, Depends(supervisor)]
AdminDep = Annotated[SignedIn, Depends(admin)]
