"""What an agent does: take, reply, hand back, close, read; and who may not."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import httpx
import pytest

from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig, Visitor
from tests.support.routing import look_at_queue


def path_of(visitor: Visitor, action: str = "") -> str:
    return f"/api/v1/conversations/{visitor.conversation_id}{action}"


async def reply(
    staff: httpx.AsyncClient, visitor: Visitor, text: str, client_id: str | None = None
) -> httpx.Response:
    return await staff.post(
        path_of(visitor, "/messages"), json={"text": text, "client_id": client_id or uuid4().hex}
    )


async def waiting_visitor(rig: Rig, text: str = "转人工") -> Visitor:
    visitor = await rig.visitor()
    await visitor.say(text)
    await rig.run_turns()
    return visitor


async def test_taking_makes_one_the_owner_and_tells_the_customer(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    answer = await agent.post(path_of(visitor, "/take"))
    detail = answer.json()
    assert answer.status_code == 200
    assert (detail["state"], detail["owner"]["display_name"]) == ("active", "小云")
    assert detail["responsible"] == detail["owner"]
    assert (detail["unread"], detail["handoff_count"]) == (0, 2)
    assert (await visitor.texts("system"))[-1].startswith("客服小云已接入")
    assert (await visitor.read())["conversation"]["agent_read_seq"] >= 2


async def test_taking_ones_own_again_changes_nothing(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    first = (await agent.post(path_of(visitor, "/take"))).json()
    assert (await agent.post(path_of(visitor, "/take"))).json() == first


async def test_of_several_who_take_at_once_one_gets_it(rig: Rig) -> None:
    visitor = await waiting_visitor(rig)
    people = [await rig.colleague(name) for name in ("一", "二", "三")]
    answers = await asyncio.gather(*(each.post(path_of(visitor, "/take")) for each in people))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = [answer.json()["error"]["code"] for answer in answers if answer.status_code == 409]
    assert refused == ["already_taken"] * 2


async def test_a_supervisor_may_take_over_and_the_hop_says_from_whom(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff("agent")
    supervisor = await rig.staff("supervisor")
    first = (await agent.post(path_of(visitor, "/take"))).json()
    taken = await supervisor.post(path_of(visitor, "/take"))
    assert taken.status_code == 200
    detail = taken.json()
    assert detail["owner"]["display_name"] == "值班主管"
    assert detail["responsible"] == first["owner"], "the first agent stays answerable"
    hop = (await rig.rows("SELECT * FROM handoff ORDER BY hop"))[-1]
    assert hop.from_owner == f"agent:{first['owner']['id']}"
    assert hop.to_owner == f"agent:{detail['owner']['id']}"
    assert (await reply(agent, visitor, "我还在")).status_code == 409
    assert (await agent.post(path_of(visitor, "/take"))).status_code == 409


async def test_an_agent_may_step_into_a_conversation_of_the_bot(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    await visitor.say("你好")
    assert (await agent.post(path_of(visitor, "/take"))).status_code == 200
    (hop,) = await rig.rows("SELECT from_owner, to_owner, reason FROM handoff")
    assert hop.from_owner == "bot"
    assert hop.to_owner.startswith("agent:")


async def test_a_reply_reaches_the_customer_once(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    first = await reply(agent, visitor, " 您好，我来处理 ", "a1")
    again = await reply(agent, visitor, " 您好，我来处理 ", "a1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert (first.json()["author"], first.json()["author_name"]) == ("agent", "小云")
    assert await visitor.texts("agent") == ["您好，我来处理"]


async def test_twenty_resends_of_a_reply_at_once_send_one(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    answers = await asyncio.gather(*(reply(agent, visitor, "您好", "a1") for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert await visitor.texts("agent") == ["您好"]


async def test_the_first_answer_stops_its_deadline(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    await reply(agent, visitor, "您好")
    first = await rig.scalar("SELECT first_response_at FROM conversation")
    await reply(agent, visitor, "再说一句")
    assert first is not None
    assert await rig.scalar("SELECT first_response_at FROM conversation") == first


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "长" * 2001])
async def test_an_unfit_reply_is_refused(rig: Rig, text: str) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    answer = await reply(agent, visitor, text)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in ("empty_text", "text_too_long")
    assert await visitor.texts("agent") == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("/messages", {"text": "您好", "client_id": "a1"}),
        ("/return-to-bot", {}),
        ("/close", {"result": "resolved"}),
    ],
)
@pytest.mark.parametrize("owned_by", ["nobody", "supervisor"])
async def test_only_the_owner_may_speak_hand_back_or_close(
    rig: Rig, action: str, body: dict[str, str], owned_by: str
) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff("agent")
    if owned_by == "supervisor":
        await (await rig.staff("supervisor")).post(path_of(visitor, "/take"))
    before = await visitor.texts()
    answer = await agent.post(path_of(visitor, action), json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "not_owner")
    assert await visitor.texts() == before


async def test_only_the_owner_shows_up_as_typing(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff("agent")
    await (await rig.staff("supervisor")).post(path_of(visitor, "/take"))
    answer = await agent.post(path_of(visitor, "/typing"))
    assert answer.status_code == 409, "the customer would see somebody type who may not speak"


@pytest.mark.parametrize("action", ["/take", "/return-to-bot", "/close", "/read", "/messages"])
async def test_a_conversation_of_nobody_is_not_found(rig: Rig, action: str) -> None:
    agent = await rig.staff()
    body = {"seq": 1, "text": "x", "client_id": "x", "result": "resolved"}
    answer = await agent.post(f"/api/v1/conversations/{uuid4()}{action}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


async def test_handing_back_lets_the_bot_speak_again_and_keeps_the_note(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    answer = await agent.post(path_of(visitor, "/return-to-bot"), json={"note": "已查到运单"})
    assert (answer.json()["state"], answer.json()["owner"]) == ("bot", None)
    hop = (await rig.rows("SELECT * FROM handoff ORDER BY hop"))[-1]
    assert (hop.reason, hop.note, hop.to_owner) == ("returned", "已查到运单", "bot")
    await visitor.say("你好")
    await rig.run_turns()
    assert await visitor.texts("bot") == ["你好"]
    assert (await reply(agent, visitor, "等等")).status_code == 409


async def test_the_first_agent_stays_responsible_after_a_hand_back(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    first = (await agent.post(path_of(visitor, "/take"))).json()
    await agent.post(path_of(visitor, "/return-to-bot"), json={})
    second = (await (await rig.staff("supervisor")).post(path_of(visitor, "/take"))).json()
    assert second["responsible"] == first["owner"] != second["owner"]


async def test_closing_ends_it_and_asks_for_a_rating(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    detail = (await agent.post(path_of(visitor, "/close"), json={"result": "resolved"})).json()
    assert (detail["state"], detail["owner"]) == ("closed", None)
    assert detail["closed_at"] is not None
    assert "打个分" in (await visitor.texts("system"))[-1]
    assert (
        await agent.post(path_of(visitor, "/close"), json={"result": "resolved"})
    ).status_code == 409


async def test_a_closed_conversation_cannot_be_taken(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    await agent.post(path_of(visitor, "/close"), json={"result": "resolved"})
    answer = await agent.post(path_of(visitor, "/take"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "move_not_allowed")


async def test_what_the_owner_has_seen_is_no_longer_unread(rig: Rig) -> None:
    visitor, agent = await waiting_visitor(rig), await rig.staff()
    await agent.post(path_of(visitor, "/take"))
    last = await visitor.say("补充一句")
    assert (await agent.get(path_of(visitor))).json()["unread"] == 1
    other = await rig.staff("supervisor")
    await other.post(path_of(visitor, "/read"), json={"seq": last["seq"]})
    assert (await agent.get(path_of(visitor))).json()["unread"] == 1, "a look of somebody else"
    assert (await agent.post(path_of(visitor, "/read"), json={"seq": 2**31})).status_code == 204
    assert (await agent.get(path_of(visitor))).json()["unread"] == 0
    assert (await visitor.read())["conversation"]["agent_read_seq"] == last["seq"]


async def test_the_queue_is_ordered_by_priority_and_then_by_waiting_time(rig: Rig) -> None:
    labeller = LabelledByText({"漏水，转人工": labels_of(impact=3, urgency=3)})
    visitors = []
    for text in ("转人工", "转人工", "漏水，转人工"):
        visitor = await rig.visitor()
        await visitor.say(text)
        await rig.run_turns(labeller=labeller)
        visitors.append(visitor)
    agent = await rig.staff()
    listed = (await agent.get("/api/v1/conversations", params={"view": "queue"})).json()
    expected = [str(visitors[n].conversation_id) for n in (2, 0, 1)]
    assert [item["id"] for item in listed["items"]] == expected
    await look_at_queue(rig)
    places = [(await each.read())["conversation"]["queue_position"] for each in visitors]
    assert places == [2, 3, 1]
    assert [item["priority"] for item in listed["items"]] == ["P2", "P3", "P3"]


async def test_taking_the_first_moves_the_others_up(rig: Rig) -> None:
    first, second = await waiting_visitor(rig), await waiting_visitor(rig)
    assert (await second.read())["conversation"]["queue_position"] == 2
    await (await rig.staff()).post(path_of(first, "/take"))
    await look_at_queue(rig)
    assert (await second.read())["conversation"]["queue_position"] == 1
    assert (await first.read())["conversation"]["queue_position"] is None


async def test_the_list_and_the_places_agree_without_labels(rig: Rig) -> None:
    """An unlabelled conversation stands where its place says: with P4."""
    labeller = LabelledByText({"不急，转人工": labels_of(impact=1, urgency=1)})
    early = await waiting_visitor(rig)
    late = await rig.visitor()
    await late.say("不急，转人工")
    await rig.run_turns(labeller=labeller)
    agent = await rig.staff()
    listed = (await agent.get("/api/v1/conversations", params={"view": "queue"})).json()["items"]
    assert (await early.read())["conversation"]["queue_position"] == 1
    assert [item["id"] for item in listed] == [
        str(early.conversation_id),
        str(late.conversation_id),
    ]


async def test_the_wait_is_known_once_somebody_is_online(rig: Rig) -> None:
    visitor = await waiting_visitor(rig)
    assert (await visitor.read())["conversation"]["expected_wait_seconds"] is None
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE staff SET last_seen_at = now() WHERE username = 'agent'"
        )
    await look_at_queue(rig)
    assert (await visitor.read())["conversation"]["expected_wait_seconds"] == 0


async def test_each_view_lists_its_conversations_and_counts_all(rig: Rig) -> None:
    agent, other = await rig.staff("agent"), await rig.staff("supervisor")
    queued, mine, theirs, ended = [await waiting_visitor(rig) for _ in range(4)]
    await rig.visitor()  # has said nothing: in no view
    with_bot = await waiting_visitor(rig, "你好")
    for staff, visitor in ((agent, mine), (other, theirs), (agent, ended)):
        await staff.post(path_of(visitor, "/take"))
    await agent.post(path_of(ended, "/close"), json={"result": "resolved"})
    expected = {
        "queue": {queued},
        "mine": {mine},
        "team": {mine, theirs},
        "unassigned": {queued},
        "open": {mine, theirs, with_bot},
        "breaching": set[Visitor](),
        "mentioned": set[Visitor](),
        "closed": {ended},
    }
    sizes = {view: len(visitors) for view, visitors in expected.items()}
    for view, visitors in expected.items():
        listed = (await agent.get("/api/v1/conversations", params={"view": view})).json()
        assert {item["id"] for item in listed["items"]} == {
            str(each.conversation_id) for each in visitors
        }
        assert listed["counts"] == sizes


async def test_a_summary_has_the_form_of_the_contract(rig: Rig) -> None:
    visitor = await rig.visitor("王女士")
    await visitor.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    agent = await rig.staff()
    (item,) = (await agent.get("/api/v1/conversations")).json()["items"]
    assert item.keys() == {
        *("id", "state", "channel", "customer", "owner", "priority", "category", "sentiment"),
        *("anger", "last_message", "unread", "queued_at", "first_response_due_at", "updated_at"),
        *("language", "tags", "deadline", "wanted", "viewers"),
    }
    assert item["customer"]["display_name"] == "王女士"
    assert item["category"]["key"] == "logistics"
    assert item["last_message"]["author"] == "customer"
    detail = (await agent.get(path_of(visitor))).json()
    assert detail.keys() - item.keys() == {
        *("handoff_count", "rating", "nps", "rating_comment", "responsible"),
        *("created_at", "closed_at", "customer_read_seq", "reach"),
    }
