"""Staff sign-in: argon2 passwords, server-side sessions, CSRF tokens."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from pwdlib import PasswordHash
from sqlalchemy import delete, select

from api.auth.tokens import digest, new_token
from api.db import Transaction
from api.errors import NotSignedIn, SignInFailed
from api.ids import now
from api.models import Staff, StaffSession

LEAST_PASSWORD = 10
"""Characters of a new password."""
_hasher = PasswordHash.recommended()


@cache
def _decoy() -> str:
    """Checked when the user name is unknown, so that both failures take the same time."""
    return _hasher.hash("no such account")


class Role(StrEnum):
    """Roles, from the least to the most powerful."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def covers(self, other: Role) -> bool:
        """May somebody of this role do what `other` may?"""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A staff member with a valid session."""

    id: UUID
    username: str
    display_name: str
    role: Role
    csrf_token: str


def hash_password(password: str) -> str:
    """Argon2id hash with the library's recommended parameters."""
    return _hasher.hash(password)


async def check_password(staff: Staff | None, password: str) -> Staff:
    """The account, if the password is right; raises SignInFailed.

    It takes its time on purpose, so no transaction should be open meanwhile.
    """
    expected = staff.password_hash if staff else _decoy()
    matches = await asyncio.to_thread(_hasher.verify, password, expected)
    if staff is None or not matches:
        raise SignInFailed
    return staff


async def open_session(tx: Transaction, staff: Staff, hours: int) -> tuple[SignedIn, str]:
    """A session of `hours` with the token for its cookie."""
    token = new_token()
    session = StaffSession(
        token_hash=digest(token),
        staff_id=staff.id,
        csrf_token=new_token(),
        expires_at=now() + timedelta(hours=hours),
    )
    tx.add(session)
    await tx.execute(delete(StaffSession).where(StaffSession.expires_at < now()))
    return _signed_in(staff, session), token


async def session_of(tx: Transaction, token: str | None) -> SignedIn:
    """The session a cookie stands for; raises NotSignedIn."""
    if not token:
        raise NotSignedIn
    row = (
        await tx.execute(
            select(Staff, StaffSession)
            .join(StaffSession, StaffSession.staff_id == Staff.id)
            .where(
                StaffSession.token_hash == digest(token),
                StaffSession.expires_at > now(),
                Staff.active,
            )
        )
    ).one_or_none()
    if row is None:
        raise NotSignedIn
    return _signed_in(row[0], row[1])


async def sign_out(tx: Transaction, token: str) -> None:
    """End the session."""
    await tx.execute(delete(StaffSession).where(StaffSession.token_hash == digest(token)))


def _signed_in(staff: Staff, session: StaffSession) -> SignedIn:
    return SignedIn(
        staff.id, staff.username, staff.display_name, Role(staff.role), session.csrf_token
    )
