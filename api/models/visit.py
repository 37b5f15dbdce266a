"""What staff ask the shop to do with a visit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id


class VisitChange(Base):
    """A change of a visit that the customer has not been told of yet.

    Written before the shop is asked, deleted when the customer is told or the shop has refused; its
    id is the key of the act at the shop.
    """

    __tablename__ = "visit_change"
    __table_args__ = (Index("ix_visit_change_created_at", "created_at"),)

    id: Mapped[Id]
    number: Mapped[str]
    kind: Mapped[str]
    """`changed`, `cancelled` or `completed`."""
    starts_at: Mapped[datetime | None]
    """When it shall be instead, of a visit that is moved."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
