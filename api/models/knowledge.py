"""The knowledge base: the answers customers read, and the questions the bot learns from."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.models.base import Base, Created, Id


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
