"""A release beside another one, as it is stored and shown."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from triage.trial import Verdict


class Range(BaseModel):
    """Holds the true difference with 95 % confidence, −1–1."""

    low: float
    high: float


class Compared(BaseModel):
    """Right lines before and after (shares, 0–1). `p` is McNemar's, exact, corrected by Holm over
    everything it is shown with; the verdict goes by it, `difference` is of these lines alone."""

    n: int
    before: float
    after: float
    gained: int
    lost: int
    difference: Range
    p: float
    verdict: Verdict


class ComparedLabel(Compared):
    """One label of a part: the lines it is the truth of."""

    label: str


class Change(BaseModel):
    """A line that was right and is wrong now, or the other way round."""

    part: str
    set: str
    text: str
    expected: str
    before: str
    after: str
    confidence: float
    """Of what is said now, 0–1."""


class Confused(BaseModel):
    """How often `expected` was taken for `predicted`."""

    expected: str
    predicted: str
    before: int
    after: int


class Bin(BaseModel):
    """Predictions whose confidence lies in a tenth that begins at `low`."""

    low: float
    count: int
    confidence: float
    accuracy: float


class Calibration(BaseModel):
    """How far confidence can be believed; errors are 0–1 (Guo et al. 2017), None without lines."""

    before: list[Bin]
    after: list[Bin]
    error_before: float | None
    error_after: float | None


class Part(BaseModel):
    """Everything about one part: `faq`, `intent`, `human` or a target of triage."""

    part: str
    overall: Compared
    labels: list[ComparedLabel]
    confusion: list[Confused]
    """The commonest mistakes of either release, at most 20."""
    calibration: Calibration


class ReplayNote(BaseModel):
    """A real message that would be handled otherwise; its words are not kept here."""

    message_id: UUID
    before: str
    after: str
    """What the desk does: `answer:KEY`, `suggestions:KEY,KEY`, `intent:NAME`, `human`, `none`."""
    labels: dict[str, tuple[str, str]]
    """Labels that would be others, before and after, by target."""


class ReplayNotes(BaseModel):
    """What was found among so many messages."""

    messages: int
    changed: list[ReplayNote]


class ReplayedMessage(ReplayNote):
    """… as it is shown: the text is masked."""

    conversation_id: UUID
    text: str
    at: datetime


class Replay(BaseModel):
    """The newest real messages, asked of both releases as first messages of a conversation."""

    messages: int
    changed: list[ReplayedMessage]


class GateReason(BaseModel):
    """Something that speaks against going live (`triage.gate.Reason`)."""

    code: str
    subject: str
    n: int
    before: float
    after: float
    p: float
    limit: float


class GateOut(BaseModel):
    """What the gate says."""

    passed: bool
    reasons: list[GateReason]
    unsure: list[str]
    """Labels that nobody may miss and of which no line was compared."""


class Findings(BaseModel):
    """Two releases compared on the held-out lines and on real messages, as it is stored; what the
    gate says of it is decided when somebody asks."""

    lines: int
    """Lines that both were asked."""
    left_out: int = 0
    """… and that do not count: one of the two has learned their words."""
    parts: list[Part]
    protected: list[ComparedLabel]
    """Labels that nobody may miss (gate.yml)."""
    regressions: list[Change]
    gains: list[Change]
    replay: ReplayNotes


class Proof(BaseModel):
    """`release` compared with `against`."""

    release: int
    against: int
    lines: int
    left_out: int
    parts: list[Part]
    protected: list[ComparedLabel]
    regressions: list[Change]
    gains: list[Change]
    replay: Replay
    gate: GateOut
    """By the settings of now."""
    created_at: datetime


class ProofBeingMade(BaseModel):
    """It is not there yet: ask again in a few seconds."""

    release: int
    against: int
    state: Literal["making"] = "making"


class ProofNotMade(BaseModel):
    """Nothing came of it: it is made when somebody orders it again."""

    release: int
    against: int
    state: Literal["failed"] = "failed"
    failed_at: datetime
