"""The business calendar (docs/architecture.md §3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request

from api.auth.dependencies import AdminDep, StaffDep
from api.calendar import service
from api.calendar.schemas import CalendarYear, DayOut, YearOverrides
from api.context import DeskDep
from api.db import Transaction
from api.errors import (
    Conflict,
    CsrfFailed,
    Forbidden,
    NotSignedIn,
    PolicyRefused,
    ValidationFailed,
    declare,
)
from api.i18n import choose
from api.ids import today
from api.policies import service as policies

router = APIRouter(prefix="/api/v1/calendar", tags=["calendar"])

_MOST_DAYS = 400
_MONTH = 31
_LATEST = date.max - timedelta(days=_MONTH)
Year = Annotated[int, Path(ge=2000, le=2100)]


@router.get("", responses=declare(NotSignedIn))
async def list_days(
    _staff: StaffDep,
    desk: DeskDep,
    request: Request,
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> list[DayOut]:
    """Days from `from` (today) to `to` (31 days later), both included, at most 400."""
    start = first or today()
    end = last or min(start, _LATEST) + timedelta(days=_MONTH)
    if not 0 <= (end - start).days < _MOST_DAYS:
        raise ValidationFailed(fields=[{"field": "query.to", "problem": "range"}])
    async with desk.database.transaction() as tx:
        calendar = (await policies.policies(tx)).calendar
    return service.days(calendar, start, end, _language(request))


@router.get("/{year}", responses=declare(NotSignedIn))
async def show_year(year: Year, _staff: StaffDep, desk: DeskDep, request: Request) -> CalendarYear:
    """A year with what was set for it."""
    async with desk.database.transaction() as tx:
        return await _year(tx, year, _language(request))


@router.put(
    "/{year}",
    responses=declare(NotSignedIn, CsrfFailed, Forbidden, Conflict, PolicyRefused),
)
async def change_year(
    year: Year, body: YearOverrides, staff: AdminDep, desk: DeskDep, request: Request
) -> CalendarYear:
    """Set what single dates of a year are; running deadlines follow within seconds."""
    elsewhere = [on.isoformat() for on in body.overrides if on.year != year]
    if elsewhere:
        fields = [{"field": f"overrides.{on}", "problem": "other_year"} for on in elsewhere]
        raise ValidationFailed(fields=fields)
    wanted = body.model_dump(mode="json")["overrides"]
    async with desk.database.transaction() as tx:
        await service.override(tx, staff, year, wanted, body.version)
    policies.forget(tx)
    async with desk.database.transaction() as tx:
        return await _year(tx, year, _language(request))


async def _year(tx: Transaction, year: int, language: str) -> CalendarYear:
    version, overrides = await service.stored(tx)
    calendar = (await policies.policies(tx)).calendar
    return CalendarYear.model_validate(
        {
            "year": year,
            "version": version,
            "overrides": {
                on: hours for on, hours in overrides.items() if on.startswith(f"{year:04d}-")
            },
            "days": service.days(calendar, date(year, 1, 1), date(year, 12, 31), language),
        }
    )


def _language(request: Request) -> str:
    return choose(request.headers.get("accept-language"))
