"""What full-text search looks into: one row a message, ticket, customer or entry."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base

KINDS = ("message", "ticket", "customer", "knowledge")


class SearchEntry(Base):
    """Words, parts of words and pinyin initials of one thing (api.search.terms)."""

    __tablename__ = "search_entry"
    __table_args__ = (
        *(
            Index(
                f"ix_search_entry_{kind}",
                "terms",
                postgresql_using="gin",
                # a list of what is not sorted in yet would be read at every search
                postgresql_with={"fastupdate": "off"},
                postgresql_where=text(f"kind = '{kind}'"),
            )
            for kind in KINDS
        ),
        Index("ix_search_entry_kind_moment", "kind", "moment"),
        # long terms are read too often to lie in a table of their own
        {"postgresql_with": {"toast_tuple_target": 8160}},
    )

    kind: Mapped[str] = mapped_column(primary_key=True)
    """`message`, `ticket`, `customer` or `knowledge`."""
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    parent_id: Mapped[UUID | None]
    """The conversation of a message."""
    moment: Mapped[datetime]
    terms: Mapped[str] = mapped_column(TSVECTOR)
