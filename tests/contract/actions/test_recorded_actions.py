"""Each action on a request Rasa really sent: the exact events and messages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from actions.__main__ import ACTIONS
from actions.gateway import GatewayUnavailable
from actions.settings import Policy
from tests.contract.actions import recordings
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.recordings import ENTRIES, OFFERED, Said

BY_NAME = {action.action_name: action for action in ACTIONS}

Events = list[dict[str, Any]]
Messages = list[dict[str, Any]]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


LEFT = [{"event": "active_loop", "timestamp": None, "name": None}, slot("requested_slot", None)]
STORY = "买的电饭煲开不了机"


def given(key: str, question: str) -> Events:
    return [slot("last_answer", key), slot("last_question", question), slot("unclear_turns", 0)]


def offer(response: str, reason: str) -> Messages:
    return [{"response": response, "json_message": {"outcome": "fallback", "offer": reason}}]


HANDED_OFF: Messages = [{"json_message": {"outcome": "handoff"}}]
ARRIVAL: Messages = [
    {
        "text": "答：refund_arrival_time",
        "json_message": {
            "outcome": "faq",
            "answers": [{"key": "refund_arrival_time", "score": 1.0}],
        },
    }
]

EXPECTED: dict[str, tuple[Events, Messages]] = {
    "action_affirm_1": ([], [{"response": "utter_affirm"}]),
    "action_affirm_offer_1": (LEFT, HANDED_OFF),
    "action_answer_less_sure_1": (
        [],
        [
            {
                "response": f"utter_suggest_{len(OFFERED)}",
                "json_message": {"outcome": "suggestions", "suggestions": list(OFFERED)},
                **{
                    place: f"问：{key}"
                    for place, key in zip(("first", "second", "third"), OFFERED, strict=False)
                },
            }
        ],
    ),
    "action_answer_rejected_1": (
        [slot("rejected_answers", ["refund_arrival_time"])],
        offer("utter_offer_person_after_answer", "answer_rejected"),
    ),
    "action_answer_rejected_twice_1": (LEFT, HANDED_OFF),
    "action_answer_sure_1": (given("refund_arrival_time", "退款多久到账"), ARRIVAL),
    "action_ask_human_1": (LEFT, HANDED_OFF),
    "action_deny_suggestions_1": (
        [slot("unclear_turns", 1)],
        [{"response": "utter_none_of_these", "json_message": {"outcome": "fallback"}}],
    ),
    "action_distress_1": (LEFT, [{"response": "utter_distress"}, *HANDED_OFF]),
    "action_urge_reply_1": ([], offer("utter_urge_reply_unanswered", "bot_failed")),
    "action_none_of_these_1": (
        [slot("unclear_turns", 1)],
        [{"response": "utter_none_of_these", "json_message": {"outcome": "fallback"}}],
    ),
    "action_unclear_1": (
        [slot("unclear_turns", 1)],
        [{"response": "utter_say_otherwise", "json_message": {"outcome": "fallback"}}],
    ),
    "action_unclear_twice_1": (
        [slot("unclear_turns", 2)],
        offer("utter_offer_person", "bot_failed"),
    ),
}


@dataclass(frozen=True)
class Step:
    """What a message in a task does: what is said, which slots it sets, what is asked then."""

    said: list[str]
    slots: dict[str, Any] = field(default_factory=dict)
    asked: str | None = None


def opened(response: str = "utter_ticket_opened") -> Step:
    """The end of a ticket."""
    return Step([response], {"ticket_filed": True, "requested_slot": None, "task_state": None})


ORDER = "202611180012345"
TASK_STEPS: dict[str, Step] = {
    "action_ask_human_in_form_1": Step([""], {"requested_slot": None, "task_state": None}),
    "action_complaint_start_1": Step(["utter_regret", "utter_ask_complaint_issue"], {}, "issue"),
    "action_complaint_done_1": opened("utter_complaint_opened"),
    "action_ticket_start_1": Step(["utter_ask_ticket_issue"], {}, "issue"),
    "action_ticket_start_with_story_1": Step(
        ["utter_ask_ticket_order_number"], {"issue": f"帮我登记，{STORY}"}, "order_number"
    ),
    "action_ticket_issue_1": Step(
        ["utter_ask_ticket_order_number"], {"issue": STORY}, "order_number"
    ),
    "action_ticket_no_order_1": Step(["utter_ask_ticket_contact"], {}, "contact"),
    "action_ticket_unreadable_order_1": Step(
        ["utter_ask_ticket_order_number_unreadable"], {}, "order_number"
    ),
    "action_ticket_question_1": Step(
        ["答：refund_arrival_time", "utter_ask_ticket_order_number"],
        {"last_answer": "refund_arrival_time", "last_question": "退款多久到账"},
        "order_number",
    ),
    "action_ticket_done_1": opened(),
    "action_ticket_no_contact_1": Step(["utter_ask_ticket_contact_wanted"], {}, "contact"),
    "action_ticket_no_contact_still_1": opened(),
    "action_ticket_stop_1": Step(["utter_form_left"], {"task_state": None}),
    "action_task_start_1": Step(["utter_ask_identity"], {}, "order_number"),
    "action_task_all_in_one_1": Step(
        ["utter_ask_phone_tail"],
        {"order_number": ORDER, "address": "杭州市余杭区文一西路1号"},
        "phone_tail",
    ),
    "action_task_proven_1": Step(
        ["utter_confirm_cancel_order"], {"verified": True, "phone_tail": None}, "confirm"
    ),
    "action_task_wrong_proof_1": Step(
        ["utter_ask_phone_tail_wrong"], {"verified": False}, "phone_tail"
    ),
    "action_task_question_1": Step(
        ["答：refund_arrival_time", "utter_ask_identity"], {}, "order_number"
    ),
    "action_task_corrected_1": Step(
        ["utter_confirm_change_address"], {"address": "杭州市西湖区文三路9号"}, "confirm"
    ),
    "action_task_left_1": Step(["utter_nothing_cancelled"], {"task_state": None}),
    "action_task_done_1": Step(
        ["utter_done_cancel_order"], {"requested_slot": None, "task_state": None}
    ),
}


async def run(name: str, gateway: MemoryGateway) -> tuple[Events, Messages]:
    """Run the recorded action."""
    said = Said()
    action = BY_NAME[recordings.request(name)["next_action"]](gateway, Policy())
    events = await action.run(said, recordings.tracker(name), {})
    return events, said.messages


def test_every_recording_is_expected() -> None:
    assert set(recordings.names()) == set(EXPECTED) | set(TASK_STEPS)


@pytest.mark.parametrize("name", EXPECTED)
async def test_action_gives_exactly_these_events_and_messages(name: str) -> None:
    events, messages = await run(name, MemoryGateway(ENTRIES))
    expected_events, expected_messages = EXPECTED[name]
    assert events == expected_events
    assert messages == expected_messages


@pytest.mark.parametrize("name", TASK_STEPS)
async def test_a_message_in_a_task(name: str) -> None:
    gateway = MemoryGateway(ENTRIES)
    gateway.store.proven.add("conversation-task_done")
    events, messages = await run(name, gateway)
    step = TASK_STEPS[name]
    assert [item.get("response") or item.get("text") or "" for item in messages] == step.said
    slots = recordings.slots(events)
    assert {key: slots.get(key) for key in step.slots} == step.slots
    state = slots["task_state"] or {}
    assert state.get("asked") == step.asked
    assert slots["requested_slot"] == ("task_reply" if step.asked else None)


@pytest.mark.parametrize(
    "name",
    [
        "action_answer_sure_1",
        "action_unclear_1",
        "action_ask_human_1",
        "action_answer_rejected_twice_1",
        "action_ticket_done_1",
        "action_complaint_done_1",
    ],
)
async def test_an_action_fails_when_the_desk_does_not_answer(name: str) -> None:
    gateway = MemoryGateway(ENTRIES)
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        await run(name, gateway)


async def test_the_same_message_opens_one_ticket_only() -> None:
    gateway = MemoryGateway(ENTRIES)
    first = await run("action_ticket_done_1", gateway)
    assert await run("action_ticket_done_1", gateway) == first
    (ticket,) = gateway.tickets.values()
    assert ticket.conversation_id == "conversation-ticket_done"
    assert ticket.message_id == "ticket_done-4"
    assert ticket.kind == "request"
    assert ticket.description == STORY
    assert ticket.order_number == "202611180012345"
    assert ticket.contact == "13800138000"


async def test_a_complaint_is_a_ticket_of_its_own_kind() -> None:
    gateway = MemoryGateway(ENTRIES, minutes=24 * 60)
    _, messages = await run("action_complaint_done_1", gateway)
    (ticket,) = gateway.tickets.values()
    assert ticket.kind == "complaint"
    assert ticket.description == "我要投诉，快递把我的包裹弄丢了"
    assert ticket.contact == "abc_12345"
    assert messages[0]["response"] == "utter_complaint_opened_by"
    assert messages[0]["due"] == "11 月 19 日（周四）14:00"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("action_ask_human_1", "customer_asked"),
        ("action_ask_human_in_form_1", "customer_asked"),
        ("action_answer_rejected_twice_1", "answer_rejected"),
        ("action_affirm_offer_1", "bot_failed"),
        ("action_distress_1", "policy"),
    ],
)
async def test_a_handoff_tells_its_reason(name: str, reason: str) -> None:
    gateway = MemoryGateway(ENTRIES)
    await run(name, gateway)
    (handoff,) = gateway.handoffs.values()
    assert handoff.reason == reason


async def test_an_entry_that_was_switched_off_is_neither_answered_nor_suggested() -> None:
    gateway = MemoryGateway(ENTRIES)
    gateway.inactive.add(OFFERED[0])
    _, messages = await run("action_answer_less_sure_1", gateway)
    assert messages[0]["response"] == f"utter_suggest_{len(OFFERED) - 1}"
    assert messages[0]["first"] == f"问：{OFFERED[1]}"


async def test_without_any_active_entry_the_bot_says_that_it_did_not_understand() -> None:
    gateway = MemoryGateway()
    events, messages = await run("action_answer_sure_1", gateway)
    assert messages == [
        {"response": "utter_say_otherwise", "json_message": {"outcome": "fallback"}}
    ]
    assert events == [slot("unclear_turns", 1)]
