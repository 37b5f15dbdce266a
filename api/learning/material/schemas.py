"""What is learned from, as it comes in and goes out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from api.conversations.schemas import PersonRef
from api.i18n import say
from api.learning.material import adding, history, intents, responses
from api.learning.material.names import OwnKind, own_name
from api.learning.material.texts import Kind
from api.models import LearningEvent, TrainingLine
from api.tickets.bodies import Text, Title, Version

LineText = Annotated[str, Field(max_length=1_000)]
Texts = Annotated[list[Text], Field(min_length=1, max_length=10)]
Label = Annotated[str, Field(max_length=80)]
IntentName = Annotated[str, Field(max_length=60, pattern=r"^[a-z][a-z0-9_]*$")]
MOST_LINES = 200
"""Added with one request."""


class IntentOut(BaseModel):
    """An intent. `kind` says what follows: `task`, `feedback`, `dialogue`, `chitchat` (answered
    with a sentence), `handoff` (goes to a person) or `out_of_scope`.

    `bundled` ones come with the bot and have a dialogue. `switchable` ones may be switched off.
    `lines` are its examples; `taken_in` says whether the next training learns it."""

    name: str
    title: str
    description: str
    kind: str
    bundled: bool
    switchable: bool
    active: bool
    lines: int
    taken_in: bool
    version: int
    updated_at: datetime

    @classmethod
    def of(cls, shown: intents.Shown) -> IntentOut:
        """From an intent and what is known of it."""
        intent = shown.intent
        return cls(
            name=intent.name,
            title=intent.title,
            description=intent.description,
            kind=intent.kind,
            bundled=shown.bundled,
            switchable=shown.switchable,
            active=intent.active,
            lines=shown.lines,
            taken_in=shown.taken_in,
            version=intent.version,
            updated_at=intent.updated_at,
        )


class IntentList(BaseModel):
    """All intents; `entities` may be marked in their examples, `[红色](product)`;
    `least_examples` is how many an intent of one's own needs to be learned."""

    items: list[IntentOut]
    entities: list[str]
    least_examples: int


class IntentIn(BaseModel):
    """A new intent. It has no dialogue: a `chitchat` is answered with one of `texts`, a `handoff`
    goes to a person. Its full name begins with `chat_` or `ask_human_`, which is put before
    `name` where it is missing."""

    name: IntentName
    title: Title
    description: Annotated[str, Field(max_length=1_000)] = ""
    kind: OwnKind
    texts: Annotated[list[Text], Field(max_length=10)] = []
    examples: Annotated[list[str], Field(max_length=MOST_LINES)] = []

    @model_validator(mode="after")
    def _whole(self) -> IntentIn:
        if (self.kind == "chitchat") != bool(self.texts):
            raise PydanticCustomError("texts", "texts for chitchat, and for nothing else")
        try:
            own_name(self.name, self.kind)
        except ValueError:
            raise PydanticCustomError("name", "no such name") from None
        return self


class IntentChange(BaseModel):
    """What is to be different; `version` is the one that was read."""

    version: Version
    title: Title | None = None
    description: Annotated[str, Field(max_length=1_000)] | None = None
    active: bool | None = None


class LabelOut(BaseModel):
    """A label of a kind, what it is called, and how many lines it has."""

    label: str
    title: str
    lines: int


class LabelList(BaseModel):
    """The labels of a kind that have lines."""

    items: list[LabelOut]


class LineOut(BaseModel):
    """A line. `kind`: `intent`, `triage` (a labelled request), `human` (does it wish for a
    person?), `word` (a word of the lexicon) or `synonym`. `label`: the intent; the category; `1` or
    `0`; the part of speech, or `product`; what the synonym stands for. `source`: `bundled`,
    `staff`, `review`, `correction` or `import`."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: Kind
    label: str
    text: str
    labels: dict[str, str | int]
    source: str
    state: Literal["active", "removed"]
    created_at: datetime
    removed_at: datetime | None


class LinePage(BaseModel):
    """Lines, newest first."""

    items: list[LineOut]
    next: str | None


class LinesIn(BaseModel):
    """Lines to add under one label, each masked before it is kept. With `move` a text is taken from
    the label it has now; else it is refused."""

    kind: Kind
    label: Label
    texts: Annotated[list[LineText], Field(min_length=1, max_length=MOST_LINES)]
    labels: Annotated[dict[str, str | int], Field(max_length=8)] = {}
    move: bool = False


class RefusedLine(BaseModel):
    """A line that was not added, and why; `label` is what the text is learned as already: another
    label, or `faq/<key>`."""

    index: int
    text: str
    code: str
    message: str
    label: str | None
    line_id: UUID | None

    @classmethod
    def of(cls, line: adding.Refused, language: str) -> RefusedLine:
        """With the reason in a language."""
        message = say(f"line_problem.{line.code}", language)
        return cls(message=message, **asdict(line))


class LinesAdded(BaseModel):
    """What became of lines: `known` ones were there."""

    added: list[LineOut]
    known: list[LineOut]
    refused: list[RefusedLine]

    @classmethod
    def of(cls, outcome: adding.Outcome, language: str) -> LinesAdded:
        """With sentences in a language."""
        return cls(
            added=[LineOut.model_validate(line) for line in outcome.added],
            known=[LineOut.model_validate(line) for line in outcome.known],
            refused=[RefusedLine.of(line, language) for line in outcome.refused],
        )


class Difference(BaseModel):
    """One field before and after."""

    field: str
    before: JsonValue
    after: JsonValue


class ChangeOut(BaseModel):
    """One change of what is learned from; `kind`: `knowledge`, `intent`, `line` or `response`."""

    id: UUID
    kind: str
    subject: str
    action: str
    changes: list[Difference]
    after: dict[str, JsonValue]
    by: PersonRef | None
    created_at: datetime

    @classmethod
    def of(cls, event: LearningEvent, by: PersonRef | None) -> ChangeOut:
        """From its row and who made it."""
        return cls(
            id=event.id,
            kind=event.kind,
            subject=event.subject,
            action=event.action,
            changes=[
                Difference(field=name, before=before, after=after)
                for name, before, after in history.difference(event.before, event.after)
            ],
            after=event.after,
            by=by,
            created_at=event.created_at,
        )


class ChangePage(BaseModel):
    """Changes, newest first."""

    items: list[ChangeOut]
    next: str | None


class ResponseOut(BaseModel):
    """What the bot says in a place: one of `texts` at a time. `group` is what it is about;
    `bundled` are the texts that came with the bot; `placeholders` are filled in (`{order_number}`),
    `buttons` stand below. A change is live with the next release."""

    key: str
    group: str | None
    texts: list[str]
    bundled: list[str]
    placeholders: list[str]
    buttons: list[str]
    changed: bool
    version: int
    updated_at: datetime | None

    @classmethod
    def of(cls, shown: responses.Shown) -> ResponseOut:
        """From a response and what is known of it."""
        known = shown.bundled
        return cls(
            key=shown.key,
            group=known.group if known else None,
            texts=list(shown.texts),
            bundled=list(known.texts) if known else [],
            placeholders=list(known.placeholders) if known else [],
            buttons=list(known.buttons) if known else [],
            changed=shown.changed,
            version=shown.version,
            updated_at=shown.updated_at,
        )


class ResponseList(BaseModel):
    """All texts of the bot's dialogues."""

    items: list[ResponseOut]


class ResponseChange(BaseModel):
    """Other texts; none: the bundled ones again. `version` is 0 while nothing was changed."""

    version: Annotated[int, Field(ge=0, le=2**31 - 1)]
    texts: Annotated[list[Text], Field(max_length=10)]


def line_of(line: TrainingLine) -> LineOut:
    """A line as it goes out."""
    return LineOut.model_validate(line)
