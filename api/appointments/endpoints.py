"""Visits in the console (docs/architecture.md §3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from api.appointments.schemas import AppointmentOut, NewTime, SlotList, SlotOut
from api.appointments.service import Visits
from api.auth.dependencies import StaffDep
from api.context import Desk, DeskDep
from api.errors import (
    AppointmentNotFound,
    CsrfFailed,
    NotPossible,
    NotSignedIn,
    Unavailable,
    declare,
)
from api.ids import now

router = APIRouter(prefix="/api/v1/appointments", tags=["appointments"])

_READING = declare(NotSignedIn, Unavailable)
_CHANGING = declare(NotSignedIn, CsrfFailed, AppointmentNotFound, NotPossible, Unavailable)
_SHOWN = timedelta(days=14)
_LATEST = datetime.max.replace(tzinfo=UTC) - _SHOWN


def _visits(desk: Desk) -> Visits:
    return Visits(desk.database, desk.shop)


@router.get("", responses=_READING)
async def list_appointments(
    _staff: StaffDep,
    desk: DeskDep,
    start: Annotated[AwareDatetime | None, Query(alias="from")] = None,
    end: Annotated[AwareDatetime | None, Query(alias="to")] = None,
) -> list[AppointmentOut]:
    """Visits that begin from `from` (now) on and before `to` (14 days later), at most 500."""
    first = start or now()
    last = end or min(first, _LATEST) + _SHOWN
    return await _visits(desk).between(first, last)


@router.get("/{number}/slots", responses=_READING | declare(AppointmentNotFound))
async def list_free_times(number: str, _staff: StaffDep, desk: DeskDep) -> SlotList:
    """Times to which the visit can be moved."""
    found = await _visits(desk).slots(number)
    return SlotList(
        items=[SlotOut(starts_at=each.starts_at, ends_at=each.ends_at) for each in found]
    )


@router.post("/{number}/change", responses=_CHANGING)
async def change_appointment(
    number: str, body: NewTime, staff: StaffDep, desk: DeskDep
) -> AppointmentOut:
    """Move a visit; `details.reason` of a refusal: past, slot_taken, too_late, cancelled, done."""
    visits = _visits(desk)
    (shown,) = await visits.shown([await visits.change(staff, number, body.starts_at)])
    return shown


@router.post("/{number}/cancel", responses=_CHANGING)
async def cancel_appointment(number: str, staff: StaffDep, desk: DeskDep) -> AppointmentOut:
    """Call a visit off; `details.reason` of a refusal: too_late, cancelled, done."""
    visits = _visits(desk)
    (shown,) = await visits.shown([await visits.cancel(staff, number)])
    return shown


@router.post("/{number}/complete", responses=_CHANGING)
async def complete_appointment(number: str, staff: StaffDep, desk: DeskDep) -> AppointmentOut:
    """A visit has taken place; `details.reason` of a refusal: not_begun, cancelled, done."""
    visits = _visits(desk)
    (shown,) = await visits.shown([await visits.complete(staff, number)])
    return shown
