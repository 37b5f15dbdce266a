"""What the desk says to WeChat customers is sent once, held, or shown as failed: nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from api.channels import outbound
from api.channels.delivering import PATIENCE, Later, Step
from api.channels.interface import NotDelivered, Opens
from api.channels.settling import Outcome, settle_call
from api.conversations import repository
from api.conversations.service import append
from api.ids import now
from api.models import Message, Sending
from tests.support.channels import Wechat, wechat_customer
from tests.support.rig import Rig

CUT = httpx.ReadTimeout("cut")


@pytest.fixture
async def wechat(rig: Rig) -> AsyncIterator[Wechat]:
    """A customer of an official account."""
    async with wechat_customer(rig) as made:
        yield made


@pytest.fixture
async def kf(rig: Rig) -> AsyncIterator[Wechat]:
    """A customer of 微信客服."""
    async with wechat_customer(rig, "kf") as made:
        yield made


async def test_replies_arrive_once_and_in_order(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("您好", "请问有什么可以帮您？")
    assert await wechat.deliver() is None
    assert wechat.platform.texts() == ["您好", "请问有什么可以帮您？"]
    assert await wechat.states() == [("sent", None), ("sent", None)]
    assert await wechat.used() == (2, 0)
    await wechat.deliver()
    assert len(wechat.platform.sent()) == 2


async def test_the_body_is_raw_utf_8(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("好😀")
    await wechat.deliver()
    assert "好😀".encode() in wechat.platform.raw[-1]
    assert b"\\u" not in wechat.platform.raw[-1]


async def test_a_message_and_its_job_are_stored_together(rig: Rig, wechat: Wechat) -> None:
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'desk:deliver'"
    with pytest.raises(ZeroDivisionError):
        await _say_and_break(rig, wechat)
    assert (await rig.scalar(jobs), await wechat.states()) == (0, [])
    await wechat.say("您好", "在的")
    assert await rig.scalar(jobs) == 1, "one for all messages of a transaction"


async def _say_and_break(rig: Rig, wechat: Wechat) -> None:
    async with rig.database.transaction() as tx:
        conversation = await repository.lock(tx, wechat.conversation_id)
        append(tx, conversation, author="bot", text="您好")
        await tx.flush()
        raise ZeroDivisionError


async def test_notes_suppressed_replies_and_the_customers_words_are_not_sent(
    wechat: Wechat,
) -> None:
    await wechat.did()
    await wechat.say("内部备注", author="agent", private=True)
    await wechat.say("太晚了", suppressed=True)
    await wechat.say("我的包裹呢", author="customer")
    assert await wechat.states() == []


async def test_customers_of_the_web_page_leave_nothing_to_be_sent(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    await rig.run_turns()
    assert await rig.scalar("SELECT count(*) FROM delivery") == 0


async def test_who_has_not_written_is_not_written_to_until_they_do(wechat: Wechat) -> None:
    await wechat.say("您还在吗？")
    assert await wechat.deliver() is None
    assert wechat.platform.sent() == []
    assert await wechat.states() == [("held", "window")]
    await wechat.did()
    await wechat.deliver()
    assert wechat.platform.texts() == ["您还在吗？"]
    assert await wechat.states() == [("sent", None)]


async def test_the_customer_writing_again_defers_the_job_for_what_is_held(
    rig: Rig, wechat: Wechat
) -> None:
    await wechat.say("您还在吗？")
    await wechat.deliver()
    before = await rig.scalar("SELECT count(*) FROM procrastinate_jobs")
    await wechat.did()
    assert await rig.scalar("SELECT count(*) FROM procrastinate_jobs") == before + 1


async def test_after_the_fifth_message_the_rest_is_held(wechat: Wechat) -> None:
    await wechat.did(ago=100)
    for number in range(7):
        await wechat.say(f"第 {number + 1} 条")
        await wechat.deliver()
    assert wechat.platform.texts() == [f"第 {number} 条" for number in range(1, 6)]
    assert await wechat.states() == [("sent", None)] * 5 + [("held", "quota")] * 2
    await wechat.did()
    await wechat.deliver()
    assert wechat.platform.texts()[5:] == ["第 6 条", "第 7 条"]


async def test_seven_replies_at_once_are_packed_into_what_is_left(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say(*[f"第 {number} 条。" for number in range(1, 8)])
    await wechat.deliver()
    assert wechat.platform.texts() == ["\n\n".join(f"第 {number} 条。" for number in range(1, 8))]
    assert await wechat.states() == [("sent", None)] * 7
    assert await wechat.used() == (1, 0)


async def test_what_a_tap_allows_is_used_first(wechat: Wechat) -> None:
    await wechat.did(ago=100)
    await wechat.did(Opens.TAP)
    await wechat.say(*"甲乙丙丁")
    await wechat.deliver()
    assert await wechat.used() == (1, 3)


async def test_what_was_sent_before_we_heard_of_the_message_counts(
    rig: Rig, wechat: Wechat
) -> None:
    await wechat.did(ago=600)
    await wechat.say("您好")
    await wechat.deliver()
    await wechat.did(ago=5)
    assert await wechat.used() == (1, 0)
    await wechat.say("在的")
    async with rig.database.transaction() as tx:
        await wechat.deliverer.begin(tx, wechat.contact_id, now())
    await wechat.did()
    assert await wechat.used() == (1, 0), "only what is under way"


async def test_a_long_answer_is_split_and_shown_as_one_message(wechat: Wechat) -> None:
    await wechat.did()
    await wechat.say("退货运费由责任方承担。" * 100)
    await wechat.deliver()
    texts = wechat.platform.texts()
    assert len(texts) == 2
    assert "".join(texts) == "退货运费由责任方承担。" * 100
    assert await wechat.states() == [("sent", None)]


async def test_a_long_answer_goes_on_where_the_quota_ended(wechat: Wechat) -> None:
    await wechat.did(ago=10)
    for _ in range(4):
        await wechat.say("好")
        await wechat.deliver()
    await wechat.say("退货运费由责任方承担。" * 100)
    await wechat.deliver()
    assert (await wechat.states())[-1] == ("held", "quota")
    await wechat.did()
    await wechat.deliver()
    assert "".join(wechat.platform.texts()[4:]) == "退货运费由责任方承担。" * 100
    assert (await wechat.states())[-1] == ("sent", None)


async def test_buttons_are_a_menu_whose_lines_know_their_message(wechat: Wechat) -> None:
    await wechat.did()
    (message_id,) = await wechat.say("请选择", buttons=("查物流", "退款"))
    await wechat.deliver()
    (body,) = wechat.platform.sent()
    assert body["msgtype"] == "msgmenu"
    assert body["msgmenu"]["list"] == [
        {"id": f"{message_id.hex}-0", "content": "查物流"},
        {"id": f"{message_id.hex}-1", "content": "退款"},
    ]


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
    async with rig.database.transaction() as tx:
        await outbound.take_back(tx, await tx.get_one(Message, message_id))
    assert await wechat.states() == [("waiting", None)]


@pytest.mark.parametrize(
    ("fail_type", "state"),
    [(4, ("held", "window")), (6, ("held", "quota")), (10, ("failed", "refused"))],
)
async def test_a_late_failure_is_shown(kf: Wechat, fail_type: int, state: tuple[str, str]) -> None:
    await kf.did(ago=10)
    await kf.say("您好")
    await kf.deliver()
    msgid = kf.platform.sent()[0]["msgid"]
    async with kf.rig.database.transaction() as tx:
        await outbound.failed_late(tx, msgid, fail_type)
        await outbound.failed_late(tx, msgid, fail_type)
    assert await kf.states() == [state]
    await kf.did()
    await kf.deliver()
    held = state[0] == "held"
    assert kf.platform.texts() == ["您好"] * (2 if held else 1)


async def test_a_late_failure_of_somebody_elses_message_changes_nothing(kf: Wechat) -> None:
    async with kf.rig.database.transaction() as tx:
        await outbound.failed_late(tx, "not ours", 4)
        await outbound.failed_late(tx, "0" * 32, 4)


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
