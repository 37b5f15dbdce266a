"""Staff accounts and their sessions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject, Moment


class Team(Base):
    """A group of staff; its lead is told before management is (norms §2)."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Id]
    name: Mapped[str]
    lead_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("staff.id", use_alter=True, name="fk_team_lead_id")
    )
    created_at: Mapped[Created]


class Staff(Base):
    """An agent, supervisor or admin."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("username"),
        CheckConstraint("role IN ('agent', 'supervisor', 'admin')", name="role_known"),
        CheckConstraint(
            "presence IN ('online', 'busy', 'break', 'offline')", name="presence_known"
        ),
        CheckConstraint("capacity BETWEEN 0 AND 50", name="capacity_range"),
    )

    id: Mapped[Id]
    username: Mapped[str]
    display_name: Mapped[str]
    role: Mapped[str]
    password_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    last_seen_at: Mapped[datetime | None]
    """Last sign of life of an open console; None once it has said goodbye."""
    presence: Mapped[str] = mapped_column(default="online")
    """What the agent has chosen; without a sign of life they are offline all the same."""
    presence_since: Mapped[datetime | None]
    """When it was chosen, or when the last console said hello or goodbye."""
    capacity: Mapped[int] = mapped_column(default=8)
    """Conversations held at a time; 0 is never given any (supervisors, admins)."""
    languages: Mapped[list[str]] = mapped_column(default=lambda: ["zh"])
    channels: Mapped[list[str]] = mapped_column(default=list)
    """Channels served; empty means all."""
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    email: Mapped[str | None]
    notify: Mapped[JsonObject] = mapped_column(default=dict)
    """How they want to be told: `api.notifications.schemas.NotifyBy`."""
    last_assigned_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class StaffSkill(Base):
    """How well somebody knows a business line: 1 (a little) to 5 (expert)."""

    __tablename__ = "staff_skill"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 5", name="level_range"),)

    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    category: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int]


class StaffSession(Base):
    """A signed-in browser; only the hash of the cookie is kept."""

    __tablename__ = "staff_session"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    csrf_token: Mapped[str]
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]


class Pulse(Base):
    """A sign of life of a part of the desk: since when it beats without a break, and last when.

    `api`: while no api process lives, no console can show a sign of life.
    """

    __tablename__ = "pulse"

    name: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[Moment]
    beat_at: Mapped[Moment]
