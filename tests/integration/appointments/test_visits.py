"""Visits in the console: listed, moved, called off, completed; the customer is told and reminded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text

from api.appointments import changes, reminders
from api.commerce.demo import DemoShop
from api.commerce.interface import Appointment, Commerce
from api.conversations import repository as conversations
from api.errors import Unavailable
from api.ids import SHOP_TIME, now
from tests.support.audit import recorded
from tests.support.locking import while_waiting
from tests.support.rig import Rig
from tests.support.shop import Shopper, shopper
from tests.support.timing import MINUTE, sweep

PATH = "/api/v1/appointments"
ADDRESS = "浙江省杭州市余杭区文一西路 1 号"


async def booked(rig: Rig, position: int = 0) -> tuple[Shopper, dict[str, Any]]:
    """A customer with a visit."""
    at = await shopper(rig)
    slots = (await at.ask("slots", service="measure", address=ADDRESS))["slots"]
    done = await at.ask(
        "appointment/book",
        service="measure",
        address=ADDRESS,
        slot_id=slots[position]["id"],
        contact="钱女士 199 0000 4444",
    )
    visit: dict[str, Any] = done["appointment"]
    return at, visit


async def notices(rig: Rig, at: Shopper) -> list[str]:
    rows = await rig.rows(
        "SELECT text FROM message WHERE conversation_id = :id AND author = 'system' ORDER BY seq",
        id=at.conversation_id,
    )
    return [row.text for row in rows]


async def listed(http: httpx.AsyncClient, **params: str) -> list[dict[str, Any]]:
    answer = await http.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def refused(http: httpx.AsyncClient, path: str, **body: str) -> tuple[int, str | None]:
    answer = await http.post(PATH + path, json=body)
    return answer.status_code, answer.json()["error"]["details"].get("reason")


async def free_times(http: httpx.AsyncClient, number: str) -> list[str]:
    found = (await http.get(f"{PATH}/{number}/slots")).json()["items"]
    return [slot["starts_at"] for slot in found]


async def begin(rig: Rig, number: str) -> None:
    """Let the visit have begun."""
    await rig.rows(
        "UPDATE shop_appointment SET starts_at = now() - interval '5 minutes'"
        " WHERE number = :number RETURNING 1",
        number=number,
    )


async def test_staff_see_masked_visits_with_where_they_were_booked(rig: Rig) -> None:
    at, visit = await booked(rig)
    agent = await rig.staff()
    shown = {each["number"]: each for each in await listed(agent)}[visit["number"]]
    assert shown == {
        **visit,
        "service": {"key": "measure", "name": "测量"},
        "city": "杭州",
        "conversation_id": str(at.conversation_id),
    }
    later = datetime.fromisoformat(visit["starts_at"]) + MINUTE
    after = await listed(agent, **{"from": later.isoformat()})
    assert visit["number"] not in [each["number"] for each in after]
    assert (await rig.client()).cookies.get("fenzhen_session") is None
    assert (await (await rig.client()).get(PATH)).status_code == 401


async def test_a_visit_is_moved_and_the_customer_told(rig: Rig) -> None:
    at, visit = await booked(rig)
    agent = await rig.staff()
    wanted = (await free_times(agent, visit["number"]))[0]
    answer = await agent.post(f"{PATH}/{visit['number']}/change", json={"starts_at": wanted})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["starts_at"], answer.json()["state"]) == (wanted, "changed")
    again = await agent.post(f"{PATH}/{visit['number']}/change", json={"starts_at": wanted})
    assert again.json() == answer.json()
    (text,) = await notices(rig, at)
    wall = datetime.fromisoformat(wanted).astimezone(SHOP_TIME)
    assert f"{wall:%Y-%m-%d %H:%M}" in text
    causes = await rig.rows("SELECT data ->> 'starts_at' AS starts_at FROM reminder")
    assert {datetime.fromisoformat(row.starts_at) for row in causes} == {
        datetime.fromisoformat(wanted)
    }
    assert (
        await rig.scalar("SELECT count(*) FROM audit_record WHERE action = 'appointment_changed'")
        == 1
    )


async def test_what_the_shop_does_not_allow_is_refused_with_its_reason(rig: Rig) -> None:
    (at, visit), (_, other) = await booked(rig), await booked(rig)
    agent, path = await rig.staff(), f"/{visit['number']}"
    assert await refused(agent, f"{path}/change", starts_at=other["starts_at"]) == (
        *(409, "slot_taken"),
    )
    yesterday = (now() - timedelta(days=1)).isoformat()
    assert await refused(agent, f"{path}/change", starts_at=yesterday) == (409, "past")
    far = "9999-12-31T23:59:59Z"
    assert await refused(agent, f"{path}/change", starts_at=far) == (409, "slot_taken")
    assert (await refused(agent, f"{path}/change", starts_at="2026-03-10T10:00:00"))[0] == 422
    assert await refused(agent, f"{path}/complete") == (409, "not_begun")
    assert await notices(rig, at) == []
    unknown = await agent.post(f"{PATH}/Y99999999/cancel")
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "appointment_not_found")
    await begin(rig, visit["number"])
    assert await refused(agent, f"{path}/cancel") == (409, "too_late")


async def test_a_visit_is_called_off_and_nobody_is_reminded(rig: Rig) -> None:
    at, visit = await booked(rig)
    agent = await rig.staff()
    answer = await agent.post(f"{PATH}/{visit['number']}/cancel")
    assert answer.json()["state"] == "cancelled"
    assert await rig.scalar("SELECT count(*) FROM reminder") == 0
    (text,) = await notices(rig, at)
    assert "已取消" in text
    assert await refused(agent, f"/{visit['number']}/cancel") == (409, "cancelled")
    assert await refused(agent, f"/{visit['number']}/complete") == (409, "cancelled")


async def test_a_visit_that_has_begun_is_completed_once(rig: Rig) -> None:
    _, visit = await booked(rig)
    agent = await rig.staff()
    await begin(rig, visit["number"])
    answer = await agent.post(f"{PATH}/{visit['number']}/complete")
    assert answer.json()["state"] == "done"
    assert await refused(agent, f"/{visit['number']}/complete") == (409, "done")


class LosingShop(DemoShop):
    """Does what it is asked; `acted` says that it has."""

    acted = False

    async def change_appointment(self, key: str, number: str, slot_id: str) -> Appointment:
        self.acted = True
        return await super().change_appointment(key, number, slot_id)

    async def cancel_appointment(self, key: str, number: str) -> Appointment:
        self.acted = True
        return await super().cancel_appointment(key, number)


class DeafShop(DemoShop):
    """Does not do what it is asked."""

    async def cancel_appointment(self, key: str, number: str) -> Appointment:
        raise Unavailable(part="shop")


def put_in(rig: Rig, kind: type[DemoShop]) -> None:
    """Let the desk ask such a shop from now on; after an act its answer is lost on the way."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Commerce]:
        async with rig.database.transaction() as tx:
            shop = kind(tx)
            yield shop
        if isinstance(shop, LosingShop) and shop.acted:
            raise Unavailable(part="shop")

    rig.app.state.desk = replace(rig.desk, shop=opened)


async def mended(rig: Rig, minutes: int = 1) -> int:
    """How many changes a worker looks at a while later."""
    return await changes.mend(rig.database, rig.desk.shop, now() + minutes * MINUTE)


async def test_a_customer_is_told_of_a_change_whose_answer_was_lost(rig: Rig) -> None:
    at, visit = await booked(rig)
    agent, path = await rig.staff(), f"{PATH}/{visit['number']}"
    wanted = (await free_times(agent, visit["number"]))[0]
    put_in(rig, LosingShop)
    assert (await agent.post(f"{path}/change", json={"starts_at": wanted})).status_code == 503
    assert await notices(rig, at) == []
    assert (await mended(rig, 0), await mended(rig), await mended(rig)) == (0, 1, 0)
    (told,) = await notices(rig, at)
    assert f"{datetime.fromisoformat(wanted).astimezone(SHOP_TIME):%Y-%m-%d %H:%M}" in told
    (line,) = await recorded(rig, "appointment_changed")
    assert (line.staff_name, line.data["change"]) == ("小云", "changed")
    assert (await agent.post(f"{path}/cancel")).status_code == 503
    assert (await agent.post(f"{path}/cancel")).json()["error"]["details"]["reason"] == "cancelled"
    assert await mended(rig) == 1
    assert "已取消" in (await notices(rig, at))[-1]
    assert await rig.scalar("SELECT count(*) FROM reminder") == 0


async def test_nobody_is_told_of_what_the_shop_has_not_done(rig: Rig) -> None:
    at, visit = await booked(rig)
    agent = await rig.staff()
    put_in(rig, DeafShop)
    answer = await agent.post(f"{PATH}/{visit['number']}/cancel")
    assert answer.status_code == 503
    assert (await mended(rig), await mended(rig)) == (1, 0)
    assert await notices(rig, at) == []
    assert await recorded(rig, "appointment_changed") == []


async def test_a_second_try_tells_the_customer_once(rig: Rig) -> None:
    at, visit = await booked(rig)
    agent, path = await rig.staff(), f"{PATH}/{visit['number']}/cancel"
    put_in(rig, DeafShop)
    assert (await agent.post(path)).status_code == 503
    put_in(rig, DemoShop)
    assert (await agent.post(path)).status_code == 200
    assert await mended(rig) == 0
    assert len(await notices(rig, at)) == 1


async def test_a_visit_is_changed_while_its_reminder_is_sent(rig: Rig) -> None:
    """Whoever reminds and whoever changes lock the conversation first."""
    at, visit = await booked(rig, position=3)
    due = await rig.scalar("SELECT min(at) FROM reminder")
    agent = await rig.staff()
    async with rig.database.transaction() as tx:
        await conversations.lock(tx, at.conversation_id)
        async with while_waiting(rig, reminders.send(rig.database, due)) as sending:
            async with rig.database.transaction() as other:
                await other.execute(text("SET LOCAL lock_timeout = '2s'"))
                await other.execute(text("SELECT id FROM reminder FOR UPDATE"))
            await tx.commit()
            assert await sending == 1
    assert (await agent.post(f"{PATH}/{visit['number']}/cancel")).status_code == 200
    assert len(await notices(rig, at)) == 2


async def test_a_customer_is_reminded_exactly_once(rig: Rig) -> None:
    at, visit = await booked(rig, position=3)
    starts = datetime.fromisoformat(visit["starts_at"])
    planned = [row.at for row in await rig.rows("SELECT at FROM reminder ORDER BY at")]
    day_before = (starts.astimezone(SHOP_TIME) - timedelta(days=1)).replace(hour=18, minute=0)
    assert planned == [day_before, starts - timedelta(hours=2)]
    await sweep(rig, planned[0] - MINUTE)
    assert await notices(rig, at) == []
    await asyncio.gather(*(sweep(rig, planned[0]) for _ in range(3)))
    (text,) = await notices(rig, at)
    assert visit["number"] in text
    await sweep(rig, planned[1])
    await sweep(rig, planned[1] + MINUTE)
    assert len(await notices(rig, at)) == 2


async def test_nobody_is_reminded_of_what_is_over(rig: Rig) -> None:
    at, visit = await booked(rig)
    await sweep(rig, datetime.fromisoformat(visit["starts_at"]) + MINUTE)
    assert await notices(rig, at) == []
    assert await rig.scalar("SELECT count(*) FROM reminder") == 0


async def test_what_the_customer_changes_is_reminded_of_as_it_is_then(rig: Rig) -> None:
    at, visit = await booked(rig)
    slots = (await at.ask("slots", number=visit["number"]))["slots"]
    moved = await at.ask("appointment/change", number=visit["number"], slot_id=slots[-1]["id"])
    rows = await rig.rows("SELECT DISTINCT data ->> 'starts_at' AS starts_at FROM reminder")
    (row,) = rows
    assert datetime.fromisoformat(row.starts_at) == datetime.fromisoformat(
        moved["appointment"]["starts_at"]
    )
    await at.ask("appointment/cancel", number=visit["number"])
    assert await rig.scalar("SELECT count(*) FROM reminder") == 0
