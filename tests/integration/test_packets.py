"""What an agent gets with a conversation, so that nobody repeats a word."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api.assistant import Answer, Guess, Ranked, Reply, Understanding
from tests.support.knowledge import some_key
from tests.support.labelling import LabelledByText, RecordedBot, SwitchedBot, labels_of
from tests.support.rig import Rig, Visitor
from tests.support.timing import never_closed

KEY = "logistics_fee"


def faq_answer(key: str, **slots: str) -> Answer:
    return Answer(
        replies=(Reply(text="答案"),),
        outcome="faq",
        answers=(Ranked(key=key, score=0.9),),
        nlu=Understanding(
            intent=Guess(name="faq", confidence=0.9),
            intent_ranking=(Guess(name="faq", confidence=0.9), Guess(name="greet", confidence=0.1)),
            faq_ranking=(Ranked(key=key, score=0.9),),
        ),
        slots=dict(slots),
    )


NOT_HELPFUL = Answer(
    replies=(Reply(text="抱歉"),),
    outcome="task",
    nlu=Understanding(intent=Guess(name="answer_not_helpful", confidence=0.95)),
    slots={"order_number": "YS20260302", "unknown_slot": "x"},
)


async def story(rig: Rig) -> tuple[Visitor, str, dict[str, Any]]:
    """A question answered twice in vain, then the wish for a person; gives the first packet."""
    visitor, key = await rig.visitor("李先生"), await some_key(rig)
    bot = RecordedBot({"运费多少": faq_answer(key), "没用": NOT_HELPFUL})
    labeller = LabelledByText(
        {
            "运费多少": labels_of(category="logistics", nature="consult", impact=1, urgency=1),
            "没用": labels_of(category="service", impact=2, urgency=3, sentiment="negative"),
            "转人工": labels_of(category="other", impact=1, urgency=1, anger=True, confidence=0.2),
        }
    )
    for text in ("运费多少", "没用", "转人工"):
        await visitor.say(text)
        await rig.run_turns(bot, labeller)
    agent = await rig.staff()
    answer = await agent.get(
        "/api/v1/handoffs", params={"conversation_id": str(visitor.conversation_id)}
    )
    (hop,) = answer.json()["items"]
    return visitor, key, hop


async def test_a_packet_holds_everything_so_that_nobody_repeats_a_word(rig: Rig) -> None:
    _, _, hop = await story(rig)
    assert hop.keys() == {
        *("id", "conversation_id", "hop", "from_owner", "to_owner"),
        *("reason", "note", "created_at", "packet"),
    }
    packet = hop["packet"]
    assert packet.keys() == {
        *("version", "reason", "summary", "transcript", "intent", "slots", "tried", "labels"),
        *("sentiment", "customer", "deadlines", "suggested_answers", "responsible", "hops"),
    }
    assert packet["version"] == 2
    assert packet["reason"] == {"code": "customer_asked", "text": "客户要求人工"}
    said = [line["text"] for line in packet["transcript"] if line["author"] == "customer"]
    assert said == ["运费多少", "没用", "转人工"]
    assert [line["seq"] for line in packet["transcript"]] == [1, 2, 3, 4, 5]
    assert packet["slots"] == [{"name": "order_number", "title": "订单号", "value": "YS20260302"}]
    assert packet["customer"]["display_name"] == "李先生"
    assert packet["customer"]["conversations"] == 1
    assert UUID(packet["customer"]["id"]).version == 7


async def test_a_packet_shows_choices_in_words(rig: Rig) -> None:
    visitor = await rig.visitor()
    booked = faq_answer(
        KEY, service="install", security_wish="lock", reason="质量问题", note="lock"
    )
    for text in ("预约", "转人工"):
        await visitor.say(text)
        await rig.run_turns(RecordedBot({"预约": booked}))
    slots = await rig.scalar("SELECT packet -> 'slots' FROM handoff")
    assert {slot["title"]: slot["value"] for slot in slots} == {
        "上门服务": "安装",
        "账号处理": "冻结账号",
        "原因": "质量问题",
        "说明": "lock",
    }


async def test_a_packet_names_the_answers_that_did_not_help(rig: Rig) -> None:
    _, key, hop = await story(rig)
    (tried,) = hop["packet"]["tried"]
    assert (tried["kind"], tried["key"], tried["seq"], tried["rejected"]) == (
        "answer",
        key,
        1,
        True,
    )
    assert f"《{tried['question']}》（客户表示没用）" in hop["packet"]["summary"]


async def test_a_packet_suggests_answers_and_names_the_intent(rig: Rig) -> None:
    _, key, hop = await story(rig)
    packet = hop["packet"]
    assert [item["key"] for item in packet["suggested_answers"]] == [key]
    intent = packet["intent"]
    names = [intent["name"], *(other["name"] for other in intent["alternatives"])]
    assert f"faq/{key}" in names or intent["name"] == "answer_not_helpful"


async def test_a_packet_carries_the_labels_of_the_matter_and_the_mood_of_every_message(
    rig: Rig,
) -> None:
    _, _, hop = await story(rig)
    packet = hop["packet"]
    assert packet["labels"]["category"]["key"] == "logistics", "「没用」 tells nothing"
    assert packet["labels"]["priority"]["key"] == "P3"
    assert packet["sentiment"] == {
        "current": "neutral",
        "anger": True,
        "trend": [
            {"seq": 1, "sentiment": "neutral", "anger": False},
            {"seq": 3, "sentiment": "negative", "anger": False},
            {"seq": 5, "sentiment": "neutral", "anger": True},
        ],
    }


async def test_a_packet_carries_the_running_deadline_of_its_priority(rig: Rig) -> None:
    await never_closed(rig)
    _, _, hop = await story(rig)
    (deadline,) = hop["packet"]["deadlines"]
    assert deadline["kind"] == "chat_first_response"
    (row,) = await rig.rows("SELECT kind, priority, target_minutes FROM deadline")
    assert tuple(row) == ("chat_first_response", "P3", 5)


async def told_hops(rig: Rig, visitor: Visitor, username: str = "agent") -> dict[str, Any]:
    agent = await rig.staff(username)
    query = {"conversation_id": str(visitor.conversation_id)}
    answer = await agent.get("/api/v1/handoffs", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_stored_packet_stays_as_it_was(rig: Rig) -> None:
    visitor, key, hop = await story(rig)
    supervisor = await rig.staff("supervisor")
    changed = await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "全新的答案"})
    assert changed.status_code == 200
    await visitor.say("再补充一句")
    assert (await told_hops(rig, visitor))["items"] == [hop]


async def test_what_is_said_after_the_hop_stands_in_the_packet_of_now(rig: Rig) -> None:
    visitor, key, hop = await story(rig)
    more = "洗衣机漏水了"
    bot = RecordedBot({more: faq_answer(key), "好的谢谢": NOT_HELPFUL})
    for text in ("订单号是 202611180012345", more, "好的谢谢"):
        await visitor.say(text)
        await rig.run_turns(bot, LabelledByText())
    found = await told_hops(rig, visitor)
    assert found["items"] == [hop]
    now = found["now"]
    problem, _, known, wish = now["summary"].splitlines()
    assert problem.endswith(f"“运费多少”“{more}”"), problem
    assert "订单号 YS20260302；订单号 202611180012345" in known
    assert wish.endswith("客户要求人工")
    assert [slot["value"] for slot in now["slots"]] == ["YS20260302", "202611180012345"]
    assert now["transcript"] == [], "the conversation itself is beside it"


async def test_numbers_are_hidden_in_the_packet_of_now(rig: Rig) -> None:
    visitor = await rig.visitor()
    for text in ("转人工", "手机 13900001234，尽快回电给我"):
        await visitor.say(text)
        await rig.run_turns()
    now = (await told_hops(rig, visitor))["now"]
    assert now["slots"] == [{"name": "phone", "title": "手机号", "value": "139****1234"}]
    assert "13900001234" not in str(now)


async def test_who_asks_for_a_person_at_once_is_suggested_answers_for_too(rig: Rig) -> None:
    visitor, key = await rig.visitor(), await some_key(rig)
    asked = "快递丢了三天，转人工"
    await visitor.say(asked)
    await rig.run_turns(RecordedBot({asked: faq_answer(key)}), LabelledByText())
    found = await told_hops(rig, visitor)
    assert [item["key"] for item in found["now"]["suggested_answers"]] == [key]
    assert found["items"][0]["packet"]["suggested_answers"] == [], "the bot was not asked before"


async def test_without_the_bot_a_wish_for_a_person_is_granted_all_the_same(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("快递丢了三天，转人工")
    await rig.run_turns(SwitchedBot(available=False), LabelledByText())
    found = await told_hops(rig, visitor)
    assert found["now"]["suggested_answers"] == []
    assert "“快递丢了三天，转人工”" in found["now"]["summary"]


async def test_a_conversation_without_hops_has_no_packet(rig: Rig) -> None:
    assert await told_hops(rig, await rig.visitor()) == {"items": [], "now": None}


async def test_a_resolved_ticket_is_not_an_open_one(rig: Rig) -> None:
    visitor, _, _ = await story(rig)
    agent = await rig.staff()
    path = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{path}/take")).status_code == 200
    opened = await agent.post(f"{path}/to-ticket", json={})
    assert opened.status_code == 201, opened.text
    number = opened.json()["number"]
    assert f"未结工单 {number}" in (await told_hops(rig, visitor))["now"]["summary"]
    async with rig.database.transaction() as tx:
        connection = await tx.connection()
        await connection.exec_driver_sql("UPDATE ticket SET state = 'resolved'")
    now = (await told_hops(rig, visitor))["now"]
    assert number not in str(now["customer"]) + now["summary"]


async def test_another_teams_conversation_is_not_there(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("转人工")
    await rig.run_turns()
    owner, other = await rig.staff("agent"), await rig.colleague("elsewhere")
    path = f"/api/v1/conversations/{visitor.conversation_id}/take"
    assert (await owner.post(path)).status_code == 200
    hops = {"conversation_id": str(visitor.conversation_id)}
    assert (await other.get("/api/v1/handoffs", params=hops)).status_code == 200
    async with rig.database.transaction() as tx:
        connection = await tx.connection()
        await connection.exec_driver_sql(
            "INSERT INTO team (id, name, created_at) VALUES (gen_random_uuid(), '一组', now())"
        )
        await connection.exec_driver_sql(
            "UPDATE staff SET team_id = (SELECT id FROM team) WHERE username = 'agent'"
        )
    assert (await other.get("/api/v1/handoffs", params=hops)).status_code == 404
    assert (await owner.get("/api/v1/handoffs", params=hops)).status_code == 200
