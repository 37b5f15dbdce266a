"""Alerts, incidents and follow-ups (docs/architecture.md §3)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request
from sqlalchemy import select

from api.audit import service as audit
from api.auth.dependencies import StaffDep
from api.auth.service import Role
from api.context import DeskDep
from api.conversations import access
from api.deadlines import alerts, follow_ups, incidents
from api.deadlines.follow_ups import Due
from api.deadlines.incidents import Report
from api.deadlines.schemas import (
    AlertList,
    AlertOut,
    FollowUpDone,
    FollowUpList,
    FollowUpOut,
    IncidentChange,
    IncidentList,
    IncidentOut,
    NewIncident,
    Review,
    StepChange,
    StepResult,
)
from api.deadlines.views import alerts_out, follow_ups_out, incidents_out
from api.errors import (
    AlreadyDone,
    CsrfFailed,
    Forbidden,
    NotFound,
    NotSignedIn,
    ResultRequired,
    StepNotAllowed,
    TooEarly,
    UnknownStaff,
    declare,
)
from api.i18n import choose
from api.ids import new_id, now
from api.models import Alert, Incident
from api.paging import CursorParameter, Limit, cut_by, page_of
from triage.policy.incidents import IncidentStep

alerts_router = APIRouter(prefix="/api/v1/alerts", tags=["alerts"])
incidents_router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"])
follow_ups_router = APIRouter(prefix="/api/v1/follow-ups", tags=["follow-ups"])

_READING = declare(NotSignedIn)
_DOING = declare(NotSignedIn, CsrfFailed, NotFound)
_STEPPING = _DOING | declare(ResultRequired) | declare(AlreadyDone, StepNotAllowed)


@alerts_router.get("", responses=_READING)
async def list_alerts(
    staff: StaffDep,
    desk: DeskDep,
    request: Request,
    still_open: Annotated[bool, Query(alias="open")] = True,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> AlertList:
    """Alerts, the newest first: those that have not ended, or with `open=false` all."""
    query = select(Alert).where(alerts.visible(staff))
    if still_open:
        query = query.where(Alert.ended_at.is_(None))
    query = page_of(query, Alert.raised_at.expression, Alert.id.expression, cursor, limit)
    async with desk.database.transaction() as tx:
        rows = (await tx.scalars(query)).all()
        found, following = cut_by(rows, limit, lambda alert: alert.raised_at)
        language = choose(request.headers.get("accept-language"))
        return AlertList(items=await alerts_out(tx, found, language), next=following)


@alerts_router.post("/{alert_id}/acknowledge", responses=_DOING)
async def acknowledge_alert(
    alert_id: UUID, staff: StaffDep, desk: DeskDep, request: Request
) -> AlertOut:
    """Take it: nobody else is told. Who was first stays."""
    async with desk.database.transaction() as tx:
        alert = await alerts.acknowledge(tx, alert_id, staff)
        language = choose(request.headers.get("accept-language"))
        (shown,) = await alerts_out(tx, [alert], language)
    return shown


@incidents_router.get("", responses=_READING)
async def list_incidents(
    _staff: StaffDep,
    desk: DeskDep,
    still_open: Annotated[bool, Query(alias="open")] = True,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> IncidentList:
    """Incidents, the newest first: those that are not closed, or with `open=false` all."""
    query = select(Incident)
    if still_open:
        query = query.where(Incident.closed_at.is_(None))
    moment, row_id = Incident.detected_at.expression, Incident.id.expression
    async with desk.database.transaction() as tx:
        rows = (await tx.scalars(page_of(query, moment, row_id, cursor, limit))).all()
        found, following = cut_by(rows, limit, lambda incident: incident.detected_at)
        return IncidentList(items=await incidents_out(tx, found), next=following)


@incidents_router.post("", status_code=201, responses=declare(NotSignedIn, CsrfFailed, NotFound))
async def open_incident(body: NewIncident, staff: StaffDep, desk: DeskDep) -> IncidentOut:
    """Open one by hand; those concerned are told at once."""
    report = Report(
        cause=f"manual:{new_id()}",
        title=body.title,
        description=body.description,
        grade=body.grade,
        category=body.category,
        conversation_id=body.conversation_id,
        owner_id=staff.id,
    )
    async with desk.database.transaction() as tx:
        if body.conversation_id is not None:
            await access.find(tx, staff, body.conversation_id)
        incident = await incidents.open_incident(tx, report)
        (shown,) = await incidents_out(tx, [incident])
    return shown


@incidents_router.get("/{number}", responses=declare(NotSignedIn, NotFound))
async def show_incident(number: str, _staff: StaffDep, desk: DeskDep) -> IncidentOut:
    """One incident with its steps."""
    async with desk.database.transaction() as tx:
        (shown,) = await incidents_out(tx, [await incidents.find(tx, number)])
    return shown


@incidents_router.patch("/{number}", responses=_DOING | declare(Forbidden, UnknownStaff))
async def change_incident(
    number: str, body: IncidentChange, staff: StaffDep, desk: DeskDep
) -> IncidentOut:
    """Change what is known of it or who is in charge; its grade is a supervisor's to change."""
    given = body.model_fields_set
    if body.grade is not None and not staff.role.covers(Role.SUPERVISOR):
        raise Forbidden
    async with desk.database.transaction() as tx:
        incident = await incidents.find(tx, number, lock=True)
        incident.title = body.title or incident.title
        if body.description is not None:
            incident.description = body.description
        if "category" in given:
            incident.category = body.category
        if "owner_id" in given:
            await incidents.give(tx, incident, body.owner_id, staff)
        if body.grade is not None:
            before = incident.grade
            await incidents.regrade(tx, incident, body.grade)
            graded = {"before": before, "after": body.grade}
            await audit.record(tx, staff, "incident_regraded", "incident", incident.number, graded)
        (shown,) = await incidents_out(tx, [incident])
    return shown


@incidents_router.patch(
    "/{number}/steps/{step}", responses=_DOING | declare(AlreadyDone, UnknownStaff)
)
async def change_incident_step(
    number: str, step: IncidentStep, body: StepChange, staff: StaffDep, desk: DeskDep
) -> IncidentOut:
    """Say who is in charge of a step that is still to be done; they are told."""
    async with desk.database.transaction() as tx:
        incident = await incidents.give_step(tx, number, step, body.owner_id, staff)
        (shown,) = await incidents_out(tx, [incident])
    return shown


@incidents_router.post("/{number}/steps/{step}", responses=_STEPPING)
async def finish_incident_step(
    number: str, step: IncidentStep, body: StepResult, staff: StaffDep, desk: DeskDep
) -> IncidentOut:
    """A step was done; they are done in their order."""
    async with desk.database.transaction() as tx:
        incident = await incidents.finish_step(tx, number, step, staff, body.result)
        (shown,) = await incidents_out(tx, [incident])
    return shown


@incidents_router.post("/{number}/close", responses=_STEPPING)
async def close_incident(number: str, body: Review, staff: StaffDep, desk: DeskDep) -> IncidentOut:
    """Close it with its review (复盘), the last step; a supervisor may as a false alarm."""
    if body.false_alarm and not staff.role.covers(Role.SUPERVISOR):
        raise Forbidden
    async with desk.database.transaction() as tx:
        incident = await incidents.close(
            tx, number, staff, body.review, false_alarm=body.false_alarm
        )
        if body.false_alarm:
            said = {"review": body.review}
            await audit.record(tx, staff, "false_alarm", "incident", incident.number, said)
        (shown,) = await incidents_out(tx, [incident])
    return shown


@follow_ups_router.get("", responses=_READING)
async def list_follow_ups(
    staff: StaffDep,
    desk: DeskDep,
    mine: Annotated[bool, Query()] = False,
    due: Annotated[Due, Query()] = "open",
    limit: Limit = 100,
) -> FollowUpList:
    """Customers to ask again: `now` in their window or after it, `later`, both (`open`), `done`."""
    moment = now()
    async with desk.database.transaction() as tx:
        found = await follow_ups.listed(tx, staff, due, moment, limit, mine=mine)
        return FollowUpList(items=await follow_ups_out(tx, found, moment))


@follow_ups_router.post("/{follow_up_id}/done", responses=_DOING | declare(AlreadyDone, TooEarly))
async def finish_follow_up(
    follow_up_id: UUID, body: FollowUpDone, staff: StaffDep, desk: DeskDep
) -> FollowUpOut:
    """The customer was asked."""
    async with desk.database.transaction() as tx:
        task = await follow_ups.finish(
            tx, follow_up_id, staff, satisfied=body.satisfied, result=body.result
        )
        (shown,) = await follow_ups_out(tx, [task], now())
    return shown
