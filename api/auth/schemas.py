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


class Session(BaseModel):
    """`csrf_token` goes into the `X-CSRF-Token` header of unsafe requests."""

    user: User
    csrf_token: str

    @classmethod
    def of(cls, staff: SignedIn) -> Session:
        """The body for a session."""
        user = User(
            id=staff.id,
            username=staff.username,
            display_name=staff.display_name,
            role=staff.role,
        )
        return cls(user=user, csrf_token=staff.csrf_token)
