"""A desk is filled with invented data, works with it, and is as it was once it is taken out."""

from __future__ import annotations

import asyncio
from typing import Any

from sqlalchemy import text

from cli.data.clear import clear
from cli.data.fill import fill
from cli.data.indexing import index_missing
from cli.data.plan import Wanted
from tests.support.rig import Rig
from tests.support.searching import found, ids

WANTED = Wanted(messages=800, tickets=60, open_conversations=12, staff=25)
COUNTED = ("customer", "conversation", "message", "turn", "ticket", "ticket_event", "deadline")


async def filled(rig: Rig) -> list[int]:
    """Fill the desk; what was reported on the way."""
    written: list[int] = []
    url = rig.desk.settings.libpq_url
    await asyncio.to_thread(fill, url, WANTED, written.append, lambda made, of: None)
    return written


async def counts(rig: Rig) -> dict[str, int]:
    """Rows of the tables."""
    tables = (*COUNTED, "search_entry", "customer_identity", "staff", "team")
    return {name: await rig.scalar(f"SELECT count(*) FROM {name}") for name in tables}


async def test_a_filled_desk_works_and_is_emptied_again(rig: Rig) -> None:
    real = await rig.visitor("周女士")
    await real.say("我的净水器漏水")
    before = await counts(rig)
    assert sum(await filled(rig)) == WANTED.messages
    await _holds_what_was_wanted(rig, before)
    await _shows_it(rig)
    await _works_on_it(rig)

    for gone in (WANTED.conversations, 0):
        assert await asyncio.to_thread(clear, rig.desk.settings.libpq_url) == gone
        assert await counts(rig) == before
    agent = await rig.staff()
    hits = await ids(agent, "净水器漏水", kinds="conversation")
    assert hits == [str(real.conversation_id)]
    await real.say("还在吗")
    assert not await rig.rows("SELECT conname FROM pg_constraint WHERE NOT convalidated")
    disabled = "SELECT tgname FROM pg_trigger WHERE tgenabled = 'D'"
    assert not await rig.rows(disabled)


async def _holds_what_was_wanted(rig: Rig, before: dict[str, int]) -> None:
    after = await counts(rig)
    more = {name: after[name] - before[name] for name in after}
    assert more["message"] == WANTED.messages
    assert more["ticket"] == WANTED.tickets
    assert more["staff"] == WANTED.staff
    assert more["conversation"] == WANTED.conversations
    not_closed = "SELECT count(*) FROM conversation WHERE state <> 'closed' AND tags <> '[]'"
    assert await rig.scalar(not_closed) == WANTED.open_conversations
    indexes = "SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'ix_search_entry_%'"
    assert await rig.scalar(indexes) == 5


async def _shows_it(rig: Rig) -> None:
    supervisor = await rig.staff("supervisor")
    for path in (
        "/conversations?view=closed",
        "/conversations?view=open",
        "/tickets?view=all",
        "/customers",
        "/agents",
    ):
        answer = await supervisor.get("/api/v1" + path)
        assert answer.status_code == 200, path
    listed = (await supervisor.get("/api/v1/conversations?view=closed")).json()["items"]
    detail = await supervisor.get(f"/api/v1/conversations/{listed[0]['id']}/messages")
    assert detail.status_code == 200
    assert detail.json()["messages"][0]["labels"]["category"]["key"]
    ticket = (await supervisor.get("/api/v1/tickets")).json()["items"][0]
    shown = (await supervisor.get(f"/api/v1/tickets/{ticket['number']}")).json()
    assert "示例数据" in shown["tags"]
    (first, *_) = await found(supervisor, ticket["number"])
    assert first["number"] == ticket["number"]


async def _works_on_it(rig: Rig) -> None:
    """What staff do with it goes with it."""
    agent = await rig.staff()
    taken: Any = await rig.scalar(
        "SELECT id FROM conversation WHERE state = 'bot' AND tags <> '[]' LIMIT 1"
    )
    answer = await agent.post(f"/api/v1/conversations/{taken}/take")
    assert answer.status_code == 200, answer.text
    note = {"text": "看过了", "mentions": [], "client_id": "one"}
    assert (await agent.post(f"/api/v1/conversations/{taken}/notes", json=note)).status_code == 201


async def test_two_fills_with_a_seed_say_the_same(rig: Rig) -> None:
    said = "SELECT string_agg(text, '|' ORDER BY created_at, id) FROM message"
    await filled(rig)
    first = await rig.scalar(said)
    await asyncio.to_thread(clear, rig.desk.settings.libpq_url)
    await filled(rig)
    second = await rig.scalar(said)
    assert sorted(first.split("|")) == sorted(second.split("|"))


async def test_a_fill_tells_how_far_it_is(rig: Rig) -> None:
    made: list[tuple[int, int]] = []
    url = rig.desk.settings.libpq_url
    await asyncio.to_thread(fill, url, WANTED, lambda count: None, lambda *each: made.append(each))
    assert made == [(0, 3), (1, 3), (2, 3), (3, 3)]


async def test_an_index_that_was_never_finished_is_made_anew(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        await tx.execute(
            text(
                "UPDATE pg_index SET indisvalid = false"
                " WHERE indexrelid = 'ix_search_entry_ticket'::regclass"
            )
        )
    url = rig.desk.settings.libpq_url
    await asyncio.to_thread(index_missing, url, lambda _: None)
    broken = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
    assert await rig.scalar(broken) == 0


async def test_what_was_there_before_the_index_is_caught_up(rig: Rig) -> None:
    visitor = await rig.visitor("张三")
    await visitor.say("我的净水器漏水")
    async with rig.database.transaction() as tx:
        await tx.execute(text("DELETE FROM search_entry"))
        await tx.execute(text("DROP INDEX ix_search_entry_message"))
    agent = await rig.staff()
    assert await ids(agent, "净水器") == []
    url = rig.desk.settings.libpq_url
    count = await asyncio.to_thread(index_missing, url, lambda _: None)
    assert count == await rig.scalar("SELECT count(*) FROM search_entry")
    assert await ids(agent, "净水器漏水", kinds="conversation") == [str(visitor.conversation_id)]
    assert len(await ids(agent, "zs", kinds="customer")) == 1
    assert await asyncio.to_thread(index_missing, url, lambda _: None) == 0
