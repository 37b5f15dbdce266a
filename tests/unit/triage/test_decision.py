"""What happens with one message: every state, every signal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.decision import AskBot, Decision, HandOff, Keep, Signals, decide, may_speak
from triage.ownership import State
from triage.policy import handoff_policy

POLICY = replace(handoff_policy(), anger_confidence=0.8, p1_confidence=0.6)
CALM = Signals("P3", 0.9, anger=False, anger_confidence=0.9)
NOT_WITH_A_PERSON = [State.BOT, State.WRAP_UP, State.TICKETED, State.CLOSED]


def signals(
    priority: str = "P3", sure: float = 0.9, *, anger: bool = False, anger_sure: float = 0.9
) -> Signals:
    return Signals(priority, sure, anger, anger_sure)


@pytest.mark.parametrize("text", ["查物流", "转人工", "我要投诉！！"])
@pytest.mark.parametrize("seen", [None, CALM, signals("P1", 1.0, anger=True)])
def test_what_an_agent_owns_is_delivered_whatever_it_says(text: str, seen: Signals | None) -> None:
    assert decide(State.ACTIVE, text, seen, POLICY) == Keep("delivered")


@pytest.mark.parametrize("text", ["查物流", "转人工"])
def test_what_waits_in_the_queue_stays_there(text: str) -> None:
    assert decide(State.QUEUED, text, signals("P1", 1.0), POLICY) == Keep("queued")


@pytest.mark.parametrize("state", NOT_WITH_A_PERSON)
@pytest.mark.parametrize("seen", [None, CALM, signals("P1", 1.0), signals(anger=True)])
def test_a_wish_for_a_person_is_granted_first_from_any_state(
    state: State, seen: Signals | None
) -> None:
    assert decide(state, "转人工", seen, POLICY) == HandOff("customer_asked")


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (None, AskBot()),
        (CALM, AskBot()),
        (signals("P2", 1.0), AskBot()),
        (signals("P1", 0.60), HandOff("p1")),
        (signals("P1", 0.59), AskBot()),
        (signals(anger=True, anger_sure=0.80), HandOff("anger")),
        (signals(anger=True, anger_sure=0.79), AskBot()),
        (signals(anger=False, anger_sure=1.0), AskBot()),
        (signals("P1", 0.9, anger=True), HandOff("p1")),
        (signals("P1", 0.3, anger=True), HandOff("anger")),
    ],
)
def test_urgency_and_anger_hand_off_when_the_classifier_is_sure(
    seen: Signals | None, expected: Decision
) -> None:
    assert decide(State.BOT, "家里漏水了", seen, POLICY) == expected


@pytest.mark.parametrize(
    ("state", "by_this_turn", "speaks"),
    [
        (State.BOT, False, True),
        (State.BOT, True, True),
        (State.QUEUED, True, True),
        (State.QUEUED, False, False),
        (State.ACTIVE, False, False),
        (State.ACTIVE, True, False),
        (State.WRAP_UP, True, False),
        (State.TICKETED, True, False),
        (State.CLOSED, True, False),
    ],
)
def test_only_the_owner_speaks(state: State, by_this_turn: bool, speaks: bool) -> None:
    assert may_speak(state, by_this_turn) is speaks


def test_the_bundled_policy_is_within_its_scales() -> None:
    policy = handoff_policy()
    assert 0.5 <= policy.p1_confidence <= 1
    assert 0.5 <= policy.anger_confidence <= 1


def test_a_wish_the_classifier_hears_is_granted_as_the_plain_one_is() -> None:
    policy = handoff_policy()
    wish = replace(CALM, wants_person=policy.person_from)
    doubt = replace(CALM, wants_person=policy.person_from - 0.01)
    text = "冰箱漏水了，来个能说话的"
    assert decide(State.BOT, text, wish, policy) == HandOff("customer_asked")
    assert decide(State.BOT, text, doubt, policy) == AskBot()
