"""What the desk itself remembers of its dealings with the shop: proofs of identity and acts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject


class CommerceIdentity(Base):
    """Whom a conversation has proved to be, and how often it was wrong (norms §5)."""

    __tablename__ = "commerce_identity"
    __table_args__ = (Index("ix_commerce_identity_shop_customer", "shop_customer"),)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    shop_customer: Mapped[str | None]
    """The customer's id at the shop; kept after the proof has expired, for `ticket-status`."""
    verified_until: Mapped[datetime | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]


class VerificationTry(Base):
    """A wrong try at one order, from whichever conversation; only a hash of its number is kept."""

    __tablename__ = "verification_try"
    __table_args__ = (Index("ix_verification_try_target_created_at", "target", "created_at"),)

    id: Mapped[Id]
    target: Mapped[bytes]
    created_at: Mapped[Created]


class CommerceAct(Base):
    """An act that was done for a message: the same one again gives `result` and no effect."""

    __tablename__ = "commerce_act"
    __table_args__ = (UniqueConstraint("conversation_id", "message_id", "act"),)

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[UUID]
    act: Mapped[str]
    result: Mapped[JsonObject]
    """What the endpoint answered; its shape is the result type named where the act is done."""
    created_at: Mapped[Created]
