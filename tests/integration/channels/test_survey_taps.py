"""A tap on the survey's menu counts for its matter, whatever was said after the question."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from simulator.wechat.faults import ApiFault, Setting
from simulator.wechat.people import Person
from tests.support.desk_work import ok
from tests.support.wechat_desk import WechatDesk

FIVE, ONE = "5 分 非常满意", "1 分 非常不满意"


async def asked(desk: WechatDesk, kind: str) -> tuple[Person, UUID, httpx.AsyncClient]:
    """A customer an agent has served and who sees the survey."""
    person, own, agent = await desk.taken(kind)
    await ok(agent.post(f"/api/v1/conversations/{own}/wrap-up"))
    await desk.work()
    await person.wait_for_item(FIVE)
    return person, own, agent


async def scores(desk: WechatDesk) -> list[int | None]:
    return [row.rating for row in await desk.rig.rows("SELECT rating FROM conversation")]


@pytest.mark.parametrize("kind", ["official", "kf"])
async def test_a_tap_counts_though_the_customer_wrote_first(desk: WechatDesk, kind: str) -> None:
    person, _, _ = await asked(desk, kind)
    await person.write("谢谢，辛苦了")
    await desk.work()
    turns = await desk.rig.scalar("SELECT count(*) FROM turn")
    await person.tap(FIVE)
    await desk.work()
    assert await scores(desk) == [5]
    await person.wait_for("谢谢您的反馈")
    assert await desk.rig.scalar("SELECT count(*) FROM turn") == turns


async def test_another_tap_changes_nothing(desk: WechatDesk) -> None:
    person, _, _ = await asked(desk, "official")
    await person.write("谢谢")
    await person.tap(FIVE)
    await person.tap(ONE)
    assert await scores(desk) == [5]
    assert (await desk.said(person))[-1] == ONE


async def test_a_tap_after_a_notice_is_followed_by_the_second_question(desk: WechatDesk) -> None:
    person, own, _ = await asked(desk, "official")
    visitor = await desk.rig.visitor()
    code = await ok(visitor.http.post("/api/v1/visitor/join-code"), 201)
    await person.write(code["code"])
    await desk.work()
    await person.tap(FIVE)
    await desk.work()
    await person.wait_for("0 到 10")
    assert await desk.rig.scalar("SELECT rating FROM conversation WHERE id = :id", id=own) == 5


async def test_the_score_of_an_earlier_matter_is_kept_for_that_and_not_for_the_next(
    desk: WechatDesk,
) -> None:
    person, _, _ = await asked(desk, "official")
    await desk.rig.rows(
        "UPDATE conversation SET state = 'closed', owner_id = NULL, closed_at = now() RETURNING 1"
    )
    await person.write("我还有一个问题")
    await desk.work()
    turns = await desk.rig.scalar("SELECT count(*) FROM turn")
    await person.tap(FIVE)
    await person.tap(ONE)
    await desk.work()
    assert await scores(desk) == [None]
    assert await desk.rig.rows("SELECT rating FROM earlier_rating") == [(5,)]
    assert (await desk.said(person))[-2:] == [FIVE, ONE]
    assert await desk.rig.scalar("SELECT count(*) FROM turn") == turns
    assert sum("谢谢您的反馈" in text for text in person.texts) == 1


async def test_a_rating_is_kept_though_no_thanks_can_be_sent(desk: WechatDesk) -> None:
    person, _, _ = await asked(desk, "official")
    seen = len(person.texts)
    desk.simulator.world.faults.api[ApiFault.not_authorised] = Setting(where="send")
    await person.tap(FIVE)
    await desk.work()
    assert await scores(desk) == [5]
    assert len(person.texts) == seen


async def test_a_tap_counts_while_a_colleague_has_the_session(desk: WechatDesk) -> None:
    person, _, _ = await asked(desk, "kf")
    await desk.rig.rows("UPDATE channel_contact SET service_state = 2 RETURNING 1")
    await person.tap(FIVE)
    await desk.work()
    assert await scores(desk) == [5]


async def test_the_words_of_a_score_count_as_a_tap(desk: WechatDesk) -> None:
    person, _, _ = await asked(desk, "official")
    await person.write("谢谢，辛苦了")
    await desk.work()
    await person.write(FIVE)
    assert await scores(desk) == [5]


async def test_a_score_chosen_on_the_page_that_was_joined_counts(desk: WechatDesk) -> None:
    person, _, _ = await asked(desk, "official")
    visitor = await desk.rig.visitor()
    code = await ok(visitor.http.post("/api/v1/visitor/join-code"), 201)
    await person.write(code["code"])
    await person.write("确认合并两边的对话")
    await visitor.say(FIVE)
    assert 5 in await scores(desk)
    await visitor.say("9")
    assert await desk.rig.scalar("SELECT nps FROM conversation WHERE rating = 5") == 9
