"""What stands below an answer."""

from __future__ import annotations

from actions.answers import give_answer
from actions.conversation import read_conversation
from actions.gateway import AnswerButton, KnowledgeEntry
from tests.unit.actions.test_conversation import Tracker, user
from tests.unit.actions.test_small_talk import Said


def test_the_buttons_of_an_entry_come_before_the_one_of_its_task() -> None:
    entry = KnowledgeEntry(
        key="order_cancel",
        category="order",
        question="怎么取消订单",
        answer="在订单页取消",
        buttons=(AnswerButton(title="退款多久到", text="取消后多久退款"),),
        task="cancel_order",
    )
    said = Said()
    give_answer(said, read_conversation(Tracker([user("怎么取消订单")])), entry, 1.0)
    (message,) = said.messages
    first, task = message["buttons"]
    assert first == {"title": "退款多久到", "payload": "取消后多久退款"}
    assert task["title"] == task["payload"]
