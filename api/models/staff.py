"""Staff accounts and their sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, Moment


class Staff(Base):
    """An agent, supervisor or admin."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("username"),
        CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role_known"),
    )

    id: Mapped[Id]
    username: Mapped[str]
    display_name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    last_seen_at: Mapped[datetime | None]
    """Last sign of life of an open console."""
    created_at: Mapped[Created]


class StaffSession(Base):
    """A signed-in browser; only the hash of the cookie is kept."""

    __tablename__ = "staff_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    csrf_token: Mapped[str]
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
