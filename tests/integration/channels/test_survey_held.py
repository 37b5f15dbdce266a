"""The survey where WeChat takes no more messages: it is asked late or not at all, and whatever the
customer answers is kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.channels import pruning
from api.ids import now
from simulator.wechat.people import Person
from tests.support.desk_work import ok
from tests.support.wechat_desk import WechatDesk

FIVE, TWO = "5 分 非常满意", "2 分 不满意"
LATE = "上一次咨询"
KINDS = ["official", "kf"]
QUESTION = (
    "SELECT delivery.state, delivery.problem FROM delivery"
    " JOIN message ON message.id = delivery.message_id"
    " WHERE message.client_id LIKE 'survey%' ORDER BY delivery.created_at"
)


async def used_up(desk: WechatDesk, kind: str) -> tuple[Person, UUID, httpx.AsyncClient]:
    """A customer whose agent has sent all that may be sent, and then ended the conversation."""
    person, own, agent = await desk.taken(kind)
    await person.write("还在吗")
    await desk.work()
    for number in range(5):
        body = {"text": f"第 {number} 条", "client_id": f"answer-{number}", "force": True}
        await ok(agent.post(f"/api/v1/conversations/{own}/messages", json=body), 201)
        await desk.work()
    await ok(agent.post(f"/api/v1/conversations/{own}/wrap-up"))
    await desk.work()
    assert await states(desk) == [("held", "quota")]
    assert FIVE not in items(person)
    return person, own, agent


async def states(desk: WechatDesk) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await desk.rig.rows(QUESTION)]


def items(person: Person) -> list[str]:
    return [item.text for each in person.phone.received for item in each.items]


async def closed(desk: WechatDesk) -> None:
    """The form was not written: the desk has closed the conversation."""
    await desk.rig.rows(
        "UPDATE conversation SET state = 'closed', owner_id = NULL, closed_at = now() RETURNING 1"
    )


async def ratings(desk: WechatDesk) -> tuple[list[Any], list[Any]]:
    """Those of present matters, and of earlier ones."""
    present = [row.rating for row in await desk.rig.rows("SELECT rating FROM conversation")]
    earlier = await desk.rig.rows("SELECT rating FROM earlier_rating ORDER BY rated_at")
    return present, [row.rating for row in earlier]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_held_survey_is_asked_when_the_customer_is_back_and_counts_for_its_matter(
    desk: WechatDesk, kind: str
) -> None:
    person, _, _ = await used_up(desk, kind)
    await closed(desk)
    await person.write("我还有一个问题")
    await desk.work()
    question = next(text for text in person.texts if LATE in text)
    assert "本次会话已结束" not in question
    turns = await desk.rig.scalar("SELECT count(*) FROM turn")
    await person.tap(FIVE)
    await desk.work()
    assert await ratings(desk) == ([None], [5])
    await person.wait_for("谢谢您的反馈")
    await person.tap(TWO)
    await desk.work()
    assert await ratings(desk) == ([None], [5]), "a matter is rated once"
    assert await desk.rig.scalar("SELECT count(*) FROM turn") == turns


async def test_a_number_is_no_answer_to_a_survey_that_was_not_sent(desk: WechatDesk) -> None:
    person, _, _ = await used_up(desk, "official")
    await person.write("5")
    await desk.work()
    assert await ratings(desk) == ([None], [])
    assert await desk.rig.scalar("SELECT count(*) FROM turn") == 3


async def test_who_is_back_with_the_agent_is_not_asked_in_the_middle_of_it(
    desk: WechatDesk,
) -> None:
    person, own, agent = await used_up(desk, "official")
    await desk.rig.rows("UPDATE staff SET presence = 'online', last_seen_at = now() RETURNING 1")
    await person.write("等一下，还没好")
    await desk.work()
    assert (await ok(agent.get(f"/api/v1/conversations/{own}")))["state"] == "active"
    assert await states(desk) == [("dropped", "late")]
    assert FIVE not in items(person)
    await ok(agent.post(f"/api/v1/conversations/{own}/wrap-up"))
    await desk.work()
    await person.wait_for_item(FIVE)


@pytest.mark.parametrize(("hours", "state"), [(47, ("held", "quota")), (49, ("dropped", "late"))])
async def test_a_survey_nobody_could_be_asked_in_time_is_dropped_and_stays_on_record(
    desk: WechatDesk, hours: int, state: tuple[str, str]
) -> None:
    _, own, agent = await used_up(desk, "official")
    async with desk.rig.database.transaction() as tx:
        await pruning.prune(tx, now() + timedelta(hours=hours))
    assert await states(desk) == [state]
    page = await ok(agent.get(f"/api/v1/conversations/{own}/messages"))
    (shown,) = [each for each in page["messages"] if each["buttons"] and "打个分" in each["text"]]
    assert (shown["delivery"]["state"], shown["delivery"]["problem"]) == state


async def test_a_survey_is_not_asked_days_later(desk: WechatDesk) -> None:
    person, _, _ = await used_up(desk, "official")
    await closed(desk)
    await desk.rig.rows(
        "UPDATE message SET created_at = created_at - interval '49 hours'"
        " WHERE client_id LIKE 'survey%' RETURNING 1"
    )
    await person.write("我还有一个问题")
    await desk.work()
    assert await states(desk) == [("dropped", "late")]
    assert FIVE not in items(person)
