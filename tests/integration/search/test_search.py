"""Whatever is written at the desk is found at once, by those who may see it."""

from __future__ import annotations

import pytest

from api.search import finding
from tests.support.customers import change, customer_of
from tests.support.desk_work import agent_of, note, path_of, reply
from tests.support.rig import Rig
from tests.support.searching import found, ids
from tests.support.ticketing import person


@pytest.mark.parametrize(
    "asked",
    [
        "退款",
        "没到账",
        "款还没",
        "账",
        "tk",
        "ys2026",
        "60301",
        "YS202611060301",
        "退款 没到",
        "退 款",
    ],
)
async def test_a_customers_message_is_found_by_words_parts_initials_and_numbers(
    rig: Rig, asked: str
) -> None:
    visitor, other = await rig.visitor("周女士"), await rig.visitor("吴先生")
    await visitor.say("订单YS202611060301的退款还没到账")
    await other.say("你好")
    agent = await rig.staff()
    (hit,) = await found(agent, asked, kinds="conversation")
    assert (hit["kind"], hit["id"], hit["title"]) == (
        "conversation",
        str(visitor.conversation_id),
        "周女士",
    )
    assert "\u0002" in hit["snippet"]


@pytest.mark.parametrize("asked", ["款退", "发票", "wlxx", "0302", "到账退款"])
async def test_what_nobody_wrote_is_not_found(rig: Rig, asked: str) -> None:
    visitor = await rig.visitor()
    await visitor.say("订单YS202611060301的退款还没到账")
    assert await ids(await rig.staff(), asked, kinds="conversation") == []


async def test_a_conversation_is_found_once_with_its_newest_match(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("退款一")
    await visitor.say("退款二")
    (hit,) = await found(await rig.staff(), "退款", kinds="conversation")
    assert hit["snippet"] == "\u0002退款\u0003二"


async def test_notes_and_replies_are_found_the_bots_words_are_not(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    await rig.run_turns()
    agent = await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    await reply(agent, visitor, "已经为您登记换货")
    await note(agent, visitor, "客户住在海边")
    conversation = [str(visitor.conversation_id)]
    assert await ids(agent, "登记换货", kinds="conversation") == conversation
    assert await ids(agent, "海边", kinds="conversation") == conversation
    bot_texts = await visitor.texts("bot")
    assert bot_texts
    assert await rig.scalar("SELECT count(*) FROM search_entry WHERE kind = 'message'") == 3


async def test_what_was_taken_back_is_found_no_more(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    agent = await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    sent = (await reply(agent, visitor, "写错了的内容")).json()
    assert await ids(agent, "写错了的内容") == [str(visitor.conversation_id)]
    await agent.post(path_of(visitor, f"/messages/{sent['seq']}/recall"))
    assert await ids(agent, "写错了的内容") == []


async def test_a_ticket_is_found_by_number_title_and_notes(rig: Rig) -> None:
    agent = await person(rig, "agent")
    body = {
        "customer": {"display_name": "郑先生"},
        "kind": "repair",
        "title": "空调不制冷",
        "description": "上周装的，开了半天还是热风",
    }
    ticket = await agent.do("", body)
    number = ticket["number"]
    await agent.do(f"/{number}/notes", {"text": "师傅周四上门", "public": False})
    for asked in (number, number[-5:], "制冷", "热风", "师傅周四", "kt"):
        hits = await found(agent.http, asked, kinds="ticket")
        assert [hit["number"] for hit in hits] == [number], asked
    await agent.change(await agent.get(f"/{number}"), title="冰箱不制冷")
    assert await found(agent.http, "空调", kinds="ticket") == []
    assert len(await found(agent.http, "冰箱", kinds="ticket")) == 1


async def test_the_exact_number_comes_first(rig: Rig) -> None:
    agent = await person(rig, "agent")
    visitor = await rig.visitor()
    made = [
        await agent.do(
            "",
            {
                "customer": {"display_name": "郑先生"},
                "kind": "request",
                "description": f"订单 {order}",
                "order_number": order,
            },
        )
        for order in ("880012345", "8800123456")
    ]
    await visitor.say("还有 8800123456789 这单")
    hits = await found(agent.http, "880012345")
    assert hits[0]["number"] == made[0]["number"]
    assert {hit["kind"] for hit in hits} == {"ticket", "conversation"}
    assert len(hits) == 3


async def test_customers_are_found_by_name_initials_and_the_end_of_the_phone(rig: Rig) -> None:
    visitor = await rig.visitor("张三")
    agent = await rig.staff()
    customer = await customer_of(rig, visitor.conversation_id)
    assert await ids(agent, "张三", kinds="customer") == [customer]
    assert await ids(agent, "zs", kinds="customer") == [customer]
    answer = await change(agent, customer, display_name="李四", phone="19900006021")
    assert answer.status_code == 200
    assert await ids(agent, "zs", kinds="customer") == []
    assert await ids(agent, "ls", kinds="customer") == [customer]
    (hit,) = await found(agent, "6021", kinds="customer")
    assert (hit["id"], hit["title"]) == (customer, "李四")
    assert await ids(agent, "19900006021", kinds="customer") == [customer]
    assert await ids(agent, "0000", kinds="customer") == []


async def test_knowledge_is_found_as_it_is_now(rig: Rig) -> None:
    admin = await rig.staff("admin")
    assert "refund_how_to_return" in await ids(admin, "申请退货", kinds="knowledge")
    body = {"answer": "请到云杉门店的服务台办理。"}
    await admin.put("/api/v1/knowledge/refund_how_to_return", json=body)
    (hit,) = await found(admin, "云杉门店的服务台")
    assert (hit["kind"], hit["id"]) == ("knowledge", "refund_how_to_return")


async def test_personal_numbers_are_masked_in_snippets(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("退款请打 19900006021")
    (hit,) = await found(await rig.staff(), "退款", kinds="conversation")
    assert "199****6021" in hit["snippet"]


async def test_what_belongs_to_another_team_is_not_found_by_an_agent(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("我要投诉快递员")
    own, _ = await agent_of(rig, "own", "一组")
    other, _ = await agent_of(rig, "other", "二组")
    await own.post(path_of(visitor, "/take"))
    ticket = {
        "conversation_id": str(visitor.conversation_id),
        "kind": "complaint",
        "description": "投诉快递员态度",
        "team_id": str(await rig.scalar("SELECT team_id FROM staff WHERE username = 'own'")),
    }
    assert (await own.post("/api/v1/tickets", json=ticket)).status_code == 201
    supervisor = await rig.staff("supervisor")
    for http, expected in ((own, 2), (supervisor, 2), (other, 0)):
        hits = await found(http, "快递员", kinds="conversation,ticket")
        assert len(hits) == expected, hits


def at_most(monkeypatch: pytest.MonkeyPatch, newest: int, matches: int, window: int) -> None:
    """Read no more than so many entries."""
    monkeypatch.setattr(finding, "NEWEST", newest)
    monkeypatch.setattr(finding, "MATCHES", matches)
    monkeypatch.setattr(finding, "WINDOW", window)


@pytest.mark.parametrize(("newest", "matches"), [(20, 20), (1, 20), (1, 2)])
async def test_the_newest_matches_come_first_however_they_are_looked_up(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, newest: int, matches: int
) -> None:
    at_most(monkeypatch, newest, matches, window=20)
    visitors = [await rig.visitor() for _ in range(5)]
    for visitor in visitors:
        await visitor.say("保温杯漏水")
    await (await rig.visitor()).say("你好")
    hits = await ids(await rig.staff(), "保温杯", kinds="conversation", limit=2)
    assert hits == [str(visitors[4].conversation_id), str(visitors[3].conversation_id)]


async def test_a_word_that_is_frequent_only_long_ago_is_found_too(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_most(monkeypatch, newest=1, matches=1, window=2)
    old = await rig.visitor()
    await old.say("保温杯漏水")
    for _ in range(3):
        await (await rig.visitor()).say("你好")
    hits = await ids(await rig.staff(), "保温杯", kinds="conversation")
    assert hits == [str(old.conversation_id)]


async def test_what_an_agent_may_see_is_found_behind_what_they_may_not(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_most(monkeypatch, newest=3, matches=20, window=20)
    own, _ = await agent_of(rig, "own", "一组")
    other, _ = await agent_of(rig, "other", "二组")
    mine = await rig.visitor()
    await mine.say("保温杯漏水")
    await own.post(path_of(mine, "/take"))
    for _ in range(4):
        theirs = await rig.visitor()
        await theirs.say("保温杯漏水")
        await other.post(path_of(theirs, "/take"))
    assert await ids(own, "保温杯", kinds="conversation") == [str(mine.conversation_id)]
    assert len(await ids(other, "保温杯", kinds="conversation")) == 4


async def test_nothing_and_the_unreadable_are_answered_well(rig: Rig) -> None:
    agent = await rig.staff()
    for asked in ("", "   ", "'", "\\", "a' | 'b", "!!", "&|<>:*", "\u0000", "😡"):
        answer = await agent.get("/api/v1/search", params={"q": asked})
        assert answer.status_code in (200, 422), asked
    assert (await agent.get("/api/v1/search", params={"q": "a", "kinds": "x"})).status_code == 422
    assert (await (await rig.client()).get("/api/v1/search?q=a")).status_code == 401
