"""Conversations, their messages, the turn of each customer message, and its labels."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject


class Conversation(Base):
    """One customer's conversation on one channel. `state` follows `triage.ownership`."""

    __tablename__ = "conversation"
    __table_args__ = (
        Index("ix_conversation_state_updated_at", "state", "updated_at"),
        Index("ix_conversation_owner_id", "owner_id"),
        Index("ix_conversation_customer_id", "customer_id"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        CheckConstraint(
            "(state IN ('active', 'wrap_up')) = (owner_id IS NOT NULL)", name="owner_iff_active"
        ),
    )

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    channel: Mapped[str] = mapped_column(default="web")
    state: Mapped[str] = mapped_column(default="bot")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """首问负责: the first agent who took it stays answerable (norms §3)."""

    last_seq: Mapped[int] = mapped_column(default=0)
    agent_read_seq: Mapped[int] = mapped_column(default=0)
    unread: Mapped[int] = mapped_column(default=0)
    """Customer messages no agent has seen yet."""
    last_author: Mapped[str | None]
    last_text: Mapped[str | None]
    last_message_at: Mapped[datetime | None]

    category: Mapped[str | None]
    priority: Mapped[str | None]
    sentiment: Mapped[str | None]
    anger: Mapped[bool] = mapped_column(default=False)
    slots: Mapped[JsonObject] = mapped_column(default=dict)

    queued_at: Mapped[datetime | None]
    first_response_due_at: Mapped[datetime | None]
    first_response_at: Mapped[datetime | None]
    handoff_count: Mapped[int] = mapped_column(default=0)
    rating: Mapped[int | None]
    rating_comment: Mapped[str | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    closed_at: Mapped[datetime | None]


class Message(Base):
    """One message; `seq` counts up by one within its conversation."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "author", "client_id"),
        Index("ix_message_reply_to", "reply_to"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    author: Mapped[str]
    kind: Mapped[str] = mapped_column(default="text")
    text: Mapped[str]
    buttons: Mapped[list[JsonObject]] = mapped_column(default=list)
    client_id: Mapped[str | None]
    reply_to: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    suppressed: Mapped[bool] = mapped_column(default=False)
    """A bot reply that came after a person took over: recorded, never sent."""
    created_at: Mapped[Created]


class Turn(Base):
    """What became of one customer message.

    `state`: `pending` → `done`, or `pending` → `told` (the bot was away and the customer knows)
    → `done` once the bot has caught up.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_conversation_id", "conversation_id"),
        Index("ix_turn_told", "created_at", postgresql_where=text("state = 'told'")),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    state: Mapped[str] = mapped_column(default="pending")
    outcome: Mapped[str | None]
    nlu: Mapped[JsonObject] = mapped_column(default=dict)
    """`intent`, `intent_ranking`, `faq_ranking` of the bot (api.assistant.Understanding)."""
    answers: Mapped[list[JsonObject]] = mapped_column(default=list)
    suggestions: Mapped[list[str]] = mapped_column(default=list)
    release: Mapped[int | None]
    answered_with: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    """On channels where messages come in pieces: the last message of the group that is understood
    together (itself for that one). Set before the bot is asked, and never changed."""
    created_at: Mapped[Created]
    finished_at: Mapped[datetime | None]


class TriageResult(Base):
    """The labels of one customer message and the release that made them."""

    __tablename__ = "triage_result"
    __table_args__ = (Index("ix_triage_result_conversation_id", "conversation_id"),)

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    release: Mapped[int]
    category: Mapped[str]
    nature: Mapped[str]
    priority: Mapped[str]
    sentiment: Mapped[str]
    anger: Mapped[bool]
    labels: Mapped[JsonObject]
    """A `triage.packet.MessageLabels`."""
    created_at: Mapped[Created]
