"""The visitor's WebSocket against a real uvicorn."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.rig import Rig, Visitor
from tests.support.sockets import Page, page

PATH = "/api/v1/visitor/ws"


async def entered(open_page: Page, visitor: Visitor, after: int = 0) -> dict[str, Any]:
    """The `ready` frame after the page has shown its token."""
    await open_page.send({"type": "auth", "token": visitor.token, "after": after})
    return await open_page.until("ready")


async def test_a_page_that_shows_its_token_is_ready(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        ready = await open_page.next()
    assert ready.keys() == {"type", "conversation", "messages", "next", "pending", "recalled"}
    assert ready["conversation"]["id"] == str(visitor.conversation_id)
    assert (ready["messages"], ready["next"], ready["pending"]) == ([], 0, [])


async def test_a_page_that_was_away_gets_what_it_missed_and_nothing_twice(
    rig: Rig, address: str
) -> None:
    visitor = await rig.visitor()
    for number in range(1, 5):
        await visitor.say(f"第 {number} 条")
    async with page(address, PATH) as open_page:
        ready = await entered(open_page, visitor, after=2)
        assert [item["seq"] for item in ready["messages"]] == [3, 4]
        await open_page.send({"type": "message", "text": "第 5 条", "client_id": "c5"})
        frame = await open_page.until("message")
        assert frame["message"]["seq"] == 5


async def test_a_long_absence_is_caught_up_completely(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with rig.database.transaction() as tx:
        from api.conversations import repository
        from api.conversations.service import append

        conversation = await repository.lock(tx, visitor.conversation_id)
        for number in range(repository.PAGE * 2 + 3):
            append(tx, conversation, author="bot", text=str(number))
    async with page(address, PATH) as open_page:
        ready = await entered(open_page, visitor)
        seqs = [item["seq"] for item in ready["messages"]]
        while len(seqs) < 403:
            seqs.append((await open_page.until("message"))["message"]["seq"])
    assert seqs == list(range(1, 404))


async def test_a_message_is_accepted_shown_answered_and_handled(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await open_page.send({"type": "message", "text": "你好", "client_id": "c1"})
        accepted = await open_page.until("accepted")
        assert accepted.keys() == {"type", "client_id", "id", "seq", "duplicate"}
        assert (accepted["client_id"], accepted["seq"], accepted["duplicate"]) == ("c1", 1, False)
        await rig.run_turns()
        handled = await open_page.until("handled")
        assert handled == {
            "type": "handled",
            "message_id": accepted["id"],
            "outcome": "small_talk",
        }
    shown = [frame["message"] for frame in open_page.seen if frame["type"] == "message"]
    assert [(item["author"], item["seq"]) for item in shown] == [("customer", 1), ("bot", 2)]
    assert shown[1]["reply_to"] == accepted["id"]
    assert {"type": "typing", "author": "bot"} in open_page.seen


async def test_a_resend_over_another_connection_is_a_duplicate(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    first = await visitor.say("你好", "c1")
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await open_page.send({"type": "message", "text": "你好", "client_id": "c1"})
        accepted = await open_page.until("accepted")
    assert (accepted["id"], accepted["duplicate"]) == (first["id"], True)


async def test_two_pages_of_one_visitor_show_the_same(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as one, page(address, PATH) as other:
        await entered(one, visitor)
        await entered(other, visitor)
        await one.send({"type": "message", "text": "你好", "client_id": "c1"})
        assert (await other.until("message"))["message"]["text"] == "你好"


async def test_a_page_hears_nothing_of_other_conversations(rig: Rig, address: str) -> None:
    visitor, other = await rig.visitor(), await rig.visitor()
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await other.say("别人的秘密")
        await rig.run_turns()
        await visitor.say("我的消息")
        assert (await open_page.until("message"))["message"]["text"] == "我的消息"
    assert "别人的秘密" not in str(open_page.seen)
    assert "handled" not in {frame["type"] for frame in open_page.seen}


async def test_the_customer_sees_who_took_over_and_that_they_type_and_read(
    rig: Rig, address: str
) -> None:
    visitor = await rig.visitor()
    agent = await rig.staff()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await agent.post(f"{base}/take")
        taken = await open_page.until("conversation")
        while taken["conversation"]["state"] != "active":
            taken = await open_page.until("conversation")
        assert taken["conversation"]["agent_name"] == "小云"
        await agent.post(f"{base}/typing")
        assert await open_page.until("typing") == {"type": "typing", "author": "agent"}
        await visitor.say("在吗")
        await agent.post(f"{base}/read", json={"seq": 2})
        while (await open_page.until("conversation"))["conversation"]["agent_read_seq"] != 2:
            pass
        await agent.post(f"{base}/messages", json={"text": "在的", "client_id": "a1"})
        reply = await open_page.message("agent")
        assert (reply["text"], reply["author_name"]) == ("在的", "小云")


async def test_what_the_customer_types_reaches_the_console_and_not_their_own_page(
    rig: Rig, address: str
) -> None:
    visitor = await rig.visitor()
    async with (
        rig.desk.hub.listen(str(visitor.conversation_id)) as events,
        page(address, PATH) as open_page,
    ):
        await entered(open_page, visitor)
        await open_page.send({"type": "typing"})
        async with asyncio.timeout(5):
            event = await events.get()
            while event.kind != "typing":
                event = await events.get()
        await open_page.send({"type": "ping"})
        await open_page.until("pong")
    assert event.data == {"author": "customer"}
    assert "typing" not in {frame["type"] for frame in open_page.seen}


async def test_nobody_reads_what_was_not_sent_to_them(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        for seq in (99, 0):
            await open_page.send({"type": "read", "seq": seq})
        await open_page.send({"type": "ping"})
        await open_page.until("pong")
    assert await rig.scalar("SELECT customer_read_seq FROM conversation") == 1


async def test_a_ping_is_answered(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await open_page.send({"type": "ping"})
        assert await open_page.next() == {"type": "pong"}


@pytest.mark.parametrize(
    "first",
    [
        "",
        "not json",
        "[]",
        "null",
        b"\x00\xff",
        '{"type": "message", "text": "x", "client_id": "1"}',
        '{"type": "auth"}',
        '{"type": "auth", "token": 5}',
        '{"type": "auth", "token": "x", "after": -1}',
        '{"type": "auth", "token": "x", "after": "x"}',
    ],
)
async def test_an_unreadable_first_frame_closes_with_4400(
    rig: Rig, address: str, first: str | bytes
) -> None:
    async with page(address, PATH) as open_page:
        await open_page.send(first)
        assert await open_page.close_code() == 4400


async def test_a_page_that_says_nothing_is_closed_after_five_seconds(
    rig: Rig, address: str
) -> None:
    async with page(address, PATH) as open_page:
        assert await open_page.close_code() == 4400


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "令牌", "\x00", "\ufffd"])
async def test_a_wrong_token_closes_with_4401(rig: Rig, address: str, token: str) -> None:
    async with page(address, PATH) as open_page:
        await open_page.send({"type": "auth", "token": token, "after": 0})
        assert await open_page.close_code() == 4401


async def test_an_expired_token_closes_with_4401(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE visitor_session SET expires_at = now() - interval '1 second'"
        )
    async with page(address, PATH) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        assert await open_page.close_code() == 4401


@pytest.mark.parametrize("after", [2**31 - 1, 2**31, 2**63, 10**30])
async def test_an_absurd_seq_breaks_nothing(rig: Rig, address: str, after: int) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": after})
        assert (await open_page.close_code() if after >= 2**31 else 4400) == 4400


async def test_a_foreign_site_is_refused(rig: Rig, address: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with page(address, PATH, origin="https://evil.example"):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_page_is_let_in(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH, origin=f"http://{address}") as open_page:
        assert (await entered(open_page, visitor))["type"] == "ready"


@pytest.mark.parametrize(
    ("frame", "code", "client_id"),
    [
        ('{"type": "message", "text": "", "client_id": "c1"}', "empty_text", "c1"),
        ('{"type": "message", "text": " \\u200b", "client_id": "c1"}', "empty_text", "c1"),
        ('{"type": "message", "text": "\\ud800", "client_id": "c1"}', None, "c1"),
        ('{"type": "message", "client_id": "c1"}', "validation_failed", "c1"),
        ('{"type": "message", "text": "x", "client_id": "\\u0000"}', "validation_failed", None),
        ('{"type": "message", "text": 5, "client_id": "c1"}', "validation_failed", "c1"),
        ('{"type": "message", "text": "x", "client_id": {}}', "validation_failed", None),
        ('{"type": "nonsense"}', "validation_failed", None),
        ('{"type": "read", "seq": -1}', "validation_failed", None),
        ("not json", "validation_failed", None),
        ("[1, 2]", "validation_failed", None),
        ("null", "validation_failed", None),
        (b"\x00\xff\xfe", "validation_failed", None),
        (b'{"type": "ping"}', None, None),
        ("[" * 5000, "validation_failed", None),
    ],
)
async def test_a_bad_frame_is_answered_and_the_next_message_works(
    rig: Rig, address: str, frame: str | bytes, code: str | None, client_id: str | None
) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await open_page.send(frame)
        answer = await open_page.until("error")
        assert answer["error"].keys() == {"code", "message", "details"}
        assert answer["error"]["code"] == (code or answer["error"]["code"])
        if client_id is not None:
            assert answer["client_id"] == client_id
        await open_page.send({"type": "message", "text": "你好", "client_id": "next"})
        assert (await open_page.until("accepted"))["seq"] == 1


@pytest.mark.parametrize("text", ["长" * 2001, "😀" * 10_000, "a" * 60_000])
async def test_a_text_too_long_is_refused_with_a_reason(rig: Rig, address: str, text: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await open_page.send({"type": "message", "text": text, "client_id": "c1"})
        answer = await open_page.until("error")
        assert (answer["error"]["code"], answer["client_id"]) == ("text_too_long", "c1")


async def test_a_frame_of_a_megabyte_stops_nobody(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    async with page(address, PATH) as open_page:
        await entered(open_page, visitor)
        await open_page.send({"type": "message", "text": "字" * 350_000, "client_id": "c1"})
        answer = await open_page.until("error")
        assert answer["error"]["code"] in ("text_too_long", "validation_failed")
        await open_page.send({"type": "message", "text": "你好", "client_id": "c2"})
        assert (await open_page.until("accepted"))["seq"] == 1


async def test_an_error_speaks_the_visitors_language(rig: Rig, address: str) -> None:
    visitor = await rig.visitor()
    headers = {"Accept-Language": "en-GB"}
    async with page(address, PATH, additional_headers=headers) as open_page:
        await entered(open_page, visitor)
        await open_page.send({"type": "message", "text": "", "client_id": "c1"})
        answer = await open_page.until("error")
    assert answer["error"]["message"] == "The message is empty. Type some text."
