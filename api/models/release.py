"""Releases: one Rasa model, one classifier, and the exact data they were trained on."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, JsonObject


class Release(Base):
    """Immutable but for `state`: candidate, retired, or one at most each canary, live."""

    __tablename__ = "release"
    __table_args__ = (
        Index("uq_release_live", "state", unique=True, postgresql_where=text("state = 'live'")),
        Index("uq_release_canary", "state", unique=True, postgresql_where=text("state = 'canary'")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(default="candidate")
    data_hash: Mapped[str]
    model_hash: Mapped[str]
    evaluation: Mapped[JsonObject]
    data_counts: Mapped[JsonObject] = mapped_column(default=dict, server_default="{}")
    """Lines by what they teach: `faq`, `intent`, `triage`, `human`, `word`."""
    note: Mapped[str | None]
    trained_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    erased_lines: Mapped[int] = mapped_column(default=0, server_default="0")
    """Lines taken out of its data since, because customers were erased; `data_hash` is that of the
    data it was trained on."""
    canary_share: Mapped[float | None]
    """Of new conversations, 0–1, while it is the canary."""
    created_at: Mapped[Created]
    promoted_at: Mapped[datetime | None]
