"""The knowledge base: the answers customers read, and the questions the bot learns from."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.ids import new_id
from api.models.base import Base, Created, Id, JsonObject


def new_key() -> str:
    """A key for an entry that was given none."""
    return f"faq_{new_id().hex[-12:]}"


class KnowledgeEntry(Base):
    """One FAQ entry; `key` never changes, since trained models name it."""

    __tablename__ = "knowledge_entry"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[str]
    category: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str]
    task: Mapped[str | None]
    """The intent of the task that does what the entry explains."""
    active: Mapped[bool] = mapped_column(default=True)
    buttons: Mapped[list[JsonObject]] = mapped_column(default=list, server_default="[]")
    """`{"title", "text"}`, below the answer."""
    variants: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    """Answers for single channels by `web`, `wechat`, `wechat_kf`."""
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    """Answers from then and before then only."""
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    review_on: Mapped[date | None]
    """When its owner looks at it again."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    questions: Mapped[list[KnowledgeQuestion]] = relationship(
        order_by="KnowledgeQuestion.id", cascade="all, delete-orphan"
    )


class KnowledgeQuestion(Base):
    """Another wording of an entry's question."""

    __tablename__ = "knowledge_question"
    __table_args__ = (UniqueConstraint("entry_id", "text"),)

    id: Mapped[Id]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_entry.id"))
    text: Mapped[str]


class KnowledgeVersion(Base):
    """An entry as it stood after a change; never changed."""

    __tablename__ = "knowledge_version"
    __table_args__ = (UniqueConstraint("entry_id", "version"),)

    id: Mapped[Id]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("knowledge_entry.id"))
    version: Mapped[int]
    content: Mapped[JsonObject]
    """`api.knowledge.schemas.EntryContent`."""
    note: Mapped[str | None]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]


class KnowledgeDraft(Base):
    """A new entry, or a change of one, that customers are not answered from yet."""

    __tablename__ = "knowledge_draft"
    __table_args__ = (
        Index(
            "uq_knowledge_draft_entry_id",
            "entry_id",
            unique=True,
            postgresql_where=text("entry_id IS NOT NULL"),
        ),
        UniqueConstraint("key"),
    )

    id: Mapped[Id]
    entry_id: Mapped[UUID | None] = mapped_column(ForeignKey("knowledge_entry.id"))
    """What it changes; None for a new entry."""
    key: Mapped[str] = mapped_column(default=new_key)
    """The entry's, or the one it will have."""
    base_version: Mapped[int | None]
    """The entry's version it was begun from."""
    content: Mapped[JsonObject]
    """`api.knowledge.schemas.EntryContent`."""
    state: Mapped[str] = mapped_column(default="draft")
    """`draft` or `in_review`."""
    source: Mapped[str] = mapped_column(default="staff")
    """`staff` or `cluster`."""
    version: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class KnowledgeImport(Base):
    """A file of entries that is checked and, if that is wished, taken in."""

    __tablename__ = "knowledge_import"
    __table_args__ = (Index("ix_knowledge_import_created_at", "created_at"),)

    id: Mapped[Id]
    filename: Mapped[str]
    content: Mapped[bytes | None]
    """The file; gone once it has been taken in or its day is over."""
    dry_run: Mapped[bool]
    state: Mapped[str] = mapped_column(default="queued")
    """`queued`, `running`, `done` or `failed`."""
    rows: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    report: Mapped[JsonObject] = mapped_column(default=dict)
    """`api.knowledge.transfer.shapes.Report`."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    ended_at: Mapped[datetime | None]


class QuestionVector(Base):
    """What a question means, so that a process need not reckon it anew."""

    __tablename__ = "question_vector"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    """`classifier.likeness.digest_of` the question."""
    vector: Mapped[bytes]
    """float32, little-endian, of length 1."""
