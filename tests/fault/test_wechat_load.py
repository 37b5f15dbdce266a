"""Duplicates, lost answers, ended tokens and an emptied Redis: nothing is lost, nothing twice."""

from __future__ import annotations

from pathlib import Path

from simulator.wechat.rules import Rules
from tests.support.wechat.load import Plan, play
from tests.support.wechat.small_desk import small_desk

PLAN = Plan(messages=120, customers=30, rate=20, duplicates=0.2, timeouts=0.15)
PATIENT = Rules(push_seconds=60)
"""The machine of a test may be slow; what is slow here is not measured."""


async def test_each_message_is_handled_once_and_each_answer_sent_once_or_marked(
    tmp_path: Path,
) -> None:
    async with small_desk(tmp_path, PATIENT) as desk:
        outcome = await play(desk, PLAN)
    assert outcome.handled_once == outcome.written == PLAN.messages
    assert (outcome.lost, outcome.doubled) == ([], [])
    assert (outcome.sent_twice, outcome.sent_never, outcome.unanswered) == ([], [], [])
    assert outcome.failed == {}
    assert outcome.sent_once + outcome.unconfirmed == outcome.answers
    assert outcome.unconfirmed > 0
    assert outcome.given_up > 0
    assert outcome.apologies == 0
