"""What helps agents: files, canned replies, macros, saved filters, notifications."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject


class Attachment(Base):
    """A file of a message or ticket; the bytes lie in the desk's home under `sha256`."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_message_id", "message_id"),
        Index("ix_attachment_ticket_id", "ticket_id"),
        Index("ix_attachment_conversation_id", "conversation_id"),
    )

    id: Mapped[Id]
    conversation_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket.id"))
    name: Mapped[str]
    media_type: Mapped[str]
    """What the content is, not what the sender said it was."""
    size: Mapped[int]
    sha256: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """None: the customer."""
    knowledge: Mapped[bool] = mapped_column(default=False, server_default="false")
    """A picture for answers of the knowledge base: every customer may see it."""
    created_at: Mapped[Created]


class CannedReply(Base):
    """A reply that is ready: `text` may hold variables such as `{{customer.name}}`."""

    __tablename__ = "canned_reply"
    __table_args__ = (UniqueConstraint("shortcut"),)

    id: Mapped[Id]
    shortcut: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    category: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class Macro(Base):
    """Several actions at one key."""

    __tablename__ = "macro"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[Id]
    name: Mapped[str]
    actions: Mapped[list[JsonObject]]
    """`api.desk_tools.schemas.MacroAction`, carried out in this order."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]


class SavedView(Base):
    """A filter of the inbox or the ticket list that somebody keeps."""

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("staff_id", "place", "name"),)

    id: Mapped[Id]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    place: Mapped[str]
    """`inbox` or `tickets`."""
    name: Mapped[str]
    filter: Mapped[JsonObject]
    created_at: Mapped[Created]


class Notification(Base):
    """Something one member of staff was told."""

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_staff_id_created_at", "staff_id", "created_at"),)

    id: Mapped[Id]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    data: Mapped[JsonObject] = mapped_column(default=dict)
    """What the text is filled with (i18n key `notification.<kind>`)."""
    created_at: Mapped[Created]
    read_at: Mapped[datetime | None]
    mail_claimed_at: Mapped[datetime | None]
    """When a worker took it to send it."""
    mail_tries: Mapped[int] = mapped_column(default=0)
    """How often it was handed to a mail server that has not said what became of it."""
    mailed_at: Mapped[datetime | None]


class Setting(Base):
    """A setting that an admin changed, over what `triage/policy/*.yml` says."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[JsonObject]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[Created]
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
