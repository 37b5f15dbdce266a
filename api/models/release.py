"""Releases: one Rasa model, one classifier, and the exact data they were trained on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, JsonObject


class Release(Base):
    """Immutable but for its state: `candidate`, `live` (at most one) or `retired`."""

    __tablename__ = "release"
    __table_args__ = (
        Index("uq_release_live", "state", unique=True, postgresql_where=text("state = 'live'")),
    )

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    state: Mapped[str] = mapped_column(default="candidate")
    data_hash: Mapped[str]
    model_hash: Mapped[str]
    evaluation: Mapped[JsonObject]
    created_at: Mapped[Created]
    promoted_at: Mapped[datetime | None]
