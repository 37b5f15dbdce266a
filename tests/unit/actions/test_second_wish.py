"""Two wishes in one message, and tasks offered by answers."""

from __future__ import annotations

from typing import Any

import pytest

from actions.answers import ActionAnswerFaq
from actions.conversation import Conversation, Turn
from actions.gateway import KnowledgeEntry
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.recordings import Said

FIRST = KnowledgeEntry(
    key="a", category="refund", question="问一", answer="答一", task="cancel_order"
)
SECOND = KnowledgeEntry(key="b", category="refund", question="问二", answer="答二")


async def answer(also: dict[str, Any], form: str | None = None) -> tuple[list[Any], Said]:
    parsed = {
        "intent": {"name": "faq"},
        "faq_ranking": [{"key": "a", "score": 0.9}],
        "faq_decision": {"verdict": "answer", "offer": ["a"]},
        "also": also,
    }
    turn = Turn(({"event": "user", "text": "两件事", "parse_data": parsed},))
    said = Said()
    action = ActionAnswerFaq(MemoryGateway([FIRST, SECOND]))
    return await action.act(Conversation("c", (turn,), {}, form), said), said


async def test_two_questions_get_two_answers() -> None:
    _, said = await answer({"intent": "faq", "key": "b"})
    assert [item["text"] for item in said.messages] == ["答一", "答二"]


async def test_a_question_and_a_task_answer_first_and_then_start_it() -> None:
    events, said = await answer({"intent": "track_order", "key": None})
    assert [item["text"] for item in said.messages] == ["答一"]
    assert {"event": "followup", "timestamp": None, "name": "task_form"} in events


@pytest.mark.parametrize("also", [{}, {"intent": "faq", "key": "a"}, {"intent": "greet"}])
async def test_nothing_else_means_nothing_more(also: dict[str, Any]) -> None:
    events, said = await answer(also)
    assert len(said.messages) == 1
    assert all(event["event"] == "slot" for event in events)


async def test_an_answer_offers_its_task_but_not_in_the_middle_of_one() -> None:
    _, said = await answer({})
    assert [button["payload"] for button in said.messages[0]["buttons"]] == ["帮我取消订单"]
    _, said = await answer({}, form="task_form")
    assert "buttons" not in said.messages[0]
