"""Calls that fail, or whose end nobody knows: tried again, unconfirmed, never sent twice."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from api.channels.delivering import PATIENCE, Later, Step
from api.channels.interface import NotDelivered
from api.channels.settling import Outcome, settle_call
from api.ids import now
from tests.support.channels import Wechat, wechat_customer
from tests.support.rig import Rig

CUT = httpx.ReadTimeout("cut")


async def test_an_answer_that_never_came_is_unconfirmed_and_not_repeated(wechat: Wechat) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = [CUT]
    await wechat.say("您好", "在的")
    await wechat.deliver()
    assert wechat.platform.texts() == ["您好", "在的"]
    assert await wechat.states() == [("unconfirmed", None), ("sent", None)]
    assert await wechat.used() == (2, 0), "it may have counted"


async def test_for_customer_service_accounts_the_same_id_is_sent_again(kf: Wechat) -> None:
    await kf.did()
    kf.platform.answers["/send_msg"] = [CUT]
    await kf.say("您好", "在的")
    again_at = await kf.deliver()
    assert again_at is not None
    assert await kf.states() == [("waiting", None)] * 2
    async with kf.rig.database.transaction() as tx:
        step = await kf.deliverer.begin(tx, kf.contact_id, again_at)
    assert not isinstance(step, Later)
    assert step is not None
    first = kf.platform.sent()[0]
    assert first["msgid"] == step.sending_id.hex
    assert len(first["msgid"].encode()) <= 32
    assert first["text"]["content"] == step.part.body["text"]["content"]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome("again", "busy", -1), ("waiting", None)),
        (Outcome("failed", "not_allowed", 48002), ("unconfirmed", None)),
        (Outcome("failed", "refused", 40003), ("failed", "refused")),
    ],
)
async def test_what_may_have_been_taken_keeps_its_id_whatever_a_repetition_meets(
    kf: Wechat, outcome: Outcome, state: tuple[str, str | None]
) -> None:
    await kf.did()
    kf.platform.answers["/send_msg"] = [CUT]
    await kf.say("您好")
    again_at = await kf.deliver()
    assert again_at is not None
    async with kf.rig.database.transaction() as tx:
        step = await kf.deliverer.begin(tx, kf.contact_id, again_at)
    assert isinstance(step, Step)
    async with kf.rig.database.transaction() as tx:
        later = await settle_call(tx, step.sending_id, outcome, again_at)
    assert await kf.states() == [state]
    if later is not None:
        async with kf.rig.database.transaction() as tx:
            again = await kf.deliverer.begin(tx, kf.contact_id, later)
        assert isinstance(again, Step)
        assert again.sending_id == step.sending_id


async def test_a_message_without_words_holds_up_nothing(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("", "您好")
    await wechat.deliver()
    assert wechat.platform.texts() == ["您好"]
    assert await wechat.states() == [("sent", None)] * 2


@pytest.mark.parametrize(("kind", "state"), [("official", "unconfirmed"), ("kf", "waiting")])
async def test_a_process_that_died_while_sending_left_an_unknown_end(
    rig: Rig, kind: str, state: str
) -> None:
    async with wechat_customer(rig, kind) as wechat:
        await wechat.did()
        await wechat.say("您好")
        async with rig.database.transaction() as tx:
            begun = await wechat.deliverer.begin(tx, wechat.contact_id, now())
        assert begun is not None
        assert await wechat.deliver() is not None, "it may still be under way"
        assert wechat.platform.sent() == []
        async with rig.database.transaction() as tx:
            later = now() + PATIENCE
            again = await wechat.deliverer.begin(tx, wechat.contact_id, later)
        assert (again is None) == (kind == "official")
        assert await wechat.states() == [(state, None)]


async def test_two_workers_never_send_to_one_customer_at_once(rig: Rig, wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("您好", "在的")
    async with rig.database.transaction() as tx:
        await wechat.deliverer.begin(tx, wechat.contact_id, now())
    async with rig.database.transaction() as tx:
        second = await wechat.deliverer.begin(tx, wechat.contact_id, now())
    assert isinstance(second, Later)


async def test_a_platform_that_is_away_gets_it_later_and_nothing_is_counted(
    rig: Rig, wechat: Wechat
) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = [httpx.ConnectError("refused")]
    await wechat.say("您好")
    again_at = await wechat.deliver()
    assert again_at is not None
    assert again_at > now()
    assert await wechat.states() == [("waiting", "away")]
    assert await wechat.used() == (0, 0)
    await rig.rows("UPDATE sending SET body = body || '{\"again_at\": null}' RETURNING id")
    assert await wechat.deliver() is None
    assert wechat.platform.texts() == ["您好"]
    assert await wechat.states() == [("sent", None)]


@pytest.mark.parametrize("code", [-1, 45009, 45011])
async def test_a_busy_platform_is_asked_again_after_a_while_that_grows(
    wechat: Wechat, code: int
) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = [{"errcode": code}] * 3
    await wechat.say("您好")
    waits = []
    at = now()
    for _ in range(3):
        again_at = await _attempt(wechat, at)
        waits.append(round((again_at - at).total_seconds()))
        at = again_at
    assert waits == [1, 2, 4]
    assert await wechat.used() == (0, 0)


async def _attempt(wechat: Wechat, at: datetime) -> datetime:
    """One call of the job at a moment of the future; when it is to be tried again."""
    async with wechat.rig.database.transaction() as tx:
        step = await wechat.deliverer.begin(tx, wechat.contact_id, at)
    assert isinstance(step, Step)
    with pytest.raises(NotDelivered) as refused:
        await step.channel.send(step.to, step.part, step.sending_id)
    outcome = Outcome("again", refused.value.problem, refused.value.code)
    async with wechat.rig.database.transaction() as tx:
        again_at = await settle_call(tx, step.sending_id, outcome, at)
    assert again_at is not None
    return again_at


@pytest.mark.parametrize(("code", "problem"), [(45015, "window"), (45047, "quota")])
async def test_what_wechat_counts_differently_is_held_until_the_customer_writes(
    wechat: Wechat, code: int, problem: str
) -> None:
    await wechat.did(ago=10)
    wechat.platform.answers["/send"] = [{"errcode": code}]
    await wechat.say("您好", "在的")
    assert await wechat.deliver() is None
    assert (await wechat.states())[0] == ("held", problem)
    assert len(wechat.platform.sent()) == 1, "nothing is tried in vain"
    await wechat.did()
    await wechat.deliver()
    assert await wechat.states() == [("sent", None)] * 2


async def test_what_is_refused_has_failed_and_the_next_is_sent(wechat: Wechat) -> None:
    await wechat.did()
    wechat.platform.answers["/send"] = [{"errcode": 45002}]
    await wechat.say("您好", "在的")
    await wechat.deliver()
    assert await wechat.states() == [("failed", "too_long"), ("sent", None)]
    assert await wechat.used() == (1, 0)


async def test_a_refused_token_is_renewed_once(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("您好")
    await wechat.deliver()
    wechat.platform.tokens.append("token-2")
    await wechat.say("在的")
    await wechat.deliver()
    assert await wechat.states() == [("sent", None)] * 2
    assert [call["force_refresh"] for call in wechat.platform.token_calls] == [False, False]
