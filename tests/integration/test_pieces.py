"""One thought in several messages: one question to the bot, one reply, nothing lost."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from api.assistant import Answer, Guess, Ranked, Reply, Understanding
from api.conversations.tasks import turn_tasks
from api.ids import now
from api.jobs import build_app
from api.settings import Settings
from tests.support.labelling import (
    LabelledByText,
    RecordedBot,
    SwitchedBot,
    ThinkingBot,
    labels_of,
)
from tests.support.rig import Rig, Visitor
from tests.support.waiting import eventually

CUP, BROKEN = "昨天买的杯子", "碎了两个"
BOTH = "昨天买的杯子，碎了两个"


async def on_wechat(rig: Rig) -> Visitor:
    """A customer on a channel where messages come in pieces."""
    visitor = await rig.visitor()
    await rig.rows(
        "UPDATE conversation SET channel = 'wechat' WHERE id = :id RETURNING id",
        id=visitor.conversation_id,
    )
    return visitor


async def silence(rig: Rig) -> None:
    """Some seconds pass in which nobody writes."""
    await rig.rows("UPDATE message SET created_at = created_at - interval '5 s' RETURNING id")


async def say(visitor: Visitor, *texts: str) -> list[UUID]:
    return [UUID((await visitor.say(text))["id"]) for text in texts]


async def outcomes(rig: Rig) -> list[tuple[str, str | None]]:
    rows = await rig.rows(
        "SELECT t.state, t.outcome FROM turn t JOIN message m ON m.id = t.message_id ORDER BY seq"
    )
    return [(row.state, row.outcome) for row in rows]


async def test_two_quick_messages_are_one_question_with_one_reply_to_the_last(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot()
    _, last = await say(visitor, CUP, BROKEN)
    await silence(rig)
    await rig.run_turns(bot)
    assert bot.asked == [BOTH]
    found = await visitor.read()
    (reply,) = (item for item in found["messages"] if item["author"] == "bot")
    assert reply["reply_to"] == str(last)
    assert found["pending"] == []
    assert await outcomes(rig) == [("done", "joined"), ("done", "small_talk")]


async def test_the_bot_waits_while_the_customer_may_still_be_writing(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot()
    first, last = await say(visitor, CUP, BROKEN)
    runner = rig.runner(bot)
    assert await runner.run(first) is None, "left to the later one"
    again = await runner.run(last)
    assert again is not None
    assert 0 < (again - now()).total_seconds() <= 1.2
    assert bot.asked == []
    assert len((await visitor.read())["pending"]) == 2


async def test_on_the_web_every_message_is_answered_at_once_and_alone(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot()
    await say(visitor, CUP, BROKEN)
    await rig.run_turns(bot)
    assert bot.asked == [CUP, BROKEN]
    assert await outcomes(rig) == [("done", "small_talk")] * 2
    assert (
        await rig.scalar("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'desk:wake'")
        == 0
    )


async def test_all_pieces_carry_the_labels_of_what_was_understood(rig: Rig) -> None:
    visitor = await on_wechat(rig)
    await say(visitor, CUP, BROKEN)
    await silence(rig)
    labeller = LabelledByText({BOTH: labels_of(category="quality", impact=3, urgency=2)})
    await rig.run_turns(SwitchedBot(), labeller)
    rows = await rig.rows("SELECT category, priority FROM triage_result")
    assert [tuple(row) for row in rows] == [("quality", "P3")] * 2


async def test_a_turn_that_died_while_the_bot_was_asked_asks_the_same_again(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), ThinkingBot()
    _, last = await say(visitor, CUP, BROKEN)
    await silence(rig)
    turn = asyncio.create_task(rig.runner(bot).run(last))
    await asyncio.wait_for(bot.begun.wait(), 5)
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert (await visitor.read())["pending"] == [str(last)]
    (added,) = await say(visitor, "能退吗")
    second = SwitchedBot()
    await rig.runner(second).run(last)
    assert second.asked == [BOTH], "what came meanwhile is not part of it"
    await silence(rig)
    await rig.run_turns(second)
    assert second.asked == [BOTH, "能退吗"]
    found = await visitor.read()
    replies = [item["reply_to"] for item in found["messages"] if item["author"] == "bot"]
    assert replies == [str(last), str(added)]
    assert found["pending"] == []


async def test_a_joined_turn_that_runs_many_times_at_once_is_answered_once(rig: Rig) -> None:
    visitor = await on_wechat(rig)
    first, last = await say(visitor, CUP, BROKEN)
    await silence(rig)
    runner = rig.runner(SwitchedBot(), LabelledByText())
    await asyncio.gather(*(runner.run(each) for each in (first, last) * 4))
    assert await visitor.texts("bot") == [BOTH]
    await runner.run(last)
    await runner.give_up(first)
    assert await outcomes(rig) == [("done", "joined"), ("done", "small_talk")]


async def test_while_the_bot_is_away_pieces_stay_together_until_it_is_back(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot(available=False)
    await say(visitor, CUP, BROKEN)
    await silence(rig)
    await rig.run_turns(bot)
    assert len(await visitor.texts("system")) == 1
    assert await outcomes(rig) == [("done", "joined"), ("told", "bot_unavailable")]
    await say(visitor, "能退吗")
    await silence(rig)
    bot.available = True
    await rig.run_turns(bot)
    assert await visitor.texts("bot") == [BOTH, "能退吗"]
    assert (await visitor.read())["pending"] == []


@pytest.mark.parametrize("text", ["转人工", "退货运费由谁来承担？"])
async def test_what_says_all_is_not_kept_waiting(rig: Rig, text: str) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot()
    (only,) = await say(visitor, text)
    assert await rig.runner(bot).run(only) is None
    ((state, outcome),) = await outcomes(rig)
    assert (state, outcome) == ("done", "handoff" if text == "转人工" else "small_talk")
    assert await rig.scalar("SELECT task_name FROM procrastinate_jobs") == "desk:turn"


async def test_a_wish_for_a_person_among_pieces_is_granted_at_once(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot()
    _, last = await say(
        visitor, "我的包裹三天没有动静了一直停在广州的中转站，打电话没人接", "转人工"
    )
    await rig.runner(bot).run(last)
    assert bot.asked == []
    assert await outcomes(rig) == [("done", "joined"), ("done", "handoff")]
    assert await rig.scalar("SELECT reason FROM handoff") == "customer_asked"


async def test_two_thoughts_are_answered_in_their_order(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot()
    story = "碎" * 1990
    first, second = await say(visitor, story, "退货运费由谁来承担？")
    runner = rig.runner(bot)
    assert await runner.run(second) is not None, "the story goes first"
    assert await runner.run(first) is None
    assert await runner.run(second) is None
    assert bot.asked == [story, "退货运费由谁来承担？"]


async def test_a_tapped_button_is_answered_at_once(rig: Rig) -> None:
    visitor = await on_wechat(rig)
    offered = Answer(
        replies=(Reply(text="您想办哪个", buttons=({"title": "查", "text": "查物流"},)),),  # type: ignore[arg-type]
        outcome="suggestions",
        nlu=Understanding(intent=Guess(name="faq", confidence=0.5)),
    )
    await say(visitor, CUP)
    await silence(rig)
    await rig.run_turns(RecordedBot({CUP: offered}))
    bot = SwitchedBot()
    (tapped,) = await say(visitor, "查物流")
    await rig.runner(bot).run(tapped)
    assert bot.asked == ["查物流"]


async def test_what_an_agent_owns_is_delivered_message_by_message(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), SwitchedBot()
    await say(visitor, CUP)
    agent = await rig.staff()
    await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    await say(visitor, BROKEN)
    await rig.run_turns(bot)
    assert bot.asked == []
    assert await outcomes(rig) == [("done", "delivered")] * 2


async def test_the_summary_counts_joined_turns_and_loses_none(rig: Rig) -> None:
    visitor = await on_wechat(rig)
    await say(visitor, CUP, BROKEN)
    await silence(rig)
    await rig.run_turns()
    gateway = await rig.gateway()
    body = {"conversation_ids": [str(visitor.conversation_id)]}
    counted = (await gateway.post("/internal/v1/turns/summary", json=body)).json()
    assert counted["outcomes"] == {"joined": 1, "small_talk": 1}
    assert (counted["turns"], counted["lost"], counted["answered_twice"]) == (2, 0, 0)


async def test_a_worker_answers_quick_messages_together_and_lets_a_wish_for_a_person_pass(
    rig: Rig, settings: Settings
) -> None:
    hurried, patient = await on_wechat(rig), await on_wechat(rig)
    bot = SwitchedBot()
    queue = build_app(settings.libpq_url, turn_tasks(rig.runner(bot, LabelledByText())))
    async with queue.open_async():
        working = asyncio.create_task(
            queue.run_worker_async(
                concurrency=4, install_signal_handlers=False, fetch_job_polling_interval=0.1
            )
        )
        try:
            await say(patient, CUP, BROKEN)
            await say(hurried, CUP, "转人工")
            sent = now()

            async def handed_off() -> bool:
                return bool(await rig.scalar("SELECT count(*) FROM handoff"))

            await eventually(handed_off, "the person is called")
            assert (now() - sent).total_seconds() < 1.2, "not behind the wait of the first piece"
            await eventually(lambda: patient.texts("bot"), "the answer")
            assert await patient.texts("bot") == [BOTH]
            assert bot.asked == [BOTH]
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    assert (await patient.read())["pending"] == []


class _Flaky(SwitchedBot):
    """Fails in a way that is not an outage, then works."""

    async def ask(self, *question: Any) -> Answer:
        if not self.asked:
            self.asked.append("failed")
            raise ZeroDivisionError
        return await super().ask(*question)


async def test_a_turn_that_broke_halfway_is_whole_when_run_again(rig: Rig) -> None:
    visitor, bot = await on_wechat(rig), _Flaky()
    _, last = await say(visitor, CUP, BROKEN)
    await silence(rig)
    with pytest.raises(ZeroDivisionError):
        await rig.runner(bot).run(last)
    await rig.runner(bot).run(last)
    assert bot.asked[1:] == [BOTH]
    assert await outcomes(rig) == [("done", "joined"), ("done", "small_talk")]


def faq(*keys: str, suggestions: tuple[str, ...] = ()) -> Answer:
    return Answer(
        replies=(Reply(text="答案"),),
        outcome="faq",
        answers=tuple(Ranked(key=key, score=0.9) for key in keys),
        suggestions=suggestions,
        nlu=Understanding(intent=Guess(name="faq", confidence=0.9)),
    )


async def test_the_bot_is_told_the_entries_of_the_last_three_turns_newest_first(rig: Rig) -> None:
    visitor = await rig.visitor()
    bot = RecordedBot(
        {
            "一": faq("oldest"),
            "二": faq("b"),
            "三": faq(suggestions=("c", "b", "d")),
        }
    )
    for text in ("一", "二", "三", "好", "行"):
        await say(visitor, text)
        await rig.run_turns(bot)
    assert bot.recent == [
        [],
        ["oldest"],
        ["b", "oldest"],
        ["c", "b", "d"],
        ["c", "b", "d"],
    ]
    for text in ("嗯", "哦"):
        await say(visitor, text)
        await rig.run_turns(bot)
    assert bot.recent[-2:] == [["c", "b", "d"], []], "of the last three turns only"


async def test_joined_pieces_do_not_push_older_entries_out(rig: Rig) -> None:
    visitor = await on_wechat(rig)
    bot = RecordedBot({"一": faq("a")})
    for texts in (["一"], ["二", "三", "四", "五"], ["六"]):
        await say(visitor, *texts)
        await silence(rig)
        await rig.run_turns(bot)
    assert bot.recent == [[], ["a"], ["a"]]
