"""The business calendar: shown, overridden by an admin, and followed by the clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from api.ids import SHOP_TIME
from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person
from tests.support.timing import set_calendar, sweep

PATH = "/api/v1/calendar"
WEEK = ("2026-02-14", "2026-02-24")


@pytest.fixture
async def admin(rig: Rig) -> Person:
    """An admin of a desk with the usual hours."""
    await set_calendar(rig, {})
    return await person(rig, "admin")


async def days(by: Person, first: str, last: str, **headers: str) -> dict[str, dict[str, Any]]:
    answer = await by.http.get(PATH, params={"from": first, "to": last}, headers=headers)
    assert answer.status_code == 200, answer.text
    return {day["date"]: day for day in answer.json()}


async def test_holidays_and_make_up_days_are_shown_by_name(admin: Person) -> None:
    shown = await days(admin, *WEEK)
    assert len(shown) == 11
    assert (shown["2026-02-17"]["working"], shown["2026-02-17"]["name"]) == (False, "春节")
    made_up = shown["2026-02-14"]
    assert (made_up["working"], made_up["kind"], made_up["name"]) == (True, "make_up", "春节")
    ordinary = shown["2026-02-24"]
    assert ordinary["hours"] == [["09:00", "12:00"], ["13:00", "20:00"]]
    assert (ordinary["name"], ordinary["certain"]) == (None, True)
    english = await days(admin, *WEEK, **{"Accept-Language": "en"})
    assert english["2026-02-17"]["name"] == "Spring Festival"


async def test_a_year_that_is_not_announced_says_so(admin: Person) -> None:
    shown = await days(admin, "2031-02-03", "2031-02-03")
    assert shown["2031-02-03"]["certain"] is False


async def test_an_admin_sets_single_dates_of_a_year(admin: Person) -> None:
    wanted = {"2031-02-03": "closed", "2031-02-08": [["10:00", "16:00"]]}
    answer = await admin.http.put(f"{PATH}/2031", json={"overrides": wanted})
    assert answer.status_code == 200, answer.text
    assert answer.json()["overrides"] == wanted
    assert len(answer.json()["days"]) == 365
    await admin.http.put(f"{PATH}/2032", json={"overrides": {"2032-01-01": "closed"}})
    shown = await days(admin, "2031-02-03", "2031-02-08")
    assert (shown["2031-02-03"]["working"], shown["2031-02-08"]["working"]) == (False, True)
    assert shown["2031-02-03"]["kind"] == "override"
    assert (shown["2031-02-03"]["usual_kind"], shown["2031-02-08"]["usual_hours"]) == (
        *("weekday", []),
    )
    assert shown["2031-02-03"]["usual_hours"] == [["09:00", "12:00"], ["13:00", "20:00"]]
    emptied = await admin.http.put(f"{PATH}/2031", json={"overrides": {}})
    assert emptied.json()["overrides"] == {}
    kept = await admin.http.get(f"{PATH}/2032")
    assert kept.json()["overrides"] == {"2032-01-01": "closed"}


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        ({"2031-02-03": [["16:00", "10:00"]]}, "policy_refused"),
        ({"2031-02-03": [["09:00", "12:00"], ["11:00", "13:00"]]}, "policy_refused"),
        ({"2031-02-03": [["25:00", "26:00"]]}, "policy_refused"),
        ({"2031-02-03": [["09:00"]]}, "validation_failed"),
        ({"2031-02-30": "closed"}, "validation_failed"),
        ({"2032-02-03": "closed"}, "validation_failed"),
        ({"2031-02-03": "open"}, "validation_failed"),
    ],
)
async def test_what_is_no_day_is_refused(
    admin: Person, overrides: dict[str, Any], code: str
) -> None:
    answer = await admin.http.put(f"{PATH}/2031", json={"overrides": overrides})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)
    assert (await admin.http.get(f"{PATH}/2031")).json()["overrides"] == {}


async def test_a_stale_version_is_a_conflict(admin: Person) -> None:
    version = (await admin.http.get(f"{PATH}/2031")).json()["version"]
    body = {"overrides": {"2031-02-03": "closed"}, "version": version}
    assert (await admin.http.put(f"{PATH}/2031", json=body)).status_code == 200
    assert (await admin.http.put(f"{PATH}/2031", json=body)).status_code == 409


async def test_only_an_admin_sets_it_and_ranges_have_an_end(
    rig: Rig, admin: Person, agent: Person
) -> None:
    body: dict[str, Any] = {"overrides": {}}
    assert (await agent.http.put(f"{PATH}/2031", json=body)).status_code == 403
    assert (await admin.http.put(f"{PATH}/1999", json=body)).status_code == 422
    for first, last in (("2026-01-02", "2026-01-01"), ("2026-01-01", "2028-01-01"), ("x", "y")):
        answer = await agent.http.get(PATH, params={"from": first, "to": last})
        assert answer.status_code == 422
    late = await agent.http.get(PATH, params={"from": "9999-12-31", "to": "9999-12-31"})
    assert late.status_code == 200
    assert len((await agent.http.get(PATH)).json()) == 32


async def test_promises_follow_what_an_admin_sets(rig: Rig, admin: Person, open_: Opener) -> None:
    ticket = await open_(priority="P2")
    due = datetime.fromisoformat(ticket["first_response_due_at"])
    on = due.astimezone(SHOP_TIME).date().isoformat()
    year = int(on[:4])
    answer = await admin.http.put(f"{PATH}/{year}", json={"overrides": {on: "closed"}})
    assert answer.status_code == 200, answer.text
    await sweep(rig, datetime.fromisoformat(ticket["created_at"]))
    moved = await admin.get(f"/{ticket['number']}")
    assert datetime.fromisoformat(moved["deadline"]["due_at"]) > due
