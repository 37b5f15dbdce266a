"""Bodies of the sign-in endpoints."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, Field

from api.auth.service import Role, SignedIn


class Credentials(BaseModel):
    """User name and password."""

    username: str = Field(min_length=1, max_length=64)
    password: str = Field(min_length=1, max_length=256)


class User(BaseModel):
    """The signed-in staff member."""

    id: UUID
    username: str
    display_name: str
    role: Role

    @classmethod
    def of(cls, staff: SignedIn) -> User:
        """Who has a session."""
        return cls(
            id=staff.id,
            username=staff.username,
            display_name=staff.display_name,
            role=staff.role,
        )


class Session(BaseModel):
    """`csrf_token` goes into the `X-CSRF-Token` header of unsafe requests."""

    user: User
    csrf_token: str
    time_zone: str
    """Of the desk's calendar, e.g. `Asia/Shanghai`: staff are shown times in it."""

    @classmethod
    def of(cls, staff: SignedIn, time_zone: str) -> Session:
        """The body for a session."""
        return cls(user=User.of(staff), csrf_token=staff.csrf_token, time_zone=time_zone)
