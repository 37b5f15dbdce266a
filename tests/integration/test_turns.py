"""What becomes of a message: bot, hand-off, the person who owns it, or a bot that is away."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from api.assistant import Answer, Guess, Ranked, Reply, Understanding
from api.models import Intent, Release
from tests.support.labelling import (
    RELEASE,
    LabelledByText,
    RecordedBot,
    SwitchedBot,
    ThinkingBot,
    labels_of,
)
from tests.support.rig import Rig, Visitor
from tests.support.waiting import eventually

AWAY = "抱歉，智能客服暂时无法回答"
SNAPSHOT = """
    SELECT (SELECT json_agg(m ORDER BY seq)::text FROM message m),
           (SELECT json_agg(t ORDER BY message_id)::text FROM turn t),
           (SELECT json_agg(h ORDER BY hop)::text FROM handoff h),
           (SELECT json_agg(r ORDER BY message_id)::text FROM triage_result r),
           (SELECT json_agg(c)::text FROM conversation c)
"""


async def outcomes(rig: Rig) -> list[tuple[str, str | None]]:
    rows = await rig.rows("SELECT state, outcome FROM turn ORDER BY created_at")
    return [(row.state, row.outcome) for row in rows]


async def state(visitor: Visitor) -> str:
    return str((await visitor.read())["conversation"]["state"])


async def test_the_bot_answers_and_the_turn_is_over(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("你好")
    await rig.run_turns(labeller=LabelledByText())
    found = await visitor.read()
    reply = found["messages"][1]
    assert (reply["author"], reply["text"], reply["reply_to"]) == ("bot", "你好", sent["id"])
    assert reply["author_name"] == "智能客服"
    assert found["pending"] == []
    assert await outcomes(rig) == [("done", "small_talk")]


async def test_the_labels_and_their_release_are_stored_with_the_message(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("包裹丢了")
    seen = labels_of(category="logistics", impact=3, urgency=2, sentiment="negative")
    await rig.run_turns(labeller=LabelledByText({"包裹丢了": seen}))
    (row,) = await rig.rows("SELECT * FROM triage_result")
    assert (row.release, row.category, row.priority) == (RELEASE, "logistics", "P3")
    assert row.labels["anger"] == {"flag": False, "confidence": 0.9, "evidence": []}
    (conversation,) = await rig.rows("SELECT category, priority, sentiment FROM conversation")
    assert tuple(conversation) == ("logistics", "P3", "negative")


async def test_without_a_release_the_bot_still_answers(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    await rig.run_turns()
    assert await outcomes(rig) == [("done", "small_talk")]
    assert await rig.scalar("SELECT count(*) FROM triage_result") == 0


@pytest.mark.parametrize(
    ("text", "seen", "reason"),
    [
        ("转人工", labels_of(), "customer_asked"),
        ("煤气泄漏了", labels_of(impact=4, urgency=4), "p1"),
        ("你们什么破服务", labels_of(sentiment="negative", anger=True), "anger"),
    ],
)
async def test_a_wish_for_a_person_danger_and_anger_hand_off_without_asking_the_bot(
    rig: Rig, text: str, seen: object, reason: str
) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot()
    await visitor.say(text)
    await rig.run_turns(bot, LabelledByText({text: seen}))  # type: ignore[dict-item]
    assert bot.asked == []
    assert await outcomes(rig) == [("done", "handoff")]
    assert await state(visitor) == "queued"
    (hop,) = await rig.rows("SELECT from_owner, to_owner, reason, hop FROM handoff")
    assert tuple(hop) == ("bot", "queue", reason, 1)
    (notice,) = await visitor.texts("system")
    assert notice.startswith("已为您转接人工客服")


async def test_an_unsure_classifier_does_not_hand_off(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("漏水")
    unsure = labels_of(impact=4, urgency=4, anger=True, confidence=0.3)
    await rig.run_turns(labeller=LabelledByText({"漏水": unsure}))
    assert await state(visitor) == "bot"


async def test_while_it_waits_the_queue_keeps_the_messages_and_the_bot_is_silent(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot()
    for text in ("转人工", "订单号 123", "转人工"):
        await visitor.say(text)
        await rig.run_turns(bot)
    assert bot.asked == []
    assert [outcome for _, outcome in await outcomes(rig)] == ["handoff", "queued", "queued"]
    assert await rig.scalar("SELECT count(*) FROM handoff") == 1
    first, again = await visitor.texts("system")
    assert first.startswith("已为您转接人工客服")
    assert again.startswith("您已在人工队列中")


async def test_what_an_agent_owns_is_delivered_to_the_agent(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot()
    agent = await rig.staff()
    await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    await visitor.say("煤气泄漏了，转人工")
    await rig.run_turns(bot, LabelledByText({"煤气泄漏了，转人工": labels_of(impact=4, urgency=4)}))
    assert bot.asked == []
    assert await outcomes(rig) == [("done", "delivered")]
    assert await state(visitor) == "active"


async def test_a_reply_that_comes_after_an_agent_took_over_is_kept_but_not_sent(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), ThinkingBot()
    sent = await visitor.say("退款到哪了")
    turn = asyncio.create_task(rig.runner(bot).run(UUID(sent["id"])))
    await asyncio.wait_for(bot.begun.wait(), 5)
    agent = await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{base}/take")).status_code == 200
    bot.may_answer.set()
    await turn
    assert await visitor.texts("bot") == []
    assert await outcomes(rig) == [("done", "suppressed")]
    seen = (await agent.get(f"{base}/messages")).json()["messages"]
    assert [(item["text"], item["suppressed"]) for item in seen if item["author"] == "bot"] == [
        ("退款到哪了", True)
    ]
    detail = (await agent.get(base)).json()
    assert detail["last_message"]["author"] == "customer"


async def test_the_words_of_a_bot_that_handed_off_itself_are_still_sent(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("还是不行")
    gateway = await rig.gateway()

    class HandsOff(RecordedBot):
        async def ask(self, conversation_id: UUID, message_id: UUID, *rest: str) -> Answer:
            answer = await gateway.post(
                "/internal/v1/handoffs",
                json={
                    "conversation_id": str(conversation_id),
                    "message_id": str(message_id),
                    "reason": "bot_failed",
                },
            )
            assert answer.json()["created"] is True
            return Answer(
                replies=(Reply(text="我帮您找同事"),),
                outcome="handoff",
                nlu=Understanding(intent=Guess(name="nlu_fallback", confidence=0.2)),
            )

    await rig.runner(HandsOff({})).run(UUID(sent["id"]))
    assert await visitor.texts("bot") == ["我帮您找同事"]
    assert await outcomes(rig) == [("done", "handoff")]
    assert await rig.scalar("SELECT reason FROM handoff") == "bot_failed"


async def test_while_the_bot_is_away_the_customer_is_told_once_and_can_ask_for_a_person(
    rig: Rig,
) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot(available=False)
    for text in ("第一问", "第二问"):
        await visitor.say(text)
        await rig.run_turns(bot)
    (notice,) = await visitor.texts("system")
    assert notice.startswith(AWAY)
    found = await visitor.read()
    assert found["messages"][1]["buttons"] == [{"title": "转人工", "text": "转人工"}]
    assert len(found["pending"]) == 2
    assert await outcomes(rig) == [("told", "bot_unavailable")] * 2
    await visitor.say("转人工")
    await rig.run_turns(bot)
    assert await state(visitor) == "queued"


async def test_a_bot_that_is_back_answers_what_it_missed_once(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot(available=False)
    await visitor.say("第一问")
    await visitor.say("第二问")
    await rig.run_turns(bot)
    bot.available = True
    for _ in range(3):
        await rig.run_turns(bot)
    assert await visitor.texts("bot") == ["第一问", "第二问"]
    assert (await visitor.read())["pending"] == []
    assert len(await visitor.texts("system")) == 1


async def test_a_second_outage_is_told_again(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot(available=False)
    await visitor.say("第一问")
    await rig.run_turns(bot)
    bot.available = True
    await rig.run_turns(bot)
    bot.available = False
    await visitor.say("第二问")
    await rig.run_turns(bot)
    assert len(await visitor.texts("system")) == 2


async def test_an_agent_who_took_over_during_an_outage_gets_what_the_bot_missed(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot(available=False)
    await visitor.say("第一问")
    await rig.run_turns(bot)
    agent = await rig.staff()
    await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    bot.available = True
    await rig.run_turns(bot)
    assert await visitor.texts("bot") == []
    assert await outcomes(rig) == [("done", "delivered")]


@pytest.mark.parametrize("text", ["你好", "转人工", "煤气泄漏"])
async def test_running_a_turn_twice_changes_nothing(rig: Rig, text: str) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say(text)
    labeller = LabelledByText({"煤气泄漏": labels_of(impact=4, urgency=4)})
    runner = rig.runner(SwitchedBot(), labeller)
    await runner.run(UUID(sent["id"]))
    before = await rig.rows(SNAPSHOT)
    await runner.run(UUID(sent["id"]))
    await runner.give_up(UUID(sent["id"]))
    assert await rig.rows(SNAPSHOT) == before


@pytest.mark.parametrize("text", ["你好", "转人工"])
async def test_a_turn_that_runs_twice_at_once_answers_once(rig: Rig, text: str) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say(text)
    runner = rig.runner(SwitchedBot(), LabelledByText())
    await asyncio.gather(*(runner.run(UUID(sent["id"])) for _ in range(5)))
    assert len((await visitor.read())["messages"]) == 2
    (turn,) = await outcomes(rig)
    assert turn in [("done", "small_talk"), ("done", "handoff")]
    assert turn[1] == ("handoff" if text == "转人工" else "small_talk")


async def test_a_turn_that_died_after_asking_the_bot_is_answered_once_when_run_again(
    rig: Rig,
) -> None:
    visitor, bot = await rig.visitor(), ThinkingBot()
    sent = await visitor.say("退款")
    turn = asyncio.create_task(rig.runner(bot).run(UUID(sent["id"])))
    await asyncio.wait_for(bot.begun.wait(), 5)
    turn.cancel()
    await asyncio.gather(turn, return_exceptions=True)
    assert (await visitor.read())["pending"] == [sent["id"]]
    await rig.run_turns()
    assert await visitor.texts("bot") == ["退款"]


async def test_giving_up_hands_the_message_to_a_person(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("奇怪的消息")
    await rig.runner().give_up(UUID(sent["id"]))
    assert await state(visitor) == "queued"
    assert await rig.scalar("SELECT reason FROM handoff") == "failed"
    assert await outcomes(rig) == [("done", "handoff")]


async def test_giving_up_while_an_agent_owns_it_leaves_it_with_the_agent(rig: Rig) -> None:
    visitor = await rig.visitor()
    agent = await rig.staff()
    await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    sent = await visitor.say("奇怪的消息")
    await rig.runner().give_up(UUID(sent["id"]))
    assert await state(visitor) == "active"
    ((_, outcome),) = await outcomes(rig)
    assert outcome == "delivered", "nobody was handed anything"


@pytest.mark.parametrize("text", ["转人工", "煤气泄漏"])
async def test_a_wish_that_crosses_with_the_end_of_the_conversation_is_still_granted(
    rig: Rig, text: str
) -> None:
    visitor = await rig.visitor()
    agent = await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    await agent.post(f"{base}/take")
    await visitor.say(text)
    assert (await agent.post(f"{base}/close", json={"result": "resolved"})).status_code == 200
    labeller = LabelledByText({"煤气泄漏": labels_of(impact=4, urgency=4)})
    await rig.run_turns(labeller=labeller)
    assert await state(visitor) == "queued"
    assert await outcomes(rig) == [("done", "handoff")]


async def test_a_question_that_crosses_with_the_end_of_the_conversation_is_answered(
    rig: Rig,
) -> None:
    visitor = await rig.visitor()
    agent = await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    await agent.post(f"{base}/take")
    await visitor.say("再问一下退货地址")
    await agent.post(f"{base}/close", json={"result": "resolved"})
    await rig.run_turns()
    assert await visitor.texts("bot") == ["再问一下退货地址"], "accepted, and answered by nobody"


async def test_intents_are_named_in_words(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        tx.add(Intent(name="own_one", title="问门店", kind="chitchat"))
    visitor = await rig.visitor()
    for text, name in (("我的货呢", "track_order"), ("店在哪", "own_one"), ("嗯", "gone_by_now")):
        await visitor.say(text)
        nlu = Understanding(intent=Guess(name=name, confidence=0.8))
        answer = Answer(replies=(Reply(text="好的"),), outcome="task", nlu=nlu)
        await rig.run_turns(RecordedBot({text: answer}), LabelledByText())
    path = f"/api/v1/conversations/{visitor.conversation_id}/messages"
    messages = (await (await rig.staff()).get(path)).json()["messages"]
    titles = [each["turn"]["meant"]["title"] for each in messages if each["author"] == "customer"]
    assert titles == ["查物流", "问门店", "gone_by_now"]


async def test_the_priority_of_a_conversation_never_falls_with_a_later_message(rig: Rig) -> None:
    visitor = await rig.visitor()
    urgent = labels_of(category="payment", impact=3, urgency=3)
    labeller = LabelledByText({"被盗刷": urgent, "你好": labels_of(impact=1, urgency=1)})
    for text in ("被盗刷", "你好"):
        await visitor.say(text)
        await rig.run_turns(labeller=labeller)
    (row,) = await rig.rows("SELECT priority, category FROM conversation")
    assert tuple(row) == ("P2", "payment")


async def test_what_the_bot_understood_is_kept_for_staff(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        tx.add(Release(number=7, data_hash="d", model_hash="the model's hash", evaluation={}))
    ((key, question),) = await rig.rows("SELECT key, question FROM knowledge_entry LIMIT 1")
    visitor = await rig.visitor()
    await visitor.say("运费多少")
    answer = Answer(
        replies=(Reply(text="满 99 包邮"), Reply(text="还有别的吗", kind="suggestions")),
        outcome="faq",
        answers=(Ranked(key=key, score=0.97),),
        nlu=Understanding(
            intent=Guess(name="faq", confidence=0.97),
            faq_ranking=(Ranked(key=key, score=0.97),),
        ),
        slots={"order_number": "A1", "issue": None, "empty": ""},
        model="the model's hash",
    )
    await rig.run_turns(RecordedBot({"运费多少": answer}), LabelledByText())
    agent = await rig.staff()
    path = f"/api/v1/conversations/{visitor.conversation_id}/messages"
    asked, first, second = (await agent.get(path)).json()["messages"]
    intent, meant = {"name": "faq", "confidence": 0.97}, {"title": question, "confidence": 0.97}
    expected = {"outcome": "faq", "intent": intent, "meant": meant, "release": 7}
    assert asked["turn"] == first["turn"] == second["turn"] == expected
    assert asked["labels"]["category"]["key"] == "logistics"
    assert first["labels"] is None
    assert second["kind"] == "suggestions"
    assert await rig.scalar("SELECT slots FROM conversation") == {"order_number": "A1"}


async def test_turns_of_different_conversations_do_not_wait_for_each_other(rig: Rig) -> None:
    slow, quick = await rig.visitor(), await rig.visitor()
    bot = ThinkingBot()
    held = await slow.say("慢")
    turn = asyncio.create_task(rig.runner(bot).run(UUID(held["id"])))
    await asyncio.wait_for(bot.begun.wait(), 5)
    sent = await quick.say("快")
    await rig.runner().run(UUID(sent["id"]))
    assert await quick.texts("bot") == ["快"]
    assert (await slow.say("又一条"))["seq"] == 2, "a thinking bot must not hold the conversation"
    bot.may_answer.set()
    await turn
    await eventually(lambda: slow.texts("bot"), "the slow answer arrives")
