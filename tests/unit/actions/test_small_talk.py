"""Small talk that depends on what the bot did before."""

from __future__ import annotations

from typing import Any

import pytest

from actions.answers import ActionDeny, ActionUrgeReply
from actions.conversation import read_conversation
from actions.desk_action import DeskAction
from actions.handoff import ActionDistress
from actions.settings import Policy
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.unit.actions.test_conversation import Tracker, bot, user

SUGGESTED = bot(outcome="suggestions", suggestions=["a", "b"])
ANSWERED = bot(outcome="faq", answers=[{"key": "a", "score": 0.9}])
FAILED = bot(outcome="fallback")


class Said:
    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    def utter_message(self, **message: Any) -> None:
        self.messages.append(message)


async def run(
    kind: type[DeskAction], *events: dict[str, Any], **slots: Any
) -> tuple[list[str], dict[str, Any], Said, MemoryGateway]:
    gateway, said = MemoryGateway(), Said()
    conversation = read_conversation(Tracker(list(events), slots=slots))
    done = await kind(gateway, Policy()).act(conversation, said)
    set_slots = {it["name"]: it["value"] for it in done if it["event"] == "slot"}
    return [str(it.get("response") or "") for it in said.messages], set_slots, said, gateway


@pytest.mark.parametrize(
    ("before", "words", "response"),
    [
        (ANSWERED, "不用了，谢谢", "utter_deny"),
        (ANSWERED, "没有", "utter_deny"),
        (ANSWERED, "不是这个", "utter_say_what_failed"),
        (SUGGESTED, "不是", "utter_none_of_these"),
        (SUGGESTED, "不用了", "utter_deny"),
        (FAILED, "不需要", "utter_deny"),
        (bot(), "不是的", "utter_deny"),
    ],
)
async def test_no_closes_or_says_that_something_was_wrong(
    before: dict[str, Any], words: str, response: str
) -> None:
    said, slots, _, _ = await run(ActionDeny, user("退款"), before, user(words))
    assert said == [response]
    assert slots == {"unclear_turns": 0 if response == "utter_deny" else 1}


async def test_a_second_wrong_guess_in_a_row_offers_a_person() -> None:
    said, slots, _, _ = await run(
        ActionDeny, user("退款"), SUGGESTED, user("不是"), unclear_turns=1
    )
    assert said == ["utter_offer_person"]
    assert slots == {"unclear_turns": 2}


@pytest.mark.parametrize("before", [SUGGESTED, FAILED])
async def test_whoever_waits_for_an_answer_is_told_that_there_was_none(
    before: dict[str, Any],
) -> None:
    greeted = user("在吗", intent={"name": "greet"})
    said, _, messages, _ = await run(ActionUrgeReply, user("退款"), before, greeted, user("人呢"))
    assert said == ["utter_urge_reply_unanswered"]
    assert messages.messages[0]["json_message"]["offer"] == "bot_failed"


async def test_whoever_has_a_ticket_can_look_it_up() -> None:
    said, _, _, _ = await run(
        ActionUrgeReply, user("留言"), bot(outcome="ticket"), user("有结果了吗"), ticket_filed=True
    )
    assert said == ["utter_urge_reply_ticket"]


@pytest.mark.parametrize("events", [[user("人呢")], [user("退款"), ANSWERED, user("人呢")]])
async def test_the_bot_is_there(events: list[dict[str, Any]]) -> None:
    said, _, _, _ = await run(ActionUrgeReply, *events)
    assert said == ["utter_urge_reply"]


async def test_distress_names_the_hotlines_and_brings_a_person_at_once() -> None:
    said, _, _, gateway = await run(ActionDistress, user("我不想活了"))
    assert said == ["utter_distress", ""]
    assert [item.reason for item in gateway.handoffs.values()] == ["policy"]
