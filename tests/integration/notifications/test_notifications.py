"""What staff are told, in the console."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from api.ids import new_id
from api.models import Staff
from api.notifications.service import notify
from tests.support.rig import Rig

PATH = "/api/v1/notifications"


async def staff_id(rig: Rig, username: str) -> UUID:
    async with rig.database.transaction() as tx:
        found = await tx.scalar(select(Staff.id).where(Staff.username == username))
    assert found is not None
    return found


async def tell(rig: Rig, *names: str, kind: str = "ticket_assigned", **data: str) -> None:
    people = [await staff_id(rig, name) for name in names]
    async with rig.database.transaction() as tx:
        await notify(tx, people, kind, "ticket", new_id(), data)


async def told(http: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await http.get(PATH, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_everybody_reads_what_they_were_told_and_nothing_else(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    await tell(rig, "agent", "agent", number="T1")
    found = await told(agent)
    (item,) = found["items"]
    assert (item["text"], item["subject"]["kind"]) == ("工单 T1 分派给您", "ticket")
    assert (found["unread"], (await told(supervisor))["items"]) == (1, [])
    english = await agent.get(PATH, headers={"Accept-Language": "en"})
    assert english.json()["items"][0]["text"] == "Ticket T1 was given to you"


async def test_what_was_read_is_no_longer_unread(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    for number in range(3):
        await tell(rig, "agent", number=f"T{number}", title="退款")
    first = (await told(agent, limit=2))["items"][0]
    assert first["data"]["number"] == "T2"
    others = await supervisor.post(f"{PATH}/read", json={"ids": [first["id"]]})
    assert others.status_code == 200
    read = await agent.post(f"{PATH}/read", json={"ids": [first["id"], str(new_id())]})
    assert read.json() == {"unread": 2}
    assert {each["data"]["number"] for each in (await told(agent, unread=True))["items"]} == {
        *("T0", "T1"),
    }
    assert (await agent.post(f"{PATH}/read", json={"all": True})).json() == {"unread": 0}
    assert len((await told(agent))["items"]) == 3


async def test_who_opens_something_has_read_what_was_told_about_it(rig: Rig) -> None:
    agent, supervisor = await rig.staff(), await rig.staff("supervisor")
    await tell(rig, "agent", "supervisor", number="T1", title="退款")
    await tell(rig, "agent", number="T2", title="发票")
    subject = (await told(supervisor))["items"][0]["subject"]
    read = await agent.post(f"{PATH}/read", json={"subject": subject})
    assert read.json() == {"unread": 1}
    assert [each["data"]["number"] for each in (await told(agent, unread=True))["items"]] == ["T2"]
    assert (await told(supervisor))["unread"] == 1, "everybody reads their own"
    both = await agent.post(f"{PATH}/read", json={"subject": subject, "all": True})
    assert both.status_code == 422


async def test_pages_go_on_where_the_last_one_ended(rig: Rig) -> None:
    agent = await rig.staff()
    for number in range(5):
        await tell(rig, "agent", number=f"T{number}", title="x")
    one = await told(agent, limit=3)
    two = await told(agent, limit=3, cursor=one["next"])
    numbers = [each["data"]["number"] for each in (*one["items"], *two["items"])]
    assert (numbers, two["next"]) == (["T4", "T3", "T2", "T1", "T0"], None)


async def test_numbers_of_customers_are_masked(rig: Rig) -> None:
    agent = await rig.staff()
    await tell(rig, "agent", number="T1", title="请回电 13812345678")
    (item,) = (await told(agent))["items"]
    assert "13812345678" not in item["text"]


@pytest.mark.parametrize("body", [{}, {"ids": []}, {"all": True, "ids": [str(new_id())]}])
async def test_reading_names_what_was_read(rig: Rig, body: dict[str, Any]) -> None:
    agent = await rig.staff()
    assert (await agent.post(f"{PATH}/read", json=body)).status_code == 422
