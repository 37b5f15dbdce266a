"""What holds for every task, whatever the order in which things are told."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.tasks.catalog import TASKS
from tests.contract.actions.memory_shop import ORDER, TAIL
from tests.unit.actions.talking import Talk

ADDRESS = "杭州市余杭区文一西路1号"
PHONE = "13800138000"
TOLD = {
    "order_number": ORDER,
    "phone_tail": f"手机尾号{TAIL}",
    "address": ADDRESS,
    "email": "a@b.example",
    "invoice_kind": "个人",
    "reason": "质量问题",
    "wanted_spec": "黑色42码",
    "service": "维修",
    "phone": PHONE,
    "contact": PHONE,
    "slot_id": "第一个",
    "security_wish": "冻结账号",
    "privacy_wish": "获取副本",
    "issue": "收到的杯子碎了两个",
    "topic": "退款一直没有到账",
    "product": "洗衣机",
}
"""An answer to every question."""

ENTITIES = ("order_number", "phone_tail", "address", "email")
"""What is recognised wherever it is said."""


def slot_of(response: str, talk: Talk) -> str:
    return str((talk.slots.get("task_state") or {}).get("asked"))


def finish(talk: Talk, response: list[str], most: int = 15) -> list[str]:
    """Answer every question until the task is over; returns what was asked."""
    asked: list[str] = []
    while talk.running and most:
        most -= 1
        what = slot_of(response[-1], talk)
        asked.append(what)
        if what == "confirm":
            response = talk.say("确认", "affirm")
        else:
            response = talk.say(TOLD[what], "inform")
    assert not talk.running, asked
    return asked


def outcome(talk: Talk) -> list[tuple[str, Any]]:
    """What was done, whichever message did it."""
    acts = [
        (path, {key: value for key, value in body.items() if key != "message_id"})
        for path, body in talk.acts
    ]
    tickets = [
        ("ticket", item.model_dump(exclude={"message_id"}))
        for item in talk.gateway.tickets.values()
    ]
    return [*acts, *tickets]


@pytest.mark.parametrize("task", sorted(set(TASKS) - {"change_appointment", "cancel_appointment"}))
def test_every_task_ends_and_asks_nothing_twice(task: str) -> None:
    talk = Talk()
    asked = finish(talk, talk.say("你好，帮我办一下", task))
    assert len(asked) == len(set(asked)), asked
    assert len(outcome(talk)) == (0 if TASKS[task].reads else 1)


@pytest.mark.parametrize("task", ["change_address", "request_invoice", "cancel_order"])
def test_any_order_of_telling_gives_the_same_act(task: str) -> None:
    wants = [name for name in ENTITIES if name in {want.slot for want in TASKS[task].wants}]
    names = dict.fromkeys(["order_number", "phone_tail", *wants])
    outcomes = []
    for order in itertools.permutations(names):
        talk = Talk()
        response = talk.say("帮我办一下", task)
        for name in order:
            response = talk.say(TOLD[name], "inform")
        asked = finish(talk, response)
        assert not set(asked) & set(names), (order, asked)
        outcomes.append(outcome(talk))
    assert all(item == outcomes[0] for item in outcomes)
    assert outcomes[0]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(TASKS)),
    st.integers(0, 8),
    st.sampled_from([("算了", "stop"), ("不办了", "nlu_fallback"), ("再见", "goodbye")]),
)
def test_left_at_any_time_nothing_is_done(task: str, after: int, out: tuple[str, str]) -> None:
    talk = Talk()
    response = talk.say("你好，帮我办一下", task)
    for _ in range(after):
        if not talk.running or slot_of(response[-1], talk) == "confirm":
            break
        response = talk.say(TOLD[slot_of(response[-1], talk)], "inform")
    if not talk.running:
        return
    done = len(outcome(talk))
    talk.say(*out)
    assert not talk.running
    assert len(outcome(talk)) == done


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(sorted(TASKS)), st.integers(0, 8))
def test_a_person_comes_at_any_time(task: str, after: int) -> None:
    talk = Talk()
    response = talk.say("你好，帮我办一下", task)
    for _ in range(after):
        if not talk.running or slot_of(response[-1], talk) == "confirm":
            break
        response = talk.say(TOLD[slot_of(response[-1], talk)], "inform")
    if talk.running:
        talk.say("转人工", "ask_human")
        assert len(talk.gateway.handoffs) == 1
        assert not talk.running


INTENTS = [
    *sorted(TASKS),
    "faq",
    "affirm",
    "deny",
    "stop",
    "correct",
    "inform",
    "nlu_fallback",
    "greet",
]
WORDS = [
    *TOLD.values(),
    "好的",
    "不对",
    "修改",
    "没有",
    "地址错了",
    "呵呵",
    "换成下午",
    "第二个",
    "取消",
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(INTENTS)), max_size=12))
def test_whatever_is_said_something_is_answered_and_acts_follow_a_yes(
    messages: list[tuple[str, str]],
) -> None:
    talk = Talk()
    talk.say("帮我办一下", "change_address")
    for text, intent in messages:
        running, done = talk.running, len(talk.acts)
        said = talk.say(text, intent)
        if running:
            assert said, (text, intent)
        if len(talk.acts) > done:
            assert text == "好的" or intent == "affirm"
