"""Tickets: requests that outlive a conversation."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject

TicketState = Literal[
    "open", "pending_customer", "pending_third_party", "resolved", "closed", "reopened"
]
"""How far a ticket is; allowed moves are in `triage.tickets`."""

NUMBERS = Sequence("ticket_number", metadata=Base.metadata)


class Ticket(Base):
    """A request with the four labels of norms §1. Its deadlines are rows of `deadline`."""

    __tablename__ = "ticket"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("cause"),
        Index("ix_ticket_customer_id", "customer_id"),
        Index("ix_ticket_conversation_id", "conversation_id"),
        Index("ix_ticket_state_updated_at", "state", "updated_at"),
        Index("ix_ticket_assignee_state", "assignee_id", "state"),
        Index("ix_ticket_parent_id", "parent_id"),
        Index("ix_ticket_created_at", "created_at"),
        Index("ix_ticket_category_created_at", "category", "created_at"),
        Index(
            "ix_ticket_tags",
            "tags",
            postgresql_using="gin",
            postgresql_ops={"tags": "jsonb_path_ops"},
        ),
    )

    id: Mapped[Id]
    number: Mapped[str]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    source: Mapped[str] = mapped_column(default="bot")
    """`bot`, `conversation`, `queue`, `form` or `api`."""
    cause: Mapped[str]
    """What asked for it, e.g. `<conversation>:<message>:request`; one ticket a cause."""
    kind: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str]
    order_number: Mapped[str | None]
    contact: Mapped[str | None]
    category: Mapped[str]
    nature: Mapped[str]
    impact: Mapped[int]
    urgency: Mapped[int]
    priority: Mapped[str]
    labels: Mapped[JsonObject] = mapped_column(default=dict)
    """Confidence and evidence of the labels (`triage.packet.MessageLabels`), where the desk made
    them."""
    state: Mapped[TicketState] = mapped_column(Text, default="open")
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    tags: Mapped[list[str]] = mapped_column(default=list)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    result: Mapped[str | None]
    root_cause: Mapped[list[str]] = mapped_column(default=list)
    """Up to five whys, the last one the root."""
    repeated: Mapped[bool] = mapped_column(default=False)
    """A repeated complaint 重复投诉 (norms §2)."""
    version: Mapped[int] = mapped_column(default=1)
    first_response_due_at: Mapped[datetime]
    resolution_due_at: Mapped[datetime]
    first_response_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class TicketEvent(Base):
    """One entry of a ticket's history. A database trigger refuses every UPDATE and DELETE."""

    __tablename__ = "ticket_event"
    __table_args__ = (Index("ix_ticket_event_ticket_id_created_at", "ticket_id", "created_at"),)

    id: Mapped[Id]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """None: the desk itself or the customer."""
    data: Mapped[JsonObject] = mapped_column(default=dict)
    """`{"field", "before", "after"}` or what the kind says (api.tickets.history)."""
    created_at: Mapped[Created]


class TicketNote(Base):
    """A note among staff, or an answer the customer can read on the status page."""

    __tablename__ = "ticket_note"
    __table_args__ = (Index("ix_ticket_note_ticket_id", "ticket_id"),)

    id: Mapped[Id]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """None: the customer, on the status page."""
    public: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str]
    mentions: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[Created]


class TicketWatcher(Base):
    """Somebody who is told what happens to a ticket."""

    __tablename__ = "ticket_watcher"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), primary_key=True)


class ChecklistItem(Base):
    """One thing to do before a ticket is done."""

    __tablename__ = "checklist_item"
    __table_args__ = (Index("ix_checklist_item_ticket_id", "ticket_id"),)

    id: Mapped[Id]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    position: Mapped[int]
    text: Mapped[str]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class TicketLink(Base):
    """Two tickets that have to do with each other."""

    __tablename__ = "ticket_link"
    __table_args__ = (
        CheckConstraint("ticket_id <> other_id", name="not_itself"),
        CheckConstraint("kind IN ('relates', 'duplicates', 'caused_by')", name="kind_known"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    other_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(default="relates")
    created_at: Mapped[Created]


class TicketMerge(Base):
    """Two tickets found to be one; undone by putting `moved` back."""

    __tablename__ = "ticket_merge"
    __table_args__ = (
        Index(
            "uq_ticket_merge_standing",
            "source_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
        Index("ix_ticket_merge_target_id", "target_id"),
    )

    id: Mapped[Id]
    source_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    target_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"))
    source_state: Mapped[str]
    moved: Mapped[JsonObject]
    """Ids of what was moved, by table."""
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class ComplaintStep(Base):
    """受理 → 调查 → 处理 → 反馈 of a complaint: who, when, with what result (norms §2)."""

    __tablename__ = "complaint_step"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    """`accept`, `investigate`, `resolve` or `feedback`."""
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str | None]
