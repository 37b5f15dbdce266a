"""Hops: asked for once, numbered, never changed, and all or nothing."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from api.handoffs import service as handoffs
from tests.support.rig import Rig, Visitor


async def request(
    gateway: httpx.AsyncClient, visitor: Visitor, message: object, **changes: Any
) -> httpx.Response:
    body = {
        "conversation_id": str(visitor.conversation_id),
        "message_id": str(message),
        "reason": "bot_failed",
        **changes,
    }
    return await gateway.post("/internal/v1/handoffs", json=body)


async def test_the_bot_asks_for_a_person_once(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("听不懂吗")
    first = (await request(gateway, visitor, sent["id"], note="两次没听懂")).json()
    again = (await request(gateway, visitor, sent["id"])).json()
    assert first == {
        "state": "queued",
        "position": 1,
        "expected_wait_seconds": None,
        "created": True,
    }
    assert again == {**first, "created": False}
    assert len(await visitor.texts("system")) == 1
    (hop,) = await rig.rows("SELECT reason, note FROM handoff")
    assert tuple(hop) == ("bot_failed", "两次没听懂")


async def test_twenty_requests_at_once_make_one_hop(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("人呢")
    answers = await asyncio.gather(*(request(gateway, visitor, sent["id"]) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert sum(answer.json()["created"] for answer in answers) == 1
    assert await rig.scalar("SELECT count(*) FROM handoff") == 1


async def test_a_request_of_another_cause_while_waiting_changes_nothing(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    for _ in range(2):
        sent = await visitor.say("人呢")
        await request(gateway, visitor, sent["id"])
    assert await rig.scalar("SELECT count(*) FROM handoff") == 1


async def test_a_cause_counts_once_even_after_the_conversation_came_back_to_the_bot(
    rig: Rig,
) -> None:
    visitor, gateway, agent = await rig.visitor(), await rig.gateway(), await rig.staff()
    sent = await visitor.say("人呢")
    await request(gateway, visitor, sent["id"])
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    await agent.post(f"{base}/take")
    await agent.post(f"{base}/return-to-bot", json={})
    assert (await request(gateway, visitor, sent["id"])).json() == {
        "state": "bot",
        "position": None,
        "expected_wait_seconds": None,
        "created": False,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "because"},
        {"conversation_id": "x"},
        {"message_id": None},
        {"note": "x" * 1001},
    ],
)
async def test_a_malformed_request_is_refused(rig: Rig, wrong: dict[str, object]) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    assert (await request(gateway, visitor, uuid4(), **wrong)).status_code == 422


async def test_a_person_for_nobodys_conversation_is_not_found(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    answer = await request(gateway, visitor, uuid4(), conversation_id=str(uuid4()))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE handoff SET reason = 'policy'",
        "UPDATE handoff SET packet = '{}'",
        "DELETE FROM handoff",
    ],
)
async def test_a_hop_can_be_neither_changed_nor_deleted(rig: Rig, statement: str) -> None:
    visitor = await rig.visitor()
    await visitor.say("转人工")
    await rig.run_turns()
    before = await rig.rows("SELECT * FROM handoff")

    async def change() -> None:
        async with rig.database.transaction() as tx:
            await (await tx.connection()).exec_driver_sql(statement)

    with pytest.raises(DBAPIError, match="never changed"):
        await change()
    assert await rig.rows("SELECT * FROM handoff") == before


async def test_every_hop_is_numbered_and_says_from_whom_to_whom(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    for _ in range(2):
        await visitor.say("转人工")
        await rig.run_turns()
        await agent.post(f"{base}/take")
        await agent.post(f"{base}/return-to-bot", json={})
    me = f"agent:{(await agent.get('/api/v1/auth/me')).json()['user']['id']}"
    rows = await rig.rows("SELECT hop, from_owner, to_owner FROM handoff ORDER BY hop")
    hops = [("bot", "queue"), ("queue", me), (me, "bot")] * 2
    assert [tuple(row) for row in rows] == [(n, *hop) for n, hop in enumerate(hops, 1)]


async def test_a_failed_hop_leaves_nothing_behind(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("人呢")

    async def hand_off_and_fail() -> None:
        async with rig.database.transaction() as tx:
            await handoffs.request(
                tx, visitor.conversation_id, cause=f"turn:{sent['id']}", reason="p1"
            )
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await hand_off_and_fail()
    assert await rig.scalar("SELECT count(*) FROM handoff") == 0
    assert (await visitor.read())["conversation"]["state"] == "bot"
