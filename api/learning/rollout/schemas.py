"""Releases, their moves and the canary as staff see them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from api.conversations.schemas import PersonRef
from triage.canary import Measure
from triage.trial import Verdict

OverrideReason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=10, max_length=500)
]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class MoveOut(BaseModel):
    """A move of a release. `by` is None when the desk made it by itself; `before` was live then."""

    action: str
    release: int
    before: int | None
    share: float | None
    overrode: bool
    reason: str | None
    by: PersonRef | None
    created_at: datetime


class ReleaseOut(BaseModel):
    """One release with its evaluation on held-out data, how many lines of each kind it learned
    (`data_counts`), and its moves, newest first. `rollback`: a rollback would bring it back.
    `passed`: what the gate says of it beside the live release; None when nobody has compared them.
    `compared_with`: the release that its newest proof lays it beside; None without a proof.
    """

    number: int
    state: str
    created_at: datetime
    promoted_at: datetime | None
    data_hash: str
    data_counts: dict[str, Any]
    erased_lines: int
    """Lines that were taken out of its data since, because customers were erased; its models know
    them still."""
    evaluation: dict[str, Any]
    note: str | None
    trained_by: PersonRef | None
    canary_share: float | None
    passed: bool | None
    compared_with: int | None
    rollback: bool
    moves: list[MoveOut]


class ReleaseList(BaseModel):
    """Releases, newest first."""

    items: list[ReleaseOut]


class Promotion(BaseModel):
    """`override_reason`: go live although the gate is against it; audited."""

    override_reason: OverrideReason | None = None


class Rollback(BaseModel):
    """Why, if somebody wants to say so."""

    reason: Why | None = None


class CanaryWish(BaseModel):
    """Which share of the conversations that begin from now on it is given."""

    share: float = Field(ge=0.01, le=0.5)
    override_reason: OverrideReason | None = None


class RateOut(BaseModel):
    """`hits` of `n` conversations; no share of none."""

    hits: int
    n: int
    share: float | None


class TrackFigures(BaseModel):
    """Conversations of one track that began since the start and whose first turn is over.

    `answered` got an answer or suggestions of the knowledge base, `rejected` are those of them
    whose customer said that it did not help; in `failed` the bot was away or found nothing to say;
    `dissatisfied` gave 3 points or fewer. `by_canary` of the `turns` were the canary's: the live
    release answers while its model is being loaded. `containment`: the share without a person.
    """

    begun: int
    turns: int
    by_canary: int
    handed_off: int
    answered: int
    rejected: int
    failed: int
    rated: int
    dissatisfied: int
    containment: float | None
    csat: float | None


class MeasureOut(BaseModel):
    """One measure on both tracks, of which less is better. `p` may be looked at at any time."""

    measure: Measure
    live: RateOut
    canary: RateOut
    p: float
    verdict: Verdict


class CanaryFigures(BaseModel):
    """How the canary does beside the release that was live at its start."""

    release: int
    live: int
    share: float
    since: datetime
    tracks: dict[str, TrackFigures]
    measures: list[MeasureOut]


class CanaryEnd(BaseModel):
    """How the last trial ended; `reason` is `worse:MEASURE` when the desk stopped it."""

    move: MoveOut
    figures: CanaryFigures | None


class CanaryOut(BaseModel):
    """The trial that runs, and the last one that ended."""

    running: CanaryFigures | None
    last: CanaryEnd | None
