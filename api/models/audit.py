"""The record of sensitive acts, each line chained to the one before by its hash."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, JsonObject


class AuditRecord(Base):
    """One act. A database trigger refuses UPDATE, DELETE and TRUNCATE (norms §7)."""

    __tablename__ = "audit_record"
    __table_args__ = (
        Index("ix_audit_record_subject", "subject_kind", "subject_id"),
        Index("ix_audit_record_at", "at"),
    )

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """1, 2, 3 … without a gap."""
    at: Mapped[datetime]
    staff_id: Mapped[UUID | None]
    """Who; None: the desk itself. No foreign key: the record outlives the account."""
    staff_name: Mapped[str | None]
    action: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    data: Mapped[JsonObject]
    """What and why, without the personal data itself."""
    address: Mapped[str | None]
    """Network address of the request."""
    previous: Mapped[bytes]
    """Hash of the record before; 32 zero bytes for the first."""
    hash: Mapped[bytes]
    """HMAC-SHA-256 over everything above; SHA-256 in records of before (api.audit.chain)."""
