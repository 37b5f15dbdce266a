"""A message is accepted once it is stored together with its turn and its job."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from api.conversations.accepting import accept
from api.db import Transaction
from api.jobs import JobQueue
from tests.support.rig import Rig

STORED = """
    SELECT (SELECT count(*) FROM message WHERE author = 'customer'), (SELECT count(*) FROM turn),
           (SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'desk:turn')
"""


async def stored(rig: Rig) -> tuple[int, int, int]:
    (row,) = await rig.rows(STORED)
    return tuple(row)


async def test_an_accepted_message_is_stored_with_its_turn_and_its_job(rig: Rig) -> None:
    visitor = await rig.visitor()
    accepted = await visitor.say("包裹三天没动了")
    assert (accepted["seq"], accepted["duplicate"]) == (1, False)
    assert await stored(rig) == (1, 1, 1)
    (job,) = await rig.rows("SELECT lock, args FROM procrastinate_jobs")
    assert job.lock == f"conversation:{visitor.conversation_id}"
    assert job.args == {"message_id": accepted["id"]}
    assert (await visitor.read())["pending"] == [accepted["id"]]


async def test_a_rolled_back_accept_leaves_no_message_no_turn_and_no_job(rig: Rig) -> None:
    visitor = await rig.visitor()

    async def accept_and_fail() -> None:
        async with rig.database.transaction() as tx:
            await accept(tx, rig.desk.queue, visitor.conversation_id, "在吗", "c1")
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await accept_and_fail()
    assert await stored(rig) == (0, 0, 0)
    assert (await visitor.say("在吗", "c1"))["seq"] == 1


async def test_a_message_whose_job_cannot_be_stored_is_not_stored_either(rig: Rig) -> None:
    class FullDisk(JobQueue):
        async def defer_turn(self, tx: Transaction, *_ids: object) -> None:
            raise OSError(28, "no space left")

    visitor = await rig.visitor()

    async def accept_without_job() -> None:
        async with rig.database.transaction() as tx:
            await accept(tx, FullDisk(None), visitor.conversation_id, "在吗", "c1")  # type: ignore[arg-type]

    with pytest.raises(OSError, match="no space"):
        await accept_without_job()
    assert await stored(rig) == (0, 0, 0)


async def test_a_resend_gives_the_first_message_back_and_changes_nothing(rig: Rig) -> None:
    visitor = await rig.visitor()
    first = await visitor.say("我要退款", "same")
    again = await visitor.say("我要退款", "same")
    assert again == {**first, "duplicate": True}
    assert await stored(rig) == (1, 1, 1)


async def test_twenty_resends_at_once_store_one_message(rig: Rig) -> None:
    visitor = await rig.visitor()
    answers = await asyncio.gather(*(visitor.say("我要退款", "same") for _ in range(20)))
    assert {answer["id"] for answer in answers} == {answers[0]["id"]}
    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 19
    assert await stored(rig) == (1, 1, 1)


async def test_messages_sent_at_once_are_numbered_without_gaps(rig: Rig) -> None:
    visitor = await rig.visitor()
    answers = await asyncio.gather(*(visitor.say(f"第 {n} 条") for n in range(25)))
    assert sorted(answer["seq"] for answer in answers) == list(range(1, 26))
    assert [item["seq"] for item in (await visitor.read())["messages"]] == list(range(1, 26))


async def test_the_same_client_id_means_different_messages_in_two_conversations(rig: Rig) -> None:
    one, other = await rig.visitor(), await rig.visitor()
    assert (await one.say("一", "same"))["id"] != (await other.say("二", "same"))["id"]


async def test_messages_come_back_in_order_and_after_a_seq(rig: Rig) -> None:
    visitor = await rig.visitor()
    for number in range(5):
        await visitor.say(f"第 {number} 条")
    found = await visitor.read(after=3)
    assert [item["text"] for item in found["messages"]] == ["第 3 条", "第 4 条"]
    assert found["next"] == 5
    assert (await visitor.read(after=5))["next"] == 5


async def test_a_message_has_the_form_of_the_contract(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好", "c-1")
    (message,) = (await visitor.read())["messages"]
    assert message.keys() == {
        *("id", "seq", "author", "kind", "text", "buttons"),
        *("client_id", "reply_to", "author_name", "created_at"),
        *("quote", "attachments", "recalled"),
    }
    assert (message["author"], message["kind"], message["client_id"]) == ("customer", "text", "c-1")
    assert message["created_at"].endswith(("Z", "+00:00"))


async def test_a_conversation_of_nobody_cannot_be_written_to(rig: Rig) -> None:
    from api.errors import NotFound

    async def accept_into_the_void() -> None:
        async with rig.database.transaction() as tx:
            await accept(tx, rig.desk.queue, uuid4(), "在吗", "c1")

    with pytest.raises(NotFound):
        await accept_into_the_void()
