"""What full-text search looks into: one row a conversation, ticket, customer or entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base


class SearchEntry(Base):
    """Words, parts of words and pinyin initials of one thing (api.search.terms)."""

    __tablename__ = "search_entry"
    __table_args__ = (
        Index("ix_search_entry_terms", "terms", postgresql_using="gin"),
        Index("ix_search_entry_kind_moment", "kind", "moment"),
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    """`message`, `ticket`, `customer` or `knowledge`."""
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    """The conversation of a message."""
    moment: Mapped[datetime]
    terms: Mapped[str] = mapped_column(TSVECTOR)
