"""Conversations that were left with the bot are closed, and go on when the customer writes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from api.conversations.idle import close_idle
from api.ids import now
from tests.support.desk_work import waiting_visitor
from tests.support.rig import Rig, Visitor
from tests.support.routing import change


async def close(rig: Rig, at: datetime) -> int:
    async with rig.database.transaction() as tx:
        return await close_idle(tx, at)


async def rate(visitor: Visitor) -> tuple[int, str]:
    answer = await visitor.http.post("/api/v1/visitor/rating", json={"score": 5})
    return answer.status_code, answer.json()["error"]["code"] if answer.content else ""


async def test_what_was_left_with_the_bot_is_closed_in_silence_and_opens_again(rig: Rig) -> None:
    visitor = await waiting_visitor(rig, "你好")
    texts = await visitor.texts()
    assert await close(rig, now() + timedelta(hours=23)) == 0
    assert await close(rig, now() + timedelta(hours=25)) == 1
    assert (await visitor.read())["conversation"]["state"] == "closed"
    assert await visitor.texts() == texts
    await visitor.say("还有一个问题")
    await rig.run_turns()
    assert (await visitor.read())["conversation"]["state"] == "bot"


async def test_without_an_answer_there_is_nothing_to_rate(rig: Rig) -> None:
    visitor = await waiting_visitor(rig, "你好")
    await close(rig, now() + timedelta(hours=25))
    assert (await visitor.read())["conversation"]["rateable"] is False
    assert await rate(visitor) == (409, "not_rateable")


async def test_an_answer_of_the_bot_can_be_rated_once(rig: Rig) -> None:
    visitor = await waiting_visitor(rig, "你好")
    await change(rig, "UPDATE turn SET outcome = 'faq'")
    assert (await visitor.read())["conversation"]["rateable"] is False
    await close(rig, now() + timedelta(hours=25))
    assert (await visitor.read())["conversation"]["rateable"] is True
    assert await rate(visitor) == (204, "")
    assert (await visitor.read())["conversation"]["rateable"] is False


@pytest.mark.parametrize(
    "otherwise",
    [
        "UPDATE turn SET state = 'told'",
        "UPDATE conversation SET last_seq = 0",
        "UPDATE conversation SET state = 'ticketed'",
    ],
)
async def test_what_waits_for_something_and_what_never_began_stays(
    rig: Rig, otherwise: str
) -> None:
    await waiting_visitor(rig, "你好")
    await change(rig, otherwise)
    assert await close(rig, now() + timedelta(days=9)) == 0
