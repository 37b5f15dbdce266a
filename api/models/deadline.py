"""Running clocks, and who was told when they ran out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject, Moment


class Deadline(Base):
    """One clock of a conversation, ticket, incident, follow-up or appointment (norms §2).

    It is over once `met_at` or `cancelled_at` is set. `breached_at` is set once and never
    overwritten; `warned_at` is taken back when the end is further away again.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        Index(
            "uq_deadline_running",
            *("subject_kind", "subject_id", "kind"),
            unique=True,
            postgresql_where=text("met_at IS NULL AND cancelled_at IS NULL"),
        ),
        Index("ix_deadline_subject_id", "subject_id"),
        Index(
            "ix_deadline_next_look",
            "next_look_at",
            postgresql_where=text("next_look_at IS NOT NULL"),
        ),
        Index("ix_deadline_breached_at", "breached_at"),
        Index("ix_deadline_started_at", "started_at"),
    )

    id: Mapped[Id]
    subject_kind: Mapped[str]
    """`conversation`, `ticket`, `incident`, `follow_up` or `appointment`."""
    subject_id: Mapped[UUID]
    kind: Mapped[str]
    """A name of `triage/policy/sla.yml`, a complaint or incident step, a reminder."""
    priority: Mapped[str | None]
    target_minutes: Mapped[int]
    clock: Mapped[bool]
    """True: day and night; False: in business time."""
    started_at: Mapped[Moment]
    used_seconds: Mapped[int] = mapped_column(default=0)
    """Used up before `running_since`."""
    running_since: Mapped[datetime | None]
    """None while it pauses."""
    warn_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """Both None while it pauses."""
    next_look_at: Mapped[datetime | None]
    """When the sweep must look at it next; None when nothing can happen."""
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Alert(Base):
    """Something people must be told: who was told, who took it, when it ended (norms §6)."""

    __tablename__ = "alert"
    __table_args__ = (
        Index(
            "uq_alert_open",
            *("kind", "subject_kind", "subject_id"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_alert_raised_at", "raised_at"),
        Index(
            "ix_alert_escalate_at", "escalate_at", postgresql_where=text("escalate_at IS NOT NULL")
        ),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    """`sla_warning`, `sla_breach`, `complaint_unanswered`, `repeated_complaint`, `queue_stuck`,
    `burst`, `incident`, …"""
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    level: Mapped[str]
    """`agent`, `lead` or `management`: the highest rung told so far."""
    data: Mapped[JsonObject] = mapped_column(default=dict)
    """What the text is filled with (i18n key `alert.<kind>`)."""
    told: Mapped[list[str]] = mapped_column(default=list)
    """Ids of the staff who were told."""
    raised_at: Mapped[Created]
    escalate_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    ended_at: Mapped[datetime | None]


class FollowUp(Base):
    """回访: asking again 3–7 working days after a ticket or conversation was closed."""

    __tablename__ = "follow_up"
    __table_args__ = (
        Index("ix_follow_up_due_at", "due_at"),
        Index("ix_follow_up_customer_id", "customer_id"),
    )

    id: Mapped[Id]
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    not_before: Mapped[Moment]
    due_at: Mapped[Moment]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    satisfied: Mapped[bool | None]
    result: Mapped[str | None]
    created_at: Mapped[Created]


class Reminder(Base):
    """Something to tell a customer at a time, e.g. of tomorrow's appointment; sent once."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index("uq_reminder_cause", "cause", unique=True),
        Index("ix_reminder_waiting", "at", postgresql_where=text("sent_at IS NULL")),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    cause: Mapped[str]
    """E.g. `appointment:<number>:<starts_at>:day_before`; one reminder a cause."""
    text_key: Mapped[str]
    data: Mapped[JsonObject] = mapped_column(default=dict)
    at: Mapped[Moment]
    sent_at: Mapped[datetime | None]
    created_at: Mapped[Created]


class Incident(Base):
    """A P1 or a burst of like messages, handled by timed steps (norms §2)."""

    __tablename__ = "incident"
    __table_args__ = (
        Index("uq_incident_number", "number", unique=True),
        Index("ix_incident_detected_at", "detected_at"),
    )

    id: Mapped[Id]
    number: Mapped[str]
    grade: Mapped[str]
    """`critical` 特别重大, `major` 重大, `serious` 较大, `minor` 一般."""
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    category: Mapped[str | None]
    cause: Mapped[str]
    """`p1:<conversation>`, `burst:<category>:<time>` or `manual`."""
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    detected_at: Mapped[Created]
    closed_at: Mapped[datetime | None]
    review: Mapped[str | None]
    """复盘: what was learned."""


class IncidentStep(Base):
    """One timed task of an incident."""

    __tablename__ = "incident_step"

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    due_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    result: Mapped[str | None]
