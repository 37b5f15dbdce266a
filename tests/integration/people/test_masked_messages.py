"""Numbers of customers in what staff see: hidden until somebody says why."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.support.audit import recorded
from tests.support.rig import Rig, Visitor

SAID = "订单880100100011没到，电话13800001111，身份证11010519491231002X"
SHOWN = "订单880100100011没到，电话138****1111，身份证110***********002X"


def path(conversation_id: UUID) -> str:
    return f"/api/v1/conversations/{conversation_id}"


async def messages(http: httpx.AsyncClient, conversation_id: UUID) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await http.get(f"{path(conversation_id)}/messages")).json()[
        "messages"
    ]
    return found


async def reveal(
    http: httpx.AsyncClient, visitor: Visitor, seq: int, reason: str = "核对收件人身份"
) -> httpx.Response:
    address = f"{path(visitor.conversation_id)}/messages/{seq}/reveal"
    return await http.post(address, json={"reason": reason})


@pytest.fixture
async def visitor(rig: Rig) -> Visitor:
    said = await rig.visitor("周女士")
    await said.say(SAID)
    return said


async def test_staff_see_what_they_work_with_and_no_more(rig: Rig, visitor: Visitor) -> None:
    agent = await rig.staff()
    (message,) = await messages(agent, visitor.conversation_id)
    assert (message["text"], message["masked"]) == (SHOWN, True)
    detail = (await agent.get(path(visitor.conversation_id))).json()
    assert detail["last_message"]["text"] == SHOWN
    assert await visitor.texts("customer") == [SAID]


async def test_a_message_without_such_numbers_is_as_it_was(rig: Rig, visitor: Visitor) -> None:
    await visitor.say("快递 SF1390000111122 到哪了")
    agent = await rig.staff()
    message = (await messages(agent, visitor.conversation_id))[-1]
    assert (message["text"], message["masked"]) == ("快递 SF1390000111122 到哪了", False)
    assert (await reveal(agent, visitor, message["seq"])).json()["text"] == message["text"]
    assert await recorded(rig, "reveal") == []


async def test_a_look_gives_the_message_and_is_recorded(rig: Rig, visitor: Visitor) -> None:
    agent = await rig.staff()
    assert (await reveal(agent, visitor, 1)).json() == {"text": SAID}
    (line,) = await recorded(rig, "reveal")
    assert (line.subject_kind, line.subject_id) == ("conversation", str(visitor.conversation_id))
    assert line.data == {"seq": 1, "reason": "核对收件人身份"}


async def test_without_a_reason_nothing_is_shown(rig: Rig, visitor: Visitor) -> None:
    answer = await reveal(await rig.staff(), visitor, 1, "看看")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "reason_too_short")
    assert "13800001111" not in answer.text


async def test_an_unknown_message_is_not_found(rig: Rig, visitor: Visitor) -> None:
    agent = await rig.staff()
    for seq in (0, 99, 2**40):
        assert (await reveal(agent, visitor, seq)).status_code in (404, 422)


async def test_messages_and_customers_share_the_limit(rig: Rig, visitor: Visitor) -> None:
    agent = await rig.staff()
    answers = await asyncio.gather(*(reveal(agent, visitor, 1) for _ in range(17)))
    assert sorted(answer.status_code for answer in answers) == [200] * 15 + [429] * 2


async def test_the_packet_of_a_hand_off_hides_them_too(rig: Rig, visitor: Visitor) -> None:
    agent = await rig.staff()
    taken = await agent.post(f"{path(visitor.conversation_id)}/take")
    assert taken.status_code == 200, taken.text
    found = await agent.get(
        "/api/v1/handoffs", params={"conversation_id": str(visitor.conversation_id)}
    )
    assert "880100100011" in found.text
    assert "13800001111" not in found.text
    assert "11010519491231002X" not in found.text
