"""The desk channel: who may call, what is readable, replay, and turns that are undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from redis import Redis

from tests.bot.running_bot import RunningBot, Visitor
from tests.contract.actions.memory_gateway import MemoryGateway

KNOWN = "退款多久到账"
META = {"message_id": "m", "channel": "web"}


def stored(bot: RunningBot, visitor: Visitor) -> str | None:
    """The tracker row of a conversation."""
    with psycopg.connect(bot.database) as connection:
        row = connection.execute(
            "SELECT tracker FROM rasa.events WHERE sender_id = %s", (visitor.id,)
        ).fetchone()
    return row[0] if row else None


def test_only_the_service_token_opens_the_channel(bot: RunningBot) -> None:
    for token in ("x", "wrong", "test-service-toke", "test-service-token2"):
        response = bot.post({"sender": "a", "message": "你好", "metadata": META}, token)
        assert response.status_code == 401
        assert response.json()["error"]["code"] == "unauthorized"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        {},
        {"sender": "a", "message": "你好"},
        {"sender": "a", "message": "你好", "metadata": []},
        {"sender": "a", "message": "你好", "metadata": {"message_id": "m"}},
        {"sender": "a", "message": "你好", "metadata": {"message_id": 1, "channel": "web"}},
        {"sender": "", "message": "你好", "metadata": META},
        {"sender": 7, "message": "你好", "metadata": META},
        {"sender": "a" * 201, "message": "你好", "metadata": META},
        {"sender": "a", "message": "", "metadata": META},
        {"sender": "a", "message": "  \n", "metadata": META},
        {"sender": "a", "message": None, "metadata": META},
        {"sender": "a", "message": {"text": "你好"}, "metadata": META},
        {"sender": "a", "message": "长" * 2001, "metadata": META},
    ],
)
def test_an_unreadable_request_is_refused(bot: RunningBot, body: Any) -> None:
    response = bot.post(body)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["code"] == "invalid_request"
    assert error["message"] == "请求的内容不正确。"
    assert error["details"]["field"]


@pytest.mark.parametrize(
    "text",
    [
        "/greet",
        "/restart",
        '/inform{"order_number": "1"}',
        "/",
        "//",
        "\ud800",
        "a\0b",
        "\u202e\u200b你好",
        "😀" * 500,
        "长" * 2000,
        "{order_number} {0} %s ${HOME}",
        "<script>alert(1)</script>",
        "[退款](faq)",
    ],
)
def test_any_text_is_text(bot: RunningBot, visitor: Visitor, text: str) -> None:
    answer = visitor.say(text)
    assert answer["replies"] or answer["outcome"] == "handoff"
    assert answer["slots"] == {}
    assert visitor.say("你好")["outcome"] in {"small_talk", "task"}  # 「退款」 starts one


def test_a_slash_is_no_command(visitor: Visitor) -> None:
    visitor.say("我要登记")
    assert visitor.say("/restart 之后还是坏的")["slots"]["issue"] == "/restart 之后还是坏的"


def test_the_same_message_again_gives_the_same_answer_and_changes_nothing(
    bot: RunningBot, visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say("帮我登记，买的电饭煲开不了机，电话13800138000")
    message = uuid4().hex
    first = visitor.say("没有订单号", message)
    row, tickets = stored(bot, visitor), len(gateway.tickets)
    again = visitor.say("没有订单号", message)
    assert first["outcome"] == "ticket"
    assert not first["replayed"]
    assert again == {**first, "replayed": True}
    assert stored(bot, visitor) == row
    assert len(gateway.tickets) == tickets


def test_a_message_for_a_person_is_read_and_nothing_remembered(
    bot: RunningBot, visitor: Visitor
) -> None:
    read = bot.post({"message": KNOWN, "metadata": {"wants_person": 0.0}}, path="read")
    assert read.status_code == 200, read.text
    assert read.json() == visitor.say(KNOWN)["nlu"]
    before = stored(bot, visitor)
    number = bot.post({"message": "订单号202611180012345", "metadata": {}}, path="read").json()
    assert number["intent"]["name"] == "inform"
    assert [each["entity"] for each in number["entities"]] == ["order_number"]
    assert stored(bot, visitor) == before


@pytest.mark.parametrize(
    "body",
    [b"[]", {"message": KNOWN}, {"metadata": {}}, {"message": " ", "metadata": {}}],
)
def test_what_cannot_be_read_is_refused(bot: RunningBot, body: Any) -> None:
    refused = bot.post(body, path="read")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")


def test_only_the_service_token_lets_read(bot: RunningBot) -> None:
    assert bot.post({"message": KNOWN, "metadata": {}}, "wrong", path="read").status_code == 401


def test_a_turn_in_which_an_action_failed_is_undone(
    bot: RunningBot, visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say("你好")
    before = stored(bot, visitor)
    gateway.down = True
    message = uuid4().hex
    response = visitor.send(KNOWN, message)
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "bot_incomplete"
    assert stored(bot, visitor) == before
    gateway.down = False
    answer = visitor.say(KNOWN, message)
    assert answer["outcome"] == "faq"
    assert not answer["replayed"]


def test_a_first_turn_that_failed_leaves_no_conversation(
    bot: RunningBot, visitor: Visitor, gateway: MemoryGateway
) -> None:
    gateway.down = True
    assert visitor.send("转人工").status_code == 503
    assert stored(bot, visitor) is None


def test_a_half_filled_form_survives_a_failed_turn(
    visitor: Visitor, gateway: MemoryGateway
) -> None:
    visitor.say("我要登记")
    visitor.say("收到的电饭煲开不了机")
    visitor.say("没有订单号")
    gateway.down = True
    message = uuid4().hex
    assert visitor.send("13800138000", message).status_code == 503
    gateway.down = False
    assert visitor.say("13800138000", message)["outcome"] == "ticket"


def test_redis_may_be_emptied_or_restarted(bot: RunningBot, visitor: Visitor) -> None:
    visitor.say("我要登记")
    with Redis(host=bot.redis.host, port=bot.redis.port) as client:
        client.flushall()
    assert visitor.say("收到的电饭煲开不了机")["active_form"] == "open_ticket"
    bot.redis.stop()
    response = visitor.send("没有订单号")
    assert response.status_code == 503
    assert response.elapsed.total_seconds() < 4
    assert response.json()["error"]["code"] == "bot_unavailable"
    bot.redis.start()
    assert visitor.say("没有订单号")["active_form"] == "open_ticket"


def test_lost_connections_to_postgresql_are_replaced(bot: RunningBot, visitor: Visitor) -> None:
    visitor.say("我要登记")
    with psycopg.connect(bot.database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert visitor.say("收到的电饭煲开不了机")["active_form"] == "open_ticket"


def test_a_tracker_store_that_refuses_is_no_new_conversation(
    bot: RunningBot, visitor: Visitor
) -> None:
    visitor.say("我要登记")
    with psycopg.connect(bot.database, autocommit=True) as connection:
        connection.execute("ALTER TABLE rasa.events RENAME TO elsewhere")
        try:
            assert visitor.send("收到的电饭煲开不了机").status_code == 503
        finally:
            connection.execute("ALTER TABLE rasa.elsewhere RENAME TO events")
    assert visitor.say("收到的电饭煲开不了机")["active_form"] == "open_ticket"


def test_two_turns_of_one_conversation_never_overlap(bot: RunningBot, visitor: Visitor) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(visitor.send, ["你好"] * 8))
    assert all(answer.status_code == 200 for answer in answers)
    row = stored(bot, visitor)
    assert row is not None
    assert row.count('"event": "user"') == 8


def test_the_channel_tells_whether_there_is_a_model(bot: RunningBot, visitor: Visitor) -> None:
    assert visitor.say("你好")["model"] == "model.tar.gz"


def test_errors_are_english_for_those_who_ask(bot: RunningBot) -> None:
    response = httpx.post(
        f"{bot.url}/webhooks/desk/webhook",
        headers={"Accept-Language": "en-GB"},
        json={},
        trust_env=False,
    )
    assert response.json()["error"]["message"] == "The service token is wrong."


def test_nothing_but_the_desk_channel_is_served(bot: RunningBot) -> None:
    for path in ("/webhooks/rest/webhook", "/conversations/a/tracker", "/model/parse", "/status"):
        assert httpx.post(f"{bot.url}{path}", json={}, trust_env=False).status_code in {404, 405}


def test_the_log_names_no_customer_text(bot: RunningBot, visitor: Visitor) -> None:
    visitor.say("我的手机号是13912345678记一下")
    assert "13912345678" not in bot.log.read_text("utf-8")
