"""What is learned from: supervisors read, admins write."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Path, Query

from api.auth.dependencies import AdminDep, SupervisorDep
from api.context import DeskDep
from api.conversations import repository as people
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.errors import (
    BadExamples,
    Conflict,
    CsrfFailed,
    Forbidden,
    IntentNeeded,
    LineConflict,
    NameTaken,
    NotFound,
    NotSignedIn,
    UnknownPlaceholder,
    declare,
)
from api.i18n import choose, say, texts
from api.learning.material import adding, history, intents, lines, responses
from api.learning.material.bundle import entities
from api.learning.material.names import LEAST_EXAMPLES
from api.learning.material.schemas import (
    ChangeOut,
    ChangePage,
    IntentChange,
    IntentIn,
    IntentList,
    IntentName,
    IntentOut,
    LabelList,
    LabelOut,
    LineOut,
    LinePage,
    LinesAdded,
    LinesIn,
    RefusedLine,
    ResponseChange,
    ResponseList,
    ResponseOut,
    line_of,
)
from api.learning.material.texts import Kind
from api.models import LearningEvent
from api.paging import CursorParameter, Limit, cut
from classifier.labels import label_name

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

_READING = declare(NotSignedIn, Forbidden)
_WRITING = declare(NotSignedIn, CsrfFailed, Forbidden)
_Key = Annotated[str, Path(max_length=80)]


@router.get("/intents", responses=_READING)
async def list_intents(_staff: SupervisorDep, desk: DeskDep) -> IntentList:
    """All intents by kind and name."""
    async with desk.database.transaction() as tx:
        found = [IntentOut.of(shown) for shown in await intents.listing(tx)]
    return IntentList(items=found, entities=list(entities()), least_examples=LEAST_EXAMPLES)


@router.post(
    "/intents",
    status_code=201,
    responses=_WRITING | declare(NameTaken, UnknownPlaceholder, BadExamples),
)
async def add_intent(
    body: IntentIn,
    staff: AdminDep,
    desk: DeskDep,
    accept_language: Annotated[str | None, Header()] = None,
) -> IntentOut:
    """Add an intent that is answered with a sentence or goes to a person; all of it, or nothing."""
    wanted = intents.NewIntent(**body.model_dump())
    async with desk.database.transaction() as tx:
        made, refused = await intents.create(tx, staff, wanted)
        if refused:
            language = choose(accept_language)
            named = [RefusedLine.of(each, language).model_dump(mode="json") for each in refused]
            raise BadExamples(examples=named)
    return IntentOut.of(made)


@router.patch("/intents/{name}", responses=_WRITING | declare(NotFound, Conflict, IntentNeeded))
async def change_intent(
    name: IntentName, body: IntentChange, staff: AdminDep, desk: DeskDep
) -> IntentOut:
    """Rename, describe, or switch an intent off or on from the next release on."""
    async with desk.database.transaction() as tx:
        wanted = intents.Change(**body.model_dump())
        return IntentOut.of(await intents.change(tx, staff, name, wanted))


@router.get("/labels", responses=_READING)
async def list_line_labels(_staff: SupervisorDep, desk: DeskDep, kind: Kind) -> LabelList:
    """What the lines of a kind are labelled with, and how many each label has."""
    async with desk.database.transaction() as tx:
        found = await lines.counts(tx, kind)
        titles = {it.intent.name: it.intent.title for it in await intents.listing(tx)}
    return LabelList(
        items=[
            LabelOut(label=label, title=_title(kind, label, titles), lines=count)
            for label, count in sorted(found.items())
        ]
    )


@router.get("/lines", responses=_READING)
async def list_lines(
    _staff: SupervisorDep,
    desk: DeskDep,
    kind: Kind,
    label: Annotated[str | None, Query(max_length=80)] = None,
    query: Annotated[str | None, Query(max_length=200)] = None,
    state: Literal["active", "removed"] = "active",
    source: Annotated[str | None, Query(max_length=20)] = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> LinePage:
    """Lines of a kind, newest first; `query` stands in the line."""
    wanted = lines.Filter(kind, label, query, state, source)
    async with desk.database.transaction() as tx:
        found, following = cut(await lines.page(tx, wanted, cursor, limit), limit)
    return LinePage(items=[line_of(line) for line in found], next=following)


@router.post("/lines", responses=_WRITING)
async def add_lines(
    body: LinesIn,
    staff: AdminDep,
    desk: DeskDep,
    accept_language: Annotated[str | None, Header()] = None,
) -> LinesAdded:
    """Add lines under one label; what cannot be is named, the others are added."""
    wanted = [adding.Wanted(text, body.label, body.labels) for text in body.texts]
    async with desk.database.transaction() as tx:
        outcome = await adding.add(tx, staff, body.kind, wanted, move=body.move)
    return LinesAdded.of(outcome, choose(accept_language))


@router.post("/lines/{line_id}/remove", responses=_WRITING | declare(NotFound))
async def remove_line(line_id: UUID, staff: AdminDep, desk: DeskDep) -> LineOut:
    """Take a line out of the next training."""
    async with desk.database.transaction() as tx:
        return line_of(await lines.remove(tx, staff, line_id))


@router.post("/lines/{line_id}/restore", responses=_WRITING | declare(NotFound, LineConflict))
async def restore_line(line_id: UUID, staff: AdminDep, desk: DeskDep) -> LineOut:
    """Put a line back."""
    async with desk.database.transaction() as tx:
        return line_of(await lines.restore(tx, staff, line_id))


@router.get("/history", responses=_READING)
async def learning_history(
    _staff: SupervisorDep,
    desk: DeskDep,
    kind: Literal["knowledge", "intent", "line", "response"] | None = None,
    subject: Annotated[str | None, Query(max_length=80)] = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> ChangePage:
    """Changes of what is learned from, newest first, with what stood before."""
    async with desk.database.transaction() as tx:
        page = await history.page(tx, kind, subject, cursor, limit)
        found, following = cut(page, limit)
        by = await _people(tx, found)
    return ChangePage(
        items=[ChangeOut.of(event, by.get(event.staff_id)) for event in found], next=following
    )


@router.get("/responses", responses=_READING)
async def list_responses(_staff: SupervisorDep, desk: DeskDep) -> ResponseList:
    """What the bot says in its dialogues."""
    async with desk.database.transaction() as tx:
        found = await responses.listing(tx)
    return ResponseList(items=[ResponseOut.of(shown) for shown in found])


@router.get("/responses/{key}", responses=_READING | declare(NotFound))
async def show_response(key: _Key, _staff: SupervisorDep, desk: DeskDep) -> ResponseOut:
    """One of them."""
    async with desk.database.transaction() as tx:
        return ResponseOut.of(await responses.read(tx, key))


@router.put(
    "/responses/{key}",
    responses=_WRITING | declare(NotFound, Conflict, UnknownPlaceholder),
)
async def change_response(
    key: _Key, body: ResponseChange, staff: AdminDep, desk: DeskDep
) -> ResponseOut:
    """Say something else from the next release on."""
    async with desk.database.transaction() as tx:
        return ResponseOut.of(await responses.change(tx, staff, key, body.texts, body.version))


async def _people(tx: Transaction, events: list[LearningEvent]) -> dict[UUID | None, PersonRef]:
    ids = {event.staff_id for event in events if event.staff_id is not None}
    names = await people.staff_names(tx, ids)
    return {each: PersonRef(id=each, display_name=names.get(each, "")) for each in ids}


def _title(kind: Kind, label: str, intent_titles: dict[str, str]) -> str:
    if kind == "intent":
        return intent_titles.get(label, label)
    if kind == "triage":
        return label_name("category", label)
    key = f"line_label.{kind}_{label}"
    return say(key) if key in texts("zh") else label
