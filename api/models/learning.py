"""What the desk learns from, what is worth a look, trainings, and which release went live when."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from api.models.base import Base, Created, Id, JsonObject

RunState = Literal["queued", "running", "done", "failed", "cancelled"]
RunReason = Literal["manual", "scheduled", "first"]


class Intent(Base):
    """What a customer may want besides an answer; the bot's tasks are made for some of them."""

    __tablename__ = "intent"

    name: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    """`task`, `feedback`, `dialogue`, `chitchat`, `handoff` or `out_of_scope`."""
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class TrainingLine(Base):
    """One line that is learned from: a wording, a labelled request, a word.

    A text is learned under one label only, so at most one line of a digest is active.
    """

    __tablename__ = "training_line"
    __table_args__ = (
        UniqueConstraint("kind", "label", "digest"),
        Index(
            "uq_training_line_active",
            "kind",
            "digest",
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
        Index("ix_training_line_kind_label", "kind", "label", "state"),
        Index("ix_training_line_customer_id", "customer_id"),
        Index("ix_training_line_message_id", "message_id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    """`intent`, `triage`, `human`, `word` or `synonym`."""
    label: Mapped[str] = mapped_column(default="")
    """Name of the intent, category of the request, `1`/`0` for wishes for a person, the word's tag
    or `product`, the synonym's value."""
    text: Mapped[str]
    """Masked; with entities marked as Rasa reads them."""
    digest: Mapped[bytes]
    """Which text it is (`api.learning.material.texts.digest`), so that a line is there once."""
    labels: Mapped[JsonObject] = mapped_column(default=dict)
    """Of kind `triage`: category, nature, impact, urgency, sentiment, anger, as far as they are
    known; of kind `word`: how frequent it is to jieba, `frequency`."""
    source: Mapped[str]
    """`bundled`, `staff`, `review`, `correction` or `import`."""
    state: Mapped[str] = mapped_column(default="active")
    """`active` or `removed`."""
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("message.id"))
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer.id"))
    """Whose words they were: an erasure removes the line."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    removed_at: Mapped[datetime | None]


class ResponseText(Base):
    """What the bot says in a place of its dialogues, in place of the bundled text."""

    __tablename__ = "response_text"

    key: Mapped[str] = mapped_column(primary_key=True)
    """Name in the bot's domain, e.g. `utter_greet`."""
    texts: Mapped[list[str]]
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[Created]
    updated_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))


class LearningEvent(Base):
    """One change of what is learned from, with what stood before."""

    __tablename__ = "learning_event"
    __table_args__ = (Index("ix_learning_event_subject", "kind", "subject", "created_at"),)

    id: Mapped[Id]
    kind: Mapped[str]
    """`knowledge`, `intent`, `line` or `response`."""
    subject: Mapped[str]
    """Key, name or id of what was changed."""
    action: Mapped[str]
    before: Mapped[JsonObject] = mapped_column(default=dict)
    after: Mapped[JsonObject] = mapped_column(default=dict)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]


class ReviewCluster(Base):
    """Unknown questions about one thing."""

    __tablename__ = "review_cluster"

    id: Mapped[Id]
    title: Mapped[str]
    """The message nearest to the middle, masked."""
    terms: Mapped[list[str]]
    size: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    """`open`, `proposed` or `dismissed`."""
    draft_key: Mapped[str | None]
    """Of the knowledge draft that was made of it."""
    created_at: Mapped[Created]
    updated_at: Mapped[Created]


class ReviewItem(Base):
    """A message worth a look, and what was decided of it."""

    __tablename__ = "review_item"
    __table_args__ = (
        Index("ix_review_item_open", "value", postgresql_where=text("state = 'open'")),
        Index("ix_review_item_cluster_id", "cluster_id"),
        Index("ix_review_item_decided", "staff_id", "decided_at"),
        Index("ix_review_item_customer_id", "customer_id"),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customer.id"))
    reasons: Mapped[list[str]]
    """Why (`triage.worth`), the weightiest first."""
    value: Mapped[float]
    """How much a look is worth, 0–1."""
    facts: Mapped[JsonObject] = mapped_column(default=dict)
    """`triage.worth.Facts`, and `chosen`: the key of the suggestion that was taken."""
    vector: Mapped[bytes | None] = mapped_column(deferred=True)
    """What it means: float32, little-endian, of length 1."""
    cluster_id: Mapped[UUID | None] = mapped_column(ForeignKey("review_cluster.id"))
    state: Mapped[str] = mapped_column(default="open")
    """`open`, `done` or `skipped`."""
    decided: Mapped[JsonObject] = mapped_column(default=dict)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    decided_at: Mapped[datetime | None]


class TrainingRun(Base):
    """One training from its wish to its release; at most one is under way."""

    __tablename__ = "training_run"
    __table_args__ = (
        Index(
            "uq_training_run_open",
            text("(true)"),
            unique=True,
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index("ix_training_run_created_at", "created_at"),
    )

    id: Mapped[Id]
    state: Mapped[RunState] = mapped_column(Text, default="queued")
    reason: Mapped[RunReason] = mapped_column(Text, default="manual")
    step: Mapped[str | None]
    """`snapshot`, `models`, `evaluation`, `comparison`, `replay`."""
    progress: Mapped[float] = mapped_column(default=0.0)
    """Of the whole, 0–1."""
    log: Mapped[str] = mapped_column(default="")
    """Its end, 20,000 characters at most."""
    problem: Mapped[str | None]
    """Why it failed: a stable code with a text in api/i18n."""
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    release: Mapped[int | None] = mapped_column(ForeignKey("release.number"))
    """What came of it."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[Created]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class ReleaseMove(Base):
    """A release went live, back, or on trial."""

    __tablename__ = "release_move"
    __table_args__ = (Index("ix_release_move_created_at", "created_at"),)

    id: Mapped[Id]
    action: Mapped[str]
    """`promote`, `rollback`, `canary_start`, `canary_stop`."""
    release: Mapped[int] = mapped_column(ForeignKey("release.number"))
    before: Mapped[int | None] = mapped_column(ForeignKey("release.number"))
    """The release that was live until then."""
    share: Mapped[float | None]
    """Of new conversations that a canary is given, 0–1."""
    overrode: Mapped[bool] = mapped_column(default=False)
    """Whether the gate was against it."""
    reason: Mapped[str | None]
    figures: Mapped[JsonObject] = mapped_column(default=dict)
    """How the canary did until it was stopped (`api.learning.rollout.schemas.CanaryFigures`)."""
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff.id"))
    """None when the desk did it by itself."""
    created_at: Mapped[Created]


class ReleaseProof(Base):
    """A release compared with another one; never changed once it is there."""

    __tablename__ = "release_proof"

    release: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    against: Mapped[int] = mapped_column(ForeignKey("release.number"), primary_key=True)
    result: Mapped[JsonObject]
    """`api.learning.proof.shapes.Findings`; the gate decides on it with the settings of now."""
    created_at: Mapped[Created]
