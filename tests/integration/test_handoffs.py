"""Hops and their packets; the gateway through which the bot asks for a person or a ticket."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from api.assistant import Answer, Guess, Ranked, Reply, Understanding
from api.handoffs import service as handoffs
from tests.support.labelling import LabelledByText, RecordedBot, labels_of
from tests.support.rig import Rig, Visitor

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


async def some_key(rig: Rig) -> str:
    return str(await rig.scalar("SELECT key FROM knowledge_entry ORDER BY key LIMIT 1"))


async def request(
    gateway: httpx.AsyncClient, visitor: Visitor, message: object, **changes: Any
) -> httpx.Response:
    body = {
        "conversation_id": str(visitor.conversation_id),
        "message_id": str(message),
        "reason": "bot_failed",
        **changes,
    }
    return await gateway.post("/internal/v1/handoffs", json=body)


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", "Basic eDp5"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "knowledge/lookup"),
        ("POST", "tickets"),
        ("POST", "handoffs"),
        ("GET", "models/production"),
        ("POST", "turns/summary"),
    ],
)
async def test_the_gateway_is_closed_without_the_service_token(
    rig: Rig, method: str, path: str, token: str | None
) -> None:
    http = await rig.client(headers={} if token is None else {"Authorization": token})
    answer = await http.request(
        method, f"/internal/v1/{path}", json={} if method == "POST" else None
    )
    assert answer.status_code == 401
    assert "error" in answer.json()


async def test_neither_visitors_nor_admins_may_use_the_gateway(rig: Rig) -> None:
    visitor, admin = await rig.visitor(), await rig.staff("admin")
    for http in (visitor.http, admin):
        answer = await http.post("/internal/v1/knowledge/lookup", json={"keys": []})
        assert answer.status_code == 401


async def test_the_bot_asks_for_a_person_once(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("听不懂吗")
    first = (await request(gateway, visitor, sent["id"], note="两次没听懂")).json()
    again = (await request(gateway, visitor, sent["id"])).json()
    assert first == {
        "state": "queued",
        "position": 1,
        "expected_wait_seconds": None,
        "created": True,
    }
    assert again == {**first, "created": False}
    assert len(await visitor.texts("system")) == 1
    (hop,) = await rig.rows("SELECT reason, note FROM handoff")
    assert tuple(hop) == ("bot_failed", "两次没听懂")


async def test_twenty_requests_at_once_make_one_hop(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("人呢")
    answers = await asyncio.gather(*(request(gateway, visitor, sent["id"]) for _ in range(20)))
    assert [answer.status_code for answer in answers] == [200] * 20
    assert sum(answer.json()["created"] for answer in answers) == 1
    assert await rig.scalar("SELECT count(*) FROM handoff") == 1


async def test_a_request_of_another_cause_while_waiting_changes_nothing(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    for _ in range(2):
        sent = await visitor.say("人呢")
        await request(gateway, visitor, sent["id"])
    assert await rig.scalar("SELECT count(*) FROM handoff") == 1


async def test_a_cause_counts_once_even_after_the_conversation_came_back_to_the_bot(
    rig: Rig,
) -> None:
    visitor, gateway, agent = await rig.visitor(), await rig.gateway(), await rig.staff()
    sent = await visitor.say("人呢")
    await request(gateway, visitor, sent["id"])
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    await agent.post(f"{base}/take")
    await agent.post(f"{base}/return-to-bot", json={})
    assert (await request(gateway, visitor, sent["id"])).json() == {
        "state": "bot",
        "position": None,
        "expected_wait_seconds": None,
        "created": False,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "because"},
        {"conversation_id": "x"},
        {"message_id": None},
        {"note": "x" * 1001},
    ],
)
async def test_a_malformed_request_is_refused(rig: Rig, wrong: dict[str, object]) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    assert (await request(gateway, visitor, uuid4(), **wrong)).status_code == 422


async def test_a_person_for_nobodys_conversation_is_not_found(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    answer = await request(gateway, visitor, uuid4(), conversation_id=str(uuid4()))
    assert answer.status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE handoff SET reason = 'policy'",
        "UPDATE handoff SET packet = '{}'",
        "DELETE FROM handoff",
    ],
)
async def test_a_hop_can_be_neither_changed_nor_deleted(rig: Rig, statement: str) -> None:
    visitor = await rig.visitor()
    await visitor.say("转人工")
    await rig.run_turns()
    before = await rig.rows("SELECT * FROM handoff")

    async def change() -> None:
        async with rig.database.transaction() as tx:
            await (await tx.connection()).exec_driver_sql(statement)

    with pytest.raises(DBAPIError, match="never changed"):
        await change()
    assert await rig.rows("SELECT * FROM handoff") == before


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
        *("sentiment", "customer", "deadlines", "suggested_answers"),
    }
    assert packet["version"] == 1
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


async def test_a_packet_carries_the_weightiest_labels_and_the_mood_of_every_message(
    rig: Rig,
) -> None:
    _, _, hop = await story(rig)
    packet = hop["packet"]
    assert packet["labels"]["category"]["key"] == "service"
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
    _, _, hop = await story(rig)
    (deadline,) = hop["packet"]["deadlines"]
    assert deadline["kind"] == "chat_first_response"
    (row,) = await rig.rows(
        "SELECT first_response_due_at - queued_at AS minutes, priority FROM conversation"
    )
    assert (row.priority, row.minutes.total_seconds()) == ("P3", 300)


async def test_a_stored_packet_stays_as_it_was(rig: Rig) -> None:
    visitor, key, hop = await story(rig)
    supervisor = await rig.staff("supervisor")
    changed = await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "全新的答案"})
    assert changed.status_code == 200
    await visitor.say("再补充一句")
    answer = await supervisor.get(
        "/api/v1/handoffs", params={"conversation_id": str(visitor.conversation_id)}
    )
    assert answer.json()["items"] == [hop]


async def test_every_hop_is_numbered_and_says_from_whom_to_whom(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    for _ in range(2):
        await visitor.say("转人工")
        await rig.run_turns()
        await agent.post(f"{base}/take")
        await agent.post(f"{base}/return-to-bot", json={})
    me = f"agent:{(await agent.get('/api/v1/auth/me')).json()['user']['id']}"
    rows = await rig.rows("SELECT hop, from_owner, to_owner FROM handoff ORDER BY hop")
    hops = [("bot", "queue"), ("queue", me), (me, "bot")] * 2
    assert [tuple(row) for row in rows] == [(n, *hop) for n, hop in enumerate(hops, 1)]


async def test_a_failed_hop_leaves_nothing_behind(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("人呢")

    async def hand_off_and_fail() -> None:
        async with rig.database.transaction() as tx:
            await handoffs.request(
                tx, visitor.conversation_id, cause=f"turn:{sent['id']}", reason="p1"
            )
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await hand_off_and_fail()
    assert await rig.scalar("SELECT count(*) FROM handoff") == 0
    assert (await visitor.read())["conversation"]["state"] == "bot"


async def ticket(
    gateway: httpx.AsyncClient, visitor: Visitor, message: object, **changes: Any
) -> httpx.Response:
    body = {
        "conversation_id": str(visitor.conversation_id),
        "message_id": str(message),
        "kind": "request",
        "description": "冰箱不制冷",
        "order_number": "YS20260302",
        "contact": "13812345678",
        **changes,
    }
    return await gateway.post("/internal/v1/tickets", json=body)


async def test_the_same_conversation_message_and_kind_give_the_same_ticket(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("冰箱不制冷")
    first = (await ticket(gateway, visitor, sent["id"])).json()
    again = (await ticket(gateway, visitor, sent["id"], description="又一遍")).json()
    other = (await ticket(gateway, visitor, sent["id"], kind="complaint")).json()
    assert (first["created"], again["created"], other["created"]) == (True, False, True)
    assert first["number"] == again["number"] != other["number"]
    assert first.keys() == {"number", "priority", "first_response_minutes", "created"}


async def test_twenty_requests_at_once_open_one_ticket(rig: Rig) -> None:
    visitor, gateway = await rig.visitor(), await rig.gateway()
    sent = await visitor.say("冰箱不制冷")
    answers = await asyncio.gather(*(ticket(gateway, visitor, sent["id"]) for _ in range(20)))
    assert {answer.json()["number"] for answer in answers} == {answers[0].json()["number"]}
    assert await rig.scalar("SELECT count(*) FROM ticket") == 1


async def test_a_ticket_has_the_labels_and_deadlines_of_its_conversation(rig: Rig) -> None:
    visitor, gateway = await rig.visitor("赵"), await rig.gateway()
    seen = labels_of(category="quality", nature="help", impact=3, urgency=3)
    sent = await visitor.say("冰箱不制冷")
    await rig.run_turns(labeller=LabelledByText({"冰箱不制冷": seen}))
    opened = (await ticket(gateway, visitor, sent["id"], kind="complaint")).json()
    assert (opened["priority"], opened["first_response_minutes"]) == ("P2", 15)
    agent = await rig.staff()
    (item,) = (await agent.get("/api/v1/tickets", params={"state": "open"})).json()["items"]
    assert item == (await agent.get(f"/api/v1/tickets/{opened['number']}")).json()
    assert (item["category"]["key"], item["nature"]["key"]) == ("quality", "complaint")
    assert item["customer"]["display_name"] == "赵"
    (of_conversation,) = (
        await agent.get("/api/v1/tickets", params={"conversation_id": str(visitor.conversation_id)})
    ).json()["items"]
    assert of_conversation == item
    customer = (await agent.get(f"/api/v1/customers/{item['customer']['id']}")).json()
    assert [each["number"] for each in customer["open_tickets"]] == [opened["number"]]
    assert (await agent.get("/api/v1/tickets", params={"state": "closed"})).json()["items"] == []


async def test_an_unknown_ticket_or_customer_is_not_found(rig: Rig) -> None:
    agent = await rig.staff()
    assert (await agent.get("/api/v1/tickets/T20260101-00001")).status_code == 404
    assert (await agent.get(f"/api/v1/customers/{uuid4()}")).status_code == 404


async def test_an_edited_answer_is_served_by_the_next_lookup(rig: Rig) -> None:
    gateway, supervisor, key = (
        await rig.gateway(),
        await rig.staff("supervisor"),
        await some_key(rig),
    )

    async def lookup(*keys: str) -> list[dict[str, str]]:
        found = await gateway.post("/internal/v1/knowledge/lookup", json={"keys": keys})
        entries: list[dict[str, str]] = found.json()["entries"]
        return entries

    (before,) = await lookup(key)
    changed = await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "新的答案"})
    assert changed.status_code == 200
    (after,) = await lookup("no_such_key", key)
    assert (after["answer"], after["question"]) == ("新的答案", before["question"])
    await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "x", "active": False})
    assert await lookup(key) == []


async def test_a_lookup_keeps_the_order_of_the_keys(rig: Rig) -> None:
    gateway = await rig.gateway()
    rows = await rig.rows("SELECT key FROM knowledge_entry ORDER BY key DESC LIMIT 5")
    keys = [row.key for row in rows]
    found = await gateway.post("/internal/v1/knowledge/lookup", json={"keys": keys})
    assert [entry["key"] for entry in found.json()["entries"]] == keys


async def test_of_two_edits_of_one_version_the_second_is_refused(rig: Rig) -> None:
    supervisor, key = await rig.staff("supervisor"), await some_key(rig)
    path = f"/api/v1/knowledge/{key}"
    answers = await asyncio.gather(
        *(supervisor.put(path, json={"answer": f"第{n}版", "version": 1}) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["error"]["details"] == {"version": 2}


@pytest.mark.parametrize("query", ["%", "_", "\\", "' OR 1=1 --", "不存在的词"])
async def test_a_search_takes_its_words_literally(rig: Rig, query: str) -> None:
    agent = await rig.staff()
    found = (await agent.get("/api/v1/knowledge", params={"query": query})).json()["items"]
    for item in found:
        assert query in item["question"] + item["answer"] + "".join(item["questions"])


async def test_a_search_finds_question_answer_and_wording(rig: Rig) -> None:
    agent, key = await rig.staff(), await some_key(rig)
    everything = (await agent.get("/api/v1/knowledge")).json()["items"]
    entry = next(item for item in everything if item["key"] == key)
    for words in (entry["question"], entry["answer"][:20].split("\n")[0], entry["questions"][0]):
        found = (await agent.get("/api/v1/knowledge", params={"query": words})).json()["items"]
        assert key in [item["key"] for item in found]
    category = entry["category"]["key"]
    narrowed = (await agent.get("/api/v1/knowledge", params={"category": category})).json()
    assert {item["category"]["key"] for item in narrowed["items"]} == {category}


async def test_without_a_release_there_is_no_model_to_load(rig: Rig) -> None:
    gateway = await rig.gateway()
    assert (await gateway.get("/internal/v1/models/production")).status_code == 204


async def test_rasa_gets_the_live_model_once(rig: Rig) -> None:
    gateway = await rig.gateway()
    number = await rig.scalar(
        """INSERT INTO release (state, data_hash, model_hash, evaluation, created_at)
           VALUES ('live', 'd', 'm1', '{}', now()) RETURNING number"""
    )
    missing = await gateway.get("/internal/v1/models/production")
    assert missing.status_code == 404, "the release's file is not there"
    folder = rig.desk.settings.releases / str(number)
    folder.mkdir(parents=True)
    (folder / "model.tar.gz").write_bytes(b"model")
    answer = await gateway.get("/internal/v1/models/production")
    assert (answer.status_code, answer.content) == (200, b"model")
    assert answer.headers["filename"] == f"release-{number}.tar.gz"
    same = await gateway.get(
        "/internal/v1/models/production", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (same.status_code, same.content) == (304, b"")


async def test_only_one_release_can_be_live(rig: Rig) -> None:
    insert = """INSERT INTO release (state, data_hash, model_hash, evaluation, created_at)
                VALUES ('live', 'd', 'm', '{}', now()) RETURNING number"""
    await rig.scalar(insert)
    with pytest.raises(DBAPIError, match="uq_release_live"):
        await rig.scalar(insert)


async def test_the_summary_counts_outcomes_unfinished_and_doubled_answers(rig: Rig) -> None:
    visitor, other, gateway = await rig.visitor(), await rig.visitor(), await rig.gateway()
    for text in ("你好", "转人工", "在吗"):
        await visitor.say(text)
        await rig.run_turns(labeller=LabelledByText())
    await visitor.say("还没处理")
    await other.say("别人的")
    body = {"conversation_ids": [str(visitor.conversation_id)]}
    summary = (await gateway.post("/internal/v1/turns/summary", json=body)).json()
    assert summary == {
        "turns": 4,
        "outcomes": {"small_talk": 1, "handoff": 1, "queued": 1},
        "categories": {"logistics": 3},
        "priorities": {"P3": 3},
        "lost": 1,
        "answered_twice": 0,
    }
