"""Bodies of the knowledge endpoints."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.conversations.schemas import Labelled, PersonRef
from api.knowledge.content import (
    KEY,
    MOST_BUTTONS,
    Channel,
    EntryButton,
    EntryContent,
    FieldChange,
    Line,
    Task,
    Wordings,
    Written,
)

Note = Annotated[str, Field(max_length=200)]
"""Why something was changed; kept with the version."""
Key = Annotated[str, Field(pattern=KEY)]
DraftState = Literal["draft", "in_review"]


class DraftMark(BaseModel):
    """That an entry has a draft."""

    state: DraftState
    author: PersonRef | None
    updated_at: datetime


class KnowledgeEntryOut(BaseModel):
    """One entry with all its wordings."""

    key: str
    category: Labelled
    question: str
    answer: str
    questions: list[str]
    buttons: list[EntryButton]
    variants: dict[Channel, str]
    task: str | None
    """The task of the bot that does what the entry explains."""
    valid_from: datetime | None
    valid_to: datetime | None
    owner: PersonRef | None
    review_on: date | None
    active: bool
    state: Literal["published", "off", "scheduled", "expired"]
    """Customers are given `published` ones."""
    learned: bool | None
    """Whether the live release was trained with it: until then the bot does not find it. None
    where that is not known."""
    draft: DraftMark | None
    version: int
    updated_at: datetime


class DraftOut(BaseModel):
    """A new entry or a change that customers are not answered from yet."""

    key: str
    content: EntryContent
    state: DraftState
    source: Literal["staff", "cluster"]
    author: PersonRef | None
    base_version: int | None
    """The entry's version it was begun from; None for a new entry."""
    version: int
    created_at: datetime
    updated_at: datetime


class KnowledgeList(BaseModel):
    """The last changed first, and on the first page drafts of entries that are not there yet."""

    items: list[KnowledgeEntryOut]
    total: int
    """Entries on all pages."""
    drafts: list[DraftOut]
    next: str | None


class VersionOut(BaseModel):
    """An entry as it stood; `changes` is what this version changed of the one before."""

    version: int
    content: EntryContent
    changes: list[FieldChange]
    note: str | None
    staff: PersonRef | None
    created_at: datetime


class VersionList(BaseModel):
    """Versions, the newest first."""

    items: list[VersionOut]


class KnowledgePage(BaseModel):
    """All there is under a key: the entry, if it was ever published, its draft, its versions."""

    entry: KnowledgeEntryOut | None
    draft: DraftOut | None
    versions: list[VersionOut]


class NewEntry(BaseModel):
    """A new entry; without `publish` a draft. Without a `key` it is given one."""

    key: Key | None = None
    content: EntryContent
    publish: bool = False
    note: Note | None = None


class KnowledgeChange(BaseModel):
    """What changes; what is left out stays. `version`, if given, must be the one that was read."""

    model_config = ConfigDict(extra="forbid")

    category: str | None = Field(default=None, min_length=1, max_length=32)
    question: Line | None = None
    questions: Wordings | None = None
    answer: Written | None = None
    buttons: list[EntryButton] | None = Field(default=None, max_length=MOST_BUTTONS)
    variants: dict[Channel, Written] | None = None
    task: Task | None = None
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    owner_id: UUID | None = None
    review_on: date | None = None
    active: bool | None = None
    version: int | None = None
    note: Note | None = None


class DraftChange(BaseModel):
    """The whole draft. `version` is the draft's that was read, None when there was none;
    `base_version`, if given, the entry's version that the draft now goes by."""

    content: EntryContent
    version: int | None = None
    base_version: int | None = None


class DraftMove(BaseModel):
    """`version` is the draft's that was read."""

    version: int
    note: Note | None = None


class Restore(BaseModel):
    """The version to go back to; `current`, if given, must be the entry's version that was read."""

    version: int
    current: int | None = None


class SimilarQuestion(BaseModel):
    """A question being written."""

    text: str = Field(min_length=1, max_length=200)
    except_key: str | None = Field(default=None, max_length=64)


class SimilarEntry(BaseModel):
    """An entry with a question like it; `score` 0–1."""

    key: str
    question: str
    text: str
    """The one of its questions that is most like it."""
    score: float
    kind: Literal["same", "near", "alike"]
    """`same` cannot be published, `near` is a warning."""


class SimilarList(BaseModel):
    """The best first; `complete` is False while the questions of an import are still read."""

    items: list[SimilarEntry]
    complete: bool


class Lookup(BaseModel):
    """Keys whose answers are wanted, as the channel of the conversation shows them."""

    keys: list[str] = Field(max_length=20)
    conversation_id: UUID | None = None
    """Without it the answers are plain text."""


class FoundEntry(BaseModel):
    """An entry customers are given now."""

    key: str
    category: str
    question: str
    answer: str
    buttons: list[EntryButton]
    task: str | None


class LookupResult(BaseModel):
    """Entries in the order of the keys; unknown or inactive ones are left out."""

    entries: list[FoundEntry]
