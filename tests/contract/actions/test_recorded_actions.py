"""Each action on a request Rasa really sent: the exact events and messages."""

from __future__ import annotations

from typing import Any

import pytest

from actions.__main__ import ACTIONS
from actions.gateway import GatewayUnavailable
from actions.settings import Policy
from tests.contract.actions import recordings
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.recordings import ENTRIES, Said

BY_NAME = {action.action_name: action for action in ACTIONS}

Events = list[dict[str, Any]]
Messages = list[dict[str, Any]]


def slot(name: str, value: Any) -> dict[str, Any]:
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def rejected(form: str) -> dict[str, Any]:
    return {
        "event": "action_execution_rejected",
        "timestamp": None,
        "name": form,
        "policy": None,
        "confidence": None,
    }


LEFT = [{"event": "active_loop", "timestamp": None, "name": None}, slot("requested_slot", None)]
STARTED = [slot("ticket_filed", False), slot("skipped_slots", []), slot("attempts", 0)]
STORY = "买的电饭煲开不了机"


def asked(requested: str | None, hint: str | None = None) -> Events:
    return [slot("form_hint", hint), slot("unclear_turns", 0), slot("requested_slot", requested)]


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
                "response": "utter_suggest_3",
                "json_message": {
                    "outcome": "suggestions",
                    "suggestions": [
                        "promotion_activity_time",
                        "promotion_coupon_unusable",
                        "other_enterprise",
                    ],
                },
                "first": "问：promotion_activity_time",
                "second": "问：promotion_coupon_unusable",
                "third": "问：other_enterprise",
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
    "action_ask_human_in_form_1": ([rejected("ticket_form")], []),
    "action_ask_human_in_form_2": (LEFT, HANDED_OFF),
    "action_complaint_start_1": ([*STARTED, *asked("issue")], []),
    "action_complaint_done_1": (
        [slot("contact", "abc_12345"), slot("attempts", 0), *asked(None)],
        [],
    ),
    "action_complaint_done_2": (
        [slot("ticket_filed", True), slot("form_hint", None)],
        [
            {
                "response": "utter_complaint_opened",
                "json_message": {"outcome": "ticket", "number": "T000001"},
                "number": "T000001",
                "minutes": 15,
                "hours": 0,
            }
        ],
    ),
    "action_none_of_these_1": (
        [slot("unclear_turns", 1)],
        [{"response": "utter_none_of_these", "json_message": {"outcome": "fallback"}}],
    ),
    "action_ticket_start_1": ([*STARTED, *asked("issue")], []),
    "action_ticket_start_with_story_1": (
        [*STARTED, slot("issue", f"帮我登记，{STORY}"), *asked("order_number")],
        [],
    ),
    "action_ticket_issue_1": (
        [slot("issue", STORY), slot("attempts", 0), *asked("order_number")],
        [],
    ),
    "action_ticket_no_order_1": (
        [slot("skipped_slots", ["order_number"]), slot("attempts", 0), *asked("contact")],
        [],
    ),
    "action_ticket_unreadable_order_1": (
        [slot("attempts", 1), *asked("order_number", "unreadable")],
        [],
    ),
    "action_ticket_question_1": ([rejected("ticket_form")], []),
    "action_ticket_question_2": (given("refund_arrival_time", "退款多久到账"), ARRIVAL),
    "action_ticket_question_3": (asked("order_number", "again"), []),
    "action_ticket_done_1": ([slot("attempts", 0), *asked(None)], []),
    "action_ticket_done_2": (
        [slot("ticket_filed", True), slot("form_hint", None)],
        [
            {
                "response": "utter_ticket_opened",
                "json_message": {"outcome": "ticket", "number": "T000001"},
                "number": "T000001",
                "minutes": 15,
                "hours": 0,
            }
        ],
    ),
    "action_ticket_no_contact_1": ([slot("attempts", 1), *asked("contact", "wanted")], []),
    "action_ticket_no_contact_still_1": (
        [slot("skipped_slots", ["order_number", "contact"]), slot("attempts", 0), *asked(None)],
        [],
    ),
    "action_ticket_no_contact_still_2": (
        [slot("ticket_filed", True), slot("form_hint", None)],
        [
            {
                "response": "utter_ticket_opened",
                "json_message": {"outcome": "ticket", "number": "T000001"},
                "number": "T000001",
                "minutes": 15,
                "hours": 0,
            }
        ],
    ),
    "action_ticket_stop_1": ([rejected("ticket_form")], []),
    "action_ticket_stop_2": (
        [*LEFT, slot("issue", None), slot("skipped_slots", [])],
        [{"response": "utter_form_left"}],
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


async def run(name: str, gateway: MemoryGateway) -> tuple[Events, Messages]:
    """Run the recorded action."""
    said = Said()
    action = BY_NAME[recordings.request(name)["next_action"]](gateway, Policy())
    events = await action.run(said, recordings.tracker(name), {})
    return events, said.messages


def test_every_recording_is_expected() -> None:
    assert set(recordings.names()) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
async def test_action_gives_exactly_these_events_and_messages(name: str) -> None:
    events, messages = await run(name, MemoryGateway(ENTRIES))
    expected_events, expected_messages = EXPECTED[name]
    assert events == expected_events
    assert messages == expected_messages


@pytest.mark.parametrize(
    "name",
    [
        "action_answer_sure_1",
        "action_unclear_1",
        "action_ask_human_1",
        "action_answer_rejected_twice_1",
        "action_ticket_done_2",
        "action_complaint_done_2",
    ],
)
async def test_an_action_fails_when_the_desk_does_not_answer(name: str) -> None:
    gateway = MemoryGateway(ENTRIES)
    gateway.down = True
    with pytest.raises(GatewayUnavailable):
        await run(name, gateway)


async def test_the_same_message_opens_one_ticket_only() -> None:
    gateway = MemoryGateway(ENTRIES)
    first = await run("action_ticket_done_2", gateway)
    assert await run("action_ticket_done_2", gateway) == first
    (ticket,) = gateway.tickets.values()
    assert ticket.conversation_id == "conversation-ticket_done"
    assert ticket.message_id == "ticket_done-4"
    assert ticket.kind == "request"
    assert ticket.description == STORY
    assert ticket.order_number == "202611180012345"
    assert ticket.contact == "13800138000"


async def test_a_complaint_is_a_ticket_of_its_own_kind() -> None:
    gateway = MemoryGateway(ENTRIES, minutes=24 * 60)
    _, messages = await run("action_complaint_done_2", gateway)
    (ticket,) = gateway.tickets.values()
    assert ticket.kind == "complaint"
    assert ticket.description == "我要投诉，快递把我的包裹弄丢了"
    assert ticket.contact == "abc_12345"
    assert messages[0]["response"] == "utter_complaint_opened_hours"
    assert messages[0]["hours"] == 24


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("action_ask_human_1", "customer_asked"),
        ("action_ask_human_in_form_2", "customer_asked"),
        ("action_answer_rejected_twice_1", "answer_rejected"),
        ("action_affirm_offer_1", "bot_failed"),
    ],
)
async def test_a_handoff_tells_its_reason(name: str, reason: str) -> None:
    gateway = MemoryGateway(ENTRIES)
    await run(name, gateway)
    (handoff,) = gateway.handoffs.values()
    assert handoff.reason == reason


async def test_an_entry_that_was_switched_off_is_neither_answered_nor_suggested() -> None:
    gateway = MemoryGateway(ENTRIES)
    gateway.inactive.add("promotion_activity_time")
    _, messages = await run("action_answer_less_sure_1", gateway)
    assert messages[0]["response"] == "utter_suggest_2"
    assert messages[0]["first"] == "问：promotion_coupon_unusable"


async def test_without_any_active_entry_the_bot_says_that_it_did_not_understand() -> None:
    gateway = MemoryGateway()
    events, messages = await run("action_answer_sure_1", gateway)
    assert messages == [
        {"response": "utter_say_otherwise", "json_message": {"outcome": "fallback"}}
    ]
    assert events == [slot("unclear_turns", 1)]
