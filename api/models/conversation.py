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
        Index("ix_conversation_owner_state", "owner_id", "state", "updated_at"),
        Index("ix_conversation_due", "first_response_due_at"),
        Index("ix_conversation_canary", "id", postgresql_where=text("track = 'canary'")),
        Index(
            "ix_conversation_rated_at", "rated_at", postgresql_where=text("rated_at IS NOT NULL")
        ),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_range"),
        CheckConstraint("nps BETWEEN 0 AND 10", name="nps_range"),
        CheckConstraint(
            "(state IN ('active', 'wrap_up')) = (owner_id IS NOT NULL)", name="owner_iff_active"
        ),
    )

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    channel: Mapped[str] = mapped_column(default="web")
    """Where the customer wrote last: `web`, `wechat` or `wechat_kf`."""
    contact_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("channel_contact.id", use_alter=True)
    )
    """Whom replies are sent to; None where the customer's page asks for them."""
    language: Mapped[str] = mapped_column(default="zh")
    track: Mapped[str] = mapped_column(default="live", server_default="live")
    """Which release answers it: `live` or `canary`."""
    state: Mapped[str] = mapped_column(default="bot")
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    responsible_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """首问负责: the first agent who took it stays answerable for the matter (norms §3)."""

    last_agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """Who served the customer here last."""
    tags: Mapped[list[str]] = mapped_column(default=list)

    last_seq: Mapped[int] = mapped_column(default=0)
    matter_seq: Mapped[int] = mapped_column(default=1, server_default="1")
    """Where the present matter begins: the first message after the conversation was closed last."""
    agent_read_seq: Mapped[int] = mapped_column(default=0)
    customer_read_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    """Up to where the customer's page has been seen; 0 where the channel does not tell."""
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
    wanted_agent_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """While queued: the person it was transferred to."""
    wanted_skill: Mapped[str | None]
    """While queued: the category it was transferred to."""
    passed_over: Mapped[list[str]] = mapped_column(default=list)
    """Ids of staff who lost, declined or passed it on since a person last answered."""
    told_position: Mapped[int | None]
    told_wait_seconds: Mapped[int | None]
    told_at: Mapped[datetime | None]
    """What the waiting customer was last told about the queue, and when."""
    handoff_count: Mapped[int] = mapped_column(default=0)
    rating: Mapped[int | None]
    """Satisfaction (CSAT), 1–5."""
    nps: Mapped[int | None]
    """Would recommend, 0–10."""
    rating_comment: Mapped[str | None]
    rated_at: Mapped[datetime | None]
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
    private: Mapped[bool] = mapped_column(default=False)
    """A note among staff: customers never see it."""
    mentions: Mapped[list[str]] = mapped_column(default=list)
    """Ids of the staff a note calls."""
    quote_of: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    recalled_at: Mapped[datetime | None]
    """Taken back by its author: nobody is shown the text any more."""
    created_at: Mapped[Created]


class Turn(Base):
    """What became of one customer message.

    `state`: `pending` → `done`, or `pending` → `told` (the bot was away and the customer knows)
    → `done` once the bot has caught up.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index("ix_turn_conversation_id", "conversation_id"),
        Index("ix_turn_finished_at", "finished_at"),
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


class EarlierRating(Base):
    """What the customer answered to the survey of a matter before the present one."""

    __tablename__ = "earlier_rating"
    __table_args__ = (
        Index("ix_earlier_rating_conversation_id", "conversation_id"),
        Index("ix_earlier_rating_rated_at", "rated_at"),
        UniqueConstraint("conversation_id", "matter_seq"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    matter_seq: Mapped[int | None]
    """Where the matter began (`Conversation.matter_seq`); None of before that was kept."""
    rating: Mapped[int | None]
    nps: Mapped[int | None]
    comment: Mapped[str | None]
    rated_at: Mapped[datetime | None]


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
    stood_before: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    """`priority` and `category` of the conversation until then: what holds again when another
    release answers the message after all."""
    created_at: Mapped[Created]


class QueueWait(Base):
    """One stay in the queue: what the customer was told, and how long it was in the end."""

    __tablename__ = "queue_wait"
    __table_args__ = (
        Index("ix_queue_wait_left_at", "left_at"),
        Index("ix_queue_wait_conversation_id", "conversation_id"),
        Index(
            "uq_queue_wait_open",
            "conversation_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    category: Mapped[str | None]
    priority: Mapped[str | None]
    queued_at: Mapped[Created]
    expected_seconds: Mapped[int | None]
    """What was told first; None when nobody was online."""
    plain_seconds: Mapped[int | None]
    """The same before it was corrected by recent waits."""
    position: Mapped[int | None]
    wait_seconds: Mapped[int | None]
    """While it lasts: the place and the expected wait as the customer's page shows them."""
    left_at: Mapped[datetime | None]
    left_for: Mapped[str | None]
    """`agent`, `ticket`, or `abandoned`: the customer gave up."""


class WrapUp(Base):
    """What the agent wrote down when a conversation was over."""

    __tablename__ = "wrap_up"
    __table_args__ = (Index("ix_wrap_up_conversation_id", "conversation_id"),)

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str]
    """`resolved`, `ticket`, `unresolved` or `no_reply`."""
    root_cause: Mapped[str | None]
    category: Mapped[str | None]
    """Confirmed or corrected."""
    note: Mapped[str | None]
    created_at: Mapped[Created]


class LabelCorrection(Base):
    """A label that a person corrected; kept to learn from."""

    __tablename__ = "label_correction"
    __table_args__ = (Index("ix_label_correction_created_at", "created_at"),)

    id: Mapped[Id]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    target: Mapped[str]
    """`category`, `nature`, `impact`, `urgency`, `priority`, `sentiment` or `anger`."""
    said: Mapped[str | None]
    corrected: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
