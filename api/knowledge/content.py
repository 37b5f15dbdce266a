"""What an entry of the knowledge base says, as it is edited, kept in versions and compared."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from api.conversations.text import tidied
from api.knowledge.markup import pictures
from api.models import KnowledgeEntry
from api.models.base import JsonObject

Channel = Literal["web", "wechat", "wechat_kf"]
MOST_QUESTIONS = 500
MOST_BUTTONS = 5
KEY = r"^[a-z0-9][a-z0-9_-]{0,63}$"
"""What Rasa takes as the name of an intent's part."""
LISTS = frozenset({"questions"})
"""Fields whose order means nothing."""


def one_line(text: str) -> str:
    """`text` without line breaks, control characters and repeated spaces."""
    return " ".join(tidied(text).split())


def _unique(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))


Line = Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=200)]
Written = Annotated[str, AfterValidator(tidied), Field(min_length=1, max_length=4000)]
Wordings = Annotated[list[Line], AfterValidator(_unique), Field(max_length=MOST_QUESTIONS)]
Task = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class EntryButton(BaseModel):
    """A button below the answer; a tap says `text`."""

    model_config = ConfigDict(extra="forbid")

    title: Annotated[str, AfterValidator(one_line), Field(min_length=1, max_length=20)]
    text: Line


class EntryContent(BaseModel):
    """All that staff write of an entry. Answers are Markdown (`api.knowledge.markup`)."""

    model_config = ConfigDict(extra="forbid")

    category: str = Field(min_length=1, max_length=32)
    question: Line
    """The standard question, as suggestions show it."""
    questions: Wordings = []
    """Other wordings; their order means nothing."""
    answer: Written
    buttons: Annotated[list[EntryButton], Field(max_length=MOST_BUTTONS)] = []
    variants: dict[Channel, Written] = {}
    """Answers for single channels."""
    task: Task | None = None
    valid_from: AwareDatetime | None = None
    valid_to: AwareDatetime | None = None
    """Customers are given the answer from then, and before then."""
    owner_id: UUID | None = None
    review_on: date | None = None
    active: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> EntryContent:
        if self.valid_from and self.valid_to and self.valid_from >= self.valid_to:
            raise ValueError("valid_to must be later than valid_from")
        return self

    @property
    def texts(self) -> list[str]:
        """The standard question and the other wordings, each once."""
        return _unique([self.question, *self.questions])


class FieldChange(BaseModel):
    """What became of one field; of `questions` also which came and went."""

    field: str
    before: object
    after: object
    added: list[str] = []
    removed: list[str] = []


def content_of(entry: KnowledgeEntry) -> EntryContent:
    """What `entry` says now; its questions must be loaded."""
    return EntryContent.model_construct(
        category=entry.category,
        question=entry.question,
        questions=[each.text for each in entry.questions],
        answer=entry.answer,
        buttons=[EntryButton.model_construct(**button) for button in entry.buttons or []],
        variants=dict(entry.variants or {}),
        task=entry.task,
        valid_from=entry.valid_from,
        valid_to=entry.valid_to,
        owner_id=entry.owner_id,
        review_on=entry.review_on,
        active=entry.active,
    )


def stored(content: EntryContent) -> JsonObject:
    """`content` for a JSON column."""
    return content.model_dump(mode="json")


def restored(raw: JsonObject) -> EntryContent:
    """What `stored` gave, or an older version of the desk; nothing is refused any more."""
    known = {name: raw[name] for name in EntryContent.model_fields if name in raw}
    moment = {
        name: datetime.fromisoformat(known[name])
        for name in ("valid_from", "valid_to")
        if known.get(name)
    }
    return EntryContent.model_construct(
        **known
        | moment
        | {
            "buttons": [EntryButton.model_construct(**each) for each in known.get("buttons", [])],
            "owner_id": UUID(known["owner_id"]) if known.get("owner_id") else None,
            "review_on": (
                date.fromisoformat(known["review_on"]) if known.get("review_on") else None
            ),
        }
    )


def changes(before: EntryContent, after: EntryContent) -> list[FieldChange]:
    """What is different, field by field; empty when both say the same."""
    old, new = stored(before), stored(after)
    return [
        FieldChange(
            field=name,
            before=old.get(name),
            after=new.get(name),
            added=_without(new[name], old.get(name) or ()) if name in LISTS else [],
            removed=_without(old.get(name) or (), new[name]) if name in LISTS else [],
        )
        for name in EntryContent.model_fields
        if _differ(name, old.get(name), new.get(name))
    ]


def _differ(name: str, old: object, new: object) -> bool:
    if name in LISTS and isinstance(old, list) and isinstance(new, list):
        return set(old) != set(new)
    if name in ("valid_from", "valid_to") and isinstance(old, str) and isinstance(new, str):
        return datetime.fromisoformat(old) != datetime.fromisoformat(new)
    return old != new


def _without(texts: Iterable[str], others: Iterable[str]) -> list[str]:
    gone = set(others)
    return [text for text in texts if text not in gone]


def pictures_of(content: EntryContent | None) -> set[UUID]:
    """The attachments that the answers show; none without content."""
    answers = [content.answer, *content.variants.values()] if content else []
    return {each for answer in answers for each in pictures(answer)}


def content_as_raw(content: EntryContent) -> JsonObject:
    """`content` field by field, to be changed in parts and validated anew."""
    return content.model_dump()
