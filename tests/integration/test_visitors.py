"""Visitors over plain HTTP: tokens, privacy, waiting for messages, rating."""

from __future__ import annotations

import asyncio
import time
from uuid import UUID

import httpx
import pytest

from api.naming import newcomer
from tests.support.labelling import LabelledByText
from tests.support.rig import Rig, Visitor
from tests.support.waiting import eventually

PATHS = [("GET", "messages"), ("POST", "messages"), ("POST", "rating")]
BODIES = {"messages": {"text": "你好", "client_id": "c1"}, "rating": {"score": 5}}


async def ask(http: httpx.AsyncClient, method: str, path: str, token: str | None) -> httpx.Response:
    headers = {} if token is None else {"Authorization": token}
    body = BODIES[path] if method == "POST" else None
    return await http.request(method, f"/api/v1/visitor/{path}", headers=headers, json=body)


@pytest.mark.parametrize(("method", "path"), PATHS)
@pytest.mark.parametrize(
    "token", [None, "", "Bearer", "Bearer x", "Bearer \t", "Basic eDp5", "Bearer " + "A" * 43]
)
async def test_a_missing_or_forged_token_grants_nothing(
    rig: Rig, method: str, path: str, token: str | None
) -> None:
    answer = await ask(await rig.client(), method, path, token)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "session_expired"


async def test_a_conversation_id_alone_grants_nothing(rig: Rig) -> None:
    visitor = await rig.visitor()
    http = await rig.client()
    answer = await ask(http, "GET", "messages", f"Bearer {visitor.conversation_id}")
    assert answer.status_code == 401


async def test_an_expired_token_grants_nothing(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("在吗")
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE visitor_session SET expires_at = now() - interval '1 second'"
        )
    assert (await visitor.send("还在吗")).status_code == 401


async def test_only_the_hash_of_a_token_is_stored(rig: Rig) -> None:
    visitor = await rig.visitor()
    (row,) = await rig.rows("SELECT visitor_session::text AS line FROM visitor_session")
    assert visitor.token not in row.line
    assert visitor.token.encode().hex() not in row.line


async def test_two_visitors_do_not_see_each_other(rig: Rig) -> None:
    one, other = await rig.visitor(), await rig.visitor()
    await one.say("我的手机号是 13812345678")
    assert await other.texts() == []
    assert (await other.read())["conversation"]["id"] == str(other.conversation_id)
    assert one.conversation_id != other.conversation_id


async def test_a_session_needs_no_body_and_takes_a_name(rig: Rig) -> None:
    http = await rig.client()
    assert (await http.post("/api/v1/visitor/sessions")).status_code == 201
    await rig.visitor("张\x00三")
    await rig.visitor("\u200b")
    rows = await rig.rows("SELECT id, display_name FROM customer ORDER BY created_at")
    assert [row.display_name for row in rows] == [
        newcomer("customer", rows[0].id),
        "张三",
        newcomer("customer", rows[2].id),
    ]
    assert rows[0].display_name != rows[2].display_name


async def test_a_new_conversation_is_with_the_bot(rig: Rig) -> None:
    visitor = await rig.visitor()
    found = await visitor.read()
    assert found["messages"] == []
    assert found["pending"] == []
    assert found["conversation"] == {
        "id": str(visitor.conversation_id),
        "state": "bot",
        "agent_name": None,
        "queue_position": None,
        "expected_wait_seconds": None,
        "opens_at": None,
        "agent_read_seq": 0,
        "rating": None,
        "nps": None,
        "rated": False,
        "rateable": False,
        "wechat_accounts": [],
        "joined": False,
    }


async def test_a_waiting_request_is_answered_as_soon_as_there_is_a_message(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("在吗")
    await eventually(lambda: rig.desk.hub._redis.connection_pool is not None, "connected")
    started = time.monotonic()
    waiting = asyncio.create_task(visitor.read(after=1, wait=20))
    await eventually(lambda: rig.desk.hub._listeners, "the request listens")
    await rig.run_turns()
    found = await waiting
    assert [item["author"] for item in found["messages"]] == ["bot"]
    assert time.monotonic() - started < 4, "it waited for the next look instead of the event"


async def test_a_waiting_request_ends_empty_when_its_time_is_over(rig: Rig) -> None:
    visitor = await rig.visitor()
    found = await visitor.read(wait=0.1)
    assert (found["messages"], found["next"]) == ([], 0)


@pytest.mark.parametrize("wrong", ["after=-1", "after=2147483648", "wait=31", "wait=-1", "after=x"])
async def test_a_wrong_query_is_refused(rig: Rig, wrong: str) -> None:
    visitor = await rig.visitor()
    answer = await visitor.http.get(f"/api/v1/visitor/messages?{wrong}")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "validation_failed"


async def test_more_messages_than_a_page_arrive_page_by_page(rig: Rig) -> None:
    visitor = await rig.visitor()
    async with rig.database.transaction() as tx:
        from api.conversations import repository
        from api.conversations.service import append

        conversation = await repository.lock(tx, visitor.conversation_id)
        for number in range(repository.PAGE + 5):
            append(tx, conversation, author="bot", text=str(number))
    first = await visitor.read()
    second = await visitor.read(after=first["next"])
    assert len(first["messages"]) == repository.PAGE
    assert [item["text"] for item in second["messages"]] == ["200", "201", "202", "203", "204"]


async def ended(rig: Rig, visitor: Visitor) -> None:
    """The conversation is taken, answered and closed."""
    await visitor.say("转人工")
    await rig.run_turns()
    agent = await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{base}/take")).status_code == 200
    assert (await agent.post(f"{base}/close", json={"result": "resolved"})).status_code == 200


async def rate(visitor: Visitor, score: object, comment: object = None) -> httpx.Response:
    return await visitor.http.post(
        "/api/v1/visitor/rating", json={"score": score, "comment": comment}
    )


async def test_a_conversation_is_rated_once_and_after_its_end(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("在吗")
    early = await rate(visitor, 5)
    assert (early.status_code, early.json()["error"]["code"]) == (409, "not_rateable")
    await ended(rig, visitor)
    assert (await rate(visitor, 4, " 很好 ")).status_code == 204
    again = await rate(visitor, 1)
    assert (again.status_code, again.json()["error"]["code"]) == (409, "already_rated")
    assert (await visitor.read())["conversation"]["rating"] == 4
    assert await rig.scalar("SELECT rating_comment FROM conversation") == "很好"


@pytest.mark.parametrize("score", [0, 6, -1, 4.5, "五", None, 10**30, True, [5]])
async def test_a_score_outside_one_to_five_is_refused(rig: Rig, score: object) -> None:
    visitor = await rig.visitor()
    assert (
        (await rate(visitor, score)).status_code in (409, 422)
        if score is True
        else ((await rate(visitor, score)).status_code == 422)
    )


async def test_two_ratings_at_once_count_once(rig: Rig) -> None:
    visitor = await rig.visitor()
    await ended(rig, visitor)
    answers = await asyncio.gather(*(rate(visitor, score) for score in (1, 2, 3, 4, 5)))
    assert sorted(answer.status_code for answer in answers) == [204, 409, 409, 409, 409]


async def test_a_message_after_the_end_starts_again_with_the_bot(rig: Rig) -> None:
    visitor = await rig.visitor()
    await ended(rig, visitor)
    await rate(visitor, 5)
    await visitor.say("还有个问题")
    await rig.run_turns(labeller=LabelledByText())
    found = await visitor.read()
    assert found["conversation"]["state"] == "bot"
    assert found["messages"][-1]["text"] == "还有个问题"
    assert found["messages"][-1]["author"] == "bot"


async def test_the_customer_reads_every_notice_in_order_and_without_gaps(rig: Rig) -> None:
    visitor = await rig.visitor()
    await ended(rig, visitor)
    found = await visitor.read()
    seen = [(item["seq"], item["author"], item["kind"]) for item in found["messages"]]
    assert seen == [
        (1, "customer", "text"),
        (2, "system", "notice"),
        (3, "system", "notice"),
        (4, "system", "notice"),
    ]
    assert UUID(found["conversation"]["id"]) == visitor.conversation_id
    assert found["conversation"]["state"] == "closed"


async def test_a_page_without_a_socket_says_what_was_read_and_it_never_goes_back(rig: Rig) -> None:
    visitor = await rig.visitor()
    for text in ("你好", "在吗"):
        await visitor.say(text)
    for seq, known in ((1, 1), (99, 2), (1, 2)):
        answer = await visitor.http.post("/api/v1/visitor/read", json={"seq": seq})
        assert answer.status_code == 204
        assert await rig.scalar("SELECT customer_read_seq FROM conversation") == known
    assert (await visitor.http.post("/api/v1/visitor/read", json={"seq": -1})).status_code == 422
