"""What holds for every queue and every team."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.triage.routing_facts import NOW, agent, identity, waiting
from triage.policy.routing import PRIORITIES, routing_policy
from triage.routing import Agent, Presence, assign, eligible, longest_hold_seconds
from triage.waiting import Urgency, Waiting, queue_order, urgency_score

POLICY = routing_policy()
LINES = ("refund", "order", "other")
LANGUAGES = ("zh", "en")
CHANNELS = ("web", "wechat")
NAMES = "abcdef"


@st.composite
def queues(draw: st.DrawFn) -> list[Waiting]:
    count = draw(st.integers(0, 6))
    name = st.none() | st.sampled_from(NAMES)
    return [
        waiting(
            f"w{number}",
            draw(st.none() | st.sampled_from(LINES)),
            draw(st.sampled_from(PRIORITIES)),
            seconds=draw(st.integers(0, 5000)),
            tier=draw(st.sampled_from(("standard", "vip"))),
            language=draw(st.sampled_from(LANGUAGES)),
            channel=draw(st.sampled_from(CHANNELS)),
            last=draw(name),
            wanted=draw(name),
            excluded=draw(st.sets(st.sampled_from(NAMES), max_size=2)),
        )
        for number in range(count)
    ]


@st.composite
def teams(draw: st.DrawFn) -> list[Agent]:
    count = draw(st.integers(0, 5))
    return [
        agent(
            NAMES[number],
            draw(st.dictionaries(st.sampled_from(LINES), st.integers(1, 5), max_size=2)),
            load=draw(st.integers(0, 3)),
            capacity=draw(st.integers(0, 3)),
            presence=draw(st.sampled_from((Presence.ONLINE, *Presence))),
            languages=draw(st.sets(st.sampled_from(LANGUAGES))),
            channels=draw(st.sets(st.sampled_from(CHANNELS))),
            idle=draw(st.none() | st.integers(0, 1000)),
            accepts=draw(st.booleans()),
        )
        for number in range(count)
    ]


@settings(max_examples=30)
@given(queues(), teams())
def test_each_is_given_once_and_only_to_whom_can_take_it(
    queue: list[Waiting], team: list[Agent]
) -> None:
    by_id = {each.id: each for each in team}
    waits = {each.id: each for each in queue}
    found = assign(queue, team, NOW, POLICY)
    assert len({item.waiting_id for item in found}) == len(found)
    for item in found:
        taker = by_id[item.agent_id]
        assert eligible(taker, waits[item.waiting_id]), "never beyond capacity either"
        assert item.reasons
        by_id[item.agent_id] = replace(taker, load=taker.load + 1)


@settings(max_examples=30)
@given(queues(), teams(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_read_changes_nothing(
    queue: list[Waiting], team: list[Agent], random: Random
) -> None:
    mixed_queue, mixed_team = list(queue), list(team)
    random.shuffle(mixed_queue)
    random.shuffle(mixed_team)
    assert assign(mixed_queue, mixed_team, NOW, POLICY) == assign(queue, team, NOW, POLICY)


@settings(max_examples=30)
@given(queues(), teams())
def test_beyond_all_patience_nobody_waits_beside_a_hand_that_could_take_them(
    queue: list[Waiting], team: list[Agent]
) -> None:
    found = assign(queue, team, NOW, POLICY)
    taken = {item.waiting_id for item in found}
    loads = [item.agent_id for item in found]
    after = [replace(each, load=each.load + loads.count(each.id)) for each in team]
    for each in queue:
        hold = longest_hold_seconds(each, POLICY.skill)
        if each.id not in taken and each.waited_seconds(NOW) >= hold:
            assert not any(eligible(one, each) for one in after)


@settings(max_examples=30)
@given(queues(), st.integers(0, 100))
def test_nothing_passes_an_emergency(queue: list[Waiting], minutes: int) -> None:
    order = queue_order(queue, NOW + timedelta(minutes=minutes), POLICY)
    priorities = [each.priority == "P1" for each in order]
    assert priorities == sorted(priorities, reverse=True)


@settings(max_examples=30)
@given(st.sampled_from(PRIORITIES), st.integers(0, 5000), st.integers(1, 5000))
def test_urgency_grows_with_the_wait_and_with_vip(priority: str, seconds: int, more: int) -> None:
    def score(waited: int, tier: str = "standard") -> Urgency:
        return urgency_score(waiting("w1", None, priority, seconds=waited, tier=tier), NOW, POLICY)

    assert score(seconds + more) > score(seconds)
    assert score(seconds, "vip") > score(seconds)


def test_the_lowest_reaches_the_standing_of_the_higher_after_their_head_start() -> None:
    start = POLICY.order.head_start_minutes["P2"] * 60
    fresh = waiting("w1", None, "P2")
    assert (
        queue_order([fresh, waiting("w2", None, "P4", seconds=start - 1)], NOW, POLICY)[0] == fresh
    )
    aged = waiting("w2", None, "P4", seconds=start + 1)
    assert queue_order([fresh, aged], NOW, POLICY)[0] == aged


def test_nobody_starves_however_many_more_urgent_ones_come() -> None:
    """A P2 arrives each minute for one single hand; the P4 is served after its head start."""
    lone = waiting("w0", None, "P4")
    queue = [lone]
    for minute in range(120):
        now = NOW + timedelta(minutes=minute)
        fresh = replace(waiting("p", None, "P2"), id=identity(f"p{minute}"), queued_at=now)
        queue.append(fresh)
        taken = assign(queue, [agent("a", capacity=1)], now, POLICY)[0].waiting_id
        queue = [each for each in queue if each.id != taken]
        if taken == lone.id:
            assert minute <= POLICY.order.head_start_minutes["P2"] + 1
            return
    raise AssertionError("the P4 was never served")


def test_a_clock_that_runs_ahead_counts_as_no_wait() -> None:
    ahead = waiting("w1", seconds=-30)
    assert ahead.waited_seconds(NOW) == 0
