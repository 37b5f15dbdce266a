"""Hops of a conversation from one owner to another."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject


class Handoff(Base):
    """One hop. A database trigger refuses every UPDATE and DELETE (norms §3)."""

    __tablename__ = "handoff"
    __table_args__ = (
        UniqueConstraint("conversation_id", "hop"),
        UniqueConstraint("conversation_id", "cause"),
        Index("ix_handoff_created_at", "created_at"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    hop: Mapped[int]
    from_owner: Mapped[str]
    to_owner: Mapped[str]
    reason: Mapped[str]
    note: Mapped[str | None]
    cause: Mapped[str]
    """What brought it about, e.g. `turn:<message id>`; makes a repeated request harmless."""
    packet_version: Mapped[int]
    packet: Mapped[JsonObject]
    """A `triage.packet.HandoffPacket`, as it was at this hop."""
    created_at: Mapped[Created]
