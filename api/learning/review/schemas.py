"""The review queue as it comes in and goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from api.conversations.schemas import Labelled, PersonRef
from api.learning.material.labels import checked_labels
from api.learning.material.texts import BadLine
from api.learning.review.choices import Decision, Kind, Label, Wish
from triage.packet import MessageLabels
from triage.worth import Reason

MOST_AT_ONCE = 100
State = Literal["open", "done", "skipped"]


class ReasonOut(BaseModel):
    """Why a message is worth a look."""

    code: Reason
    text: str


class ChoiceOut(BaseModel):
    """What a message may be: a question that the entry `key` answers (`faq`), an `intent`,
    `out_of_scope`, or a wish for a person (`human`); `confidence` 0–1 where one was reckoned."""

    kind: Kind
    key: str
    title: str
    confidence: float | None


class CorrectedOut(BaseModel):
    """A label that an agent corrected."""

    target: str
    said: Labelled | None
    corrected: Labelled


class LineSaid(BaseModel):
    """One message around it, masked."""

    seq: int
    author: str
    text: str


class DecidedOut(BaseModel):
    """What was decided; `proposed`: it became a question of a drafted entry. `known`: the words
    were among the wordings of the entry already, so there was nothing to add."""

    decision: Literal["right", "wrong", "skip", "proposed"]
    label: ChoiceOut | None
    known: bool
    triage: dict[str, str]
    by: PersonRef | None
    at: datetime | None


class ItemOut(BaseModel):
    """A message worth a look, its words masked. `value` is 0–1, `reasons` the weightiest first.

    `guess` is what the desk went by, or the suggestion that the customer took; `choices` are the
    runners-up, the likeliest first. `answers` are what the customer was told, `suggestions` the
    questions that were offered under it, `before` and `after` what was said last and next.
    `corrected` are labels that an agent corrected, to be sent as `triage` to learn them.
    """

    message_id: UUID
    conversation_id: UUID
    seq: int
    text: str
    at: datetime
    value: float
    reasons: list[ReasonOut]
    state: State
    outcome: str | None
    release: int | None
    guess: ChoiceOut | None
    choices: list[ChoiceOut]
    before: list[LineSaid]
    answers: list[str]
    suggestions: list[str]
    after: list[LineSaid]
    labels: MessageLabels | None
    corrected: list[CorrectedOut]
    cluster_id: UUID | None
    alike: int
    decided: DecidedOut | None


class ItemPage(BaseModel):
    """Items, the most valuable first. `open` counts all that wait for a look, `reasons` how many of
    them have each reason; `done_today` is what the reader decided today (the desk's)."""

    items: list[ItemOut]
    next: str | None
    open: int
    done_today: int
    reasons: dict[Reason, int]


class DecidedList(BaseModel):
    """Items that were decided or skipped, the last first."""

    items: list[ItemOut]


class AlikeItem(BaseModel):
    """An open item that is like another one; `score` is their cosine, 0.85–1."""

    item: ItemOut
    score: float


class AlikeList(BaseModel):
    """The likest first."""

    items: list[AlikeItem]


class LabelIn(BaseModel):
    """What a message is; `key` names the entry or the intent."""

    kind: Kind
    key: Annotated[str, Field(max_length=80)] = ""

    @model_validator(mode="after")
    def _whole(self) -> LabelIn:
        if (self.kind in ("faq", "intent")) != bool(self.key):
            raise PydanticCustomError("key", "a key for faq and intent, and for nothing else")
        return self


class DecisionIn(BaseModel):
    """`right`: the guess is; `wrong`: it is `label`, or its labels are `triage`; `skip`: nothing
    can be learned from it. `triage` (category, nature, impact, urgency, sentiment, anger) may go
    with `right`, too."""

    decision: Decision
    label: LabelIn | None = None
    triage: Annotated[dict[str, str], Field(max_length=6)] = {}

    @model_validator(mode="after")
    def _whole(self) -> DecisionIn:
        if self.decision == "wrong" and not (self.label or self.triage):
            raise PydanticCustomError("label", "wrong needs a label or triage")
        if self.decision != "wrong" and self.label:
            raise PydanticCustomError("label", "a label for wrong, and for nothing else")
        if self.decision == "skip" and self.triage:
            raise PydanticCustomError("triage", "nothing is learned from what is skipped")
        if self.triage:
            try:
                checked_labels("triage", self.triage.get("category", ""), self.triage)
            except BadLine:
                raise PydanticCustomError("triage", "no such labels") from None
        return self

    def wish(self) -> Wish:
        """The same for the service."""
        label = Label(self.label.kind, self.label.key) if self.label else None
        return Wish(self.decision, label, self.triage)


class BulkIn(DecisionIn):
    """One decision on many messages; with `right` each one's own guess holds."""

    message_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST_AT_ONCE)]


class BulkResult(BaseModel):
    """What became of one message; `code` and `message` say why it was not decided."""

    message_id: UUID
    done: bool
    code: str | None = None
    message: str | None = None


class BulkOut(BaseModel):
    """In the order they were asked in."""

    items: list[BulkResult]


class ClusterMessage(BaseModel):
    """One message of a cluster, masked."""

    message_id: UUID
    text: str


class ClusterOut(BaseModel):
    """Unknown questions about one thing. `title` is the one nearest to the middle, `terms` the
    words that stand out, `category` what most of them were labelled as; `messages` at most 20, the
    newest first; `draft_key` names the knowledge draft that was made of it."""

    id: UUID
    title: str
    terms: list[str]
    size: int
    state: Literal["open", "proposed", "dismissed"]
    category: Labelled
    messages: list[ClusterMessage]
    draft_key: str | None
    updated_at: datetime


class ClusterList(BaseModel):
    """Open clusters, the biggest first. `looked_at`: when new messages were looked at last, which
    is when they were made; None before the first time. `unknown` counts the open messages that they
    are made of, `least` is the smallest cluster."""

    items: list[ClusterOut]
    looked_at: datetime | None
    unknown: int
    least: int


class Proposed(BaseModel):
    """The draft that a cluster became: to be given an answer and published under knowledge."""

    key: str
    question: str
    questions: list[str]
    version: int
