"""What was not sent is sent by hand, taken back, or goes once the account is put right."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.channels import outbound
from api.errors import GoneOut
from api.ids import now
from api.models import Message, Sending
from tests.support.channels import Wechat
from tests.support.rig import Rig

CUT = httpx.ReadTimeout("cut")


async def test_an_agent_may_send_again_what_failed(rig: Rig, wechat: Wechat) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = [{"errcode": 48002}]
    (message_id,) = await wechat.say("您好")
    await wechat.deliver()
    assert await wechat.states() == [("failed", "not_allowed")]
    async with rig.database.transaction() as tx:
        await outbound.retry(tx, await tx.get_one(Message, message_id), now())
    await wechat.deliver()
    assert await wechat.states() == [("sent", None)]


@pytest.mark.parametrize(
    ("answers", "state", "again"),
    [
        ([{"errcode": 0}, CUT], "unconfirmed", 1),
        ([{"errcode": 0}, {"errcode": 40003}], "failed", 1),
        ([CUT, {"errcode": 0}], "unconfirmed", 0),
    ],
)
async def test_what_surely_arrived_is_not_repeated_when_it_is_sent_again(
    rig: Rig, wechat: Wechat, answers: list[Any], state: str, again: int
) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = answers
    (message_id,) = await wechat.say("退货运费由责任方承担。" * 100)
    await wechat.deliver()
    assert [each for each, _ in await wechat.states()] == [state]
    parts = wechat.platform.texts()
    assert len(parts) == 2
    async with rig.database.transaction() as tx:
        await outbound.retry(tx, await tx.get_one(Message, message_id), now())
    await wechat.deliver()
    assert wechat.platform.texts()[2:] == parts[again:]
    assert await wechat.states() == [("sent", None)]


async def test_what_is_taken_back_before_it_went_is_dropped(rig: Rig, wechat: Wechat) -> None:
    (message_id,) = await wechat.say("说错了")
    async with rig.database.transaction() as tx:
        message = await tx.get_one(Message, message_id)
        message.recalled_at = now()
        await outbound.take_back(tx, message)
    await wechat.did()
    await wechat.deliver()
    assert wechat.platform.sent() == []
    assert await wechat.states() == [("dropped", None)]


async def test_what_is_under_way_can_not_be_taken_back(rig: Rig, wechat: Wechat) -> None:
    await wechat.did()
    (message_id,) = await wechat.say("说错了")
    async with rig.database.transaction() as tx:
        await wechat.deliverer.begin(tx, wechat.contact_id, now())
    with pytest.raises(GoneOut):
        async with rig.database.transaction() as tx:
            await outbound.take_back(tx, await tx.get_one(Message, message_id))
    assert await wechat.states() == [("waiting", None)]


async def test_what_has_arrived_can_not_be_taken_back(rig: Rig, wechat: Wechat) -> None:
    await wechat.did()
    (message_id,) = await wechat.say("说错了")
    await wechat.deliver()
    with pytest.raises(GoneOut):
        async with rig.database.transaction() as tx:
            await outbound.take_back(tx, await tx.get_one(Message, message_id))


async def test_nothing_is_sent_for_an_account_that_is_switched_off(
    rig: Rig, wechat: Wechat
) -> None:
    await wechat.did()
    await rig.rows("UPDATE channel_account SET enabled = false RETURNING id")
    await wechat.say("您好")
    await wechat.deliver()
    assert await wechat.states() == [("held", "account")]
    assert wechat.platform.calls == []
    await rig.rows("UPDATE channel_account SET enabled = true RETURNING id")
    before = await rig.scalar("SELECT count(*) FROM procrastinate_jobs")
    async with rig.database.transaction() as tx:
        await outbound.wake(tx, wechat.account_id)
    assert await rig.scalar("SELECT count(*) FROM procrastinate_jobs") == before + 1
    await wechat.deliver()
    assert await wechat.states() == [("sent", None)]


@pytest.mark.parametrize(
    ("path", "code"), [("token", 40125), ("token", 40164), ("/send", 60020), ("/send", 48001)]
)
async def test_what_an_account_may_not_send_is_held_until_it_is_put_right(
    rig: Rig, wechat: Wechat, path: str, code: int
) -> None:
    await wechat.did()
    await rig.desk.redis.delete(f"fenzhen:wechat:token:{wechat.account_id}")
    wechat.platform.answers[path] = [{"errcode": code}]
    for text in ("您好", "在的"):
        await wechat.say(text)
    assert await wechat.deliver() is None
    assert await wechat.states() == [("held", "account")] * 2
    assert await wechat.used() == (0, 0)
    before = await rig.scalar("SELECT count(*) FROM procrastinate_jobs")
    await rig.desk.wechat.tokens.forget(wechat.account_id)
    async with rig.database.transaction() as tx:
        await outbound.wake(tx, wechat.account_id)
    assert await rig.scalar("SELECT count(*) FROM procrastinate_jobs") == before + 1
    await wechat.deliver()
    assert wechat.platform.texts()[-2:] == ["您好", "在的"]
    assert await wechat.states() == [("sent", None)] * 2


async def test_a_token_that_was_just_forced_is_waited_for(rig: Rig, wechat: Wechat) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = [{"errcode": 40001}] * 2
    await rig.desk.redis.set(f"fenzhen:wechat:token:{wechat.account_id}:forced", "1", ex=30)
    await wechat.say("您好")
    begun = now()
    again_at = await wechat.deliver()
    assert again_at is not None
    assert again_at - begun >= timedelta(seconds=30)
    assert await wechat.states() == [("waiting", "token")]


async def test_words_stand_once_after_the_call(rig: Rig, wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("我的电话是 13800138000")
    await wechat.deliver()
    async with rig.database.transaction() as tx:
        sending = await tx.scalar(Sending.__table__.select().with_only_columns(Sending.body))
    assert sending is not None
    assert sending["call"] is None
    assert "13800138000" not in str(sending)


async def test_the_sweep_finds_what_lost_its_job(rig: Rig, wechat: Wechat) -> None:
    await wechat.say("您好")
    async with rig.database.transaction() as tx:
        found = await outbound.stranded(tx, now() + timedelta(hours=1), timedelta(0), 50)
    assert found == [], "its job is there"
    await rig.rows("DELETE FROM procrastinate_jobs RETURNING id")
    async with rig.database.transaction() as tx:
        found = await outbound.stranded(tx, now() + timedelta(hours=1), timedelta(0), 50)
    assert found == [wechat.contact_id]
