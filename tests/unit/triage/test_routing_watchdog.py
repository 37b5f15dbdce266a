"""A stuck queue is found, and what an agent lost goes back to its place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.unit.triage.routing_facts import NOW, agent, identity, waiting
from triage.policy.routing import routing_policy
from triage.routing import Presence, longest_hold_seconds
from triage.waiting import queue_order
from triage.watchdog import Finding, Held, Requeue, Stuck, lost, watch

POLICY = routing_policy()
STUCK = POLICY.watchdog.stuck_seconds
LONG = POLICY.watchdog.no_assignment_seconds
DEAD = POLICY.lost_connection_seconds


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize("priority", ["P1", "P2", "P3", "P4"])
@pytest.mark.parametrize("wanted", [None, "b"])
def test_waiting_beyond_all_patience_beside_a_free_agent_is_found(
    priority: str, wanted: str | None
) -> None:
    hold = longest_hold_seconds(waiting("w1", None, priority, wanted=wanted), POLICY.skill)
    team = [agent("a")]
    for seconds, found in ((hold + STUCK - 1, 0), (hold + STUCK, 1)):
        stuck = waiting("w1", None, priority, wanted=wanted, seconds=seconds)
        findings = watch([stuck], team, NOW, NOW, POLICY)
        assert len(findings) == found
    assert findings == [Finding(Stuck.FREE_AGENT, stuck.id, hold + STUCK, identity("a"))]


@pytest.mark.parametrize(
    "team",
    [
        [],
        [agent("a", load=2)],
        [agent("a", presence=Presence.BREAK)],
        [agent("a", channels={"wechat"})],
        [agent("b")],
    ],
)
def test_waiting_where_nobody_could_take_it_is_no_finding(team: list) -> None:  # type: ignore[type-arg]
    stuck = waiting("w1", seconds=LONG - 1, excluded="b")
    assert watch([stuck], team, None, NOW, POLICY) == []


def test_each_who_is_stuck_is_found_the_most_urgent_first() -> None:
    queue = [waiting("w1", priority="P4", seconds=500), waiting("w2", priority="P1", seconds=500)]
    found = watch(queue, [agent("a")], NOW, NOW, POLICY)
    assert [item.waiting_id for item in found] == [identity("w2"), identity("w1")]


def test_a_queue_that_nobody_leaves_for_long_is_found_although_all_are_busy() -> None:
    queue = [waiting("w1", seconds=LONG + 60), waiting("w2", seconds=LONG + 99)]
    team = [agent("a", load=2)]
    assert watch(queue, team, ago(LONG - 1), NOW, POLICY) == []
    assert watch(queue, team, ago(LONG), NOW, POLICY) == [
        Finding(Stuck.NO_ASSIGNMENT, identity("w2"), LONG)
    ]
    assert watch(queue, team, None, NOW, POLICY)[0].seconds == LONG + 99


def test_a_queue_counts_as_unmoved_only_since_somebody_waits_in_it() -> None:
    assert watch([waiting("w1", seconds=5)], [agent("a", load=2)], ago(9999), NOW, POLICY) == []


def test_an_empty_queue_and_a_desk_without_people_are_not_stuck() -> None:
    assert watch([], [agent("a")], ago(9999), NOW, POLICY) == []
    away = [agent("a", presence=Presence.OFFLINE)]
    assert watch([waiting("w1", seconds=9999)], away, None, NOW, POLICY) == []


def test_conversations_go_back_once_the_connection_has_been_dead_long_enough() -> None:
    held = [
        Held(identity("w1"), identity("a"), ago(300), ago(400)),
        Held(identity("w2"), identity("b"), ago(300), ago(500)),
    ]
    seen = {identity("a"): ago(DEAD), identity("b"): ago(DEAD - 1)}
    assert lost(held, seen, NOW, POLICY) == [Requeue(identity("w1"), identity("a"), ago(400))]


def test_who_was_never_seen_or_signed_off_is_gone() -> None:
    held = [Held(identity(f"w{n}"), identity(f"a{n}"), ago(n), ago(n)) for n in (1, 2)]
    assert len(lost(held, {identity("a1"): None}, NOW, POLICY)) == 2


def test_what_never_was_in_the_queue_counts_from_when_it_was_taken() -> None:
    stepped_in = Held(identity("w1"), identity("a"), owned_since=ago(90))
    assert lost([stepped_in], {}, NOW, POLICY)[0].queued_at == ago(90)


def test_what_goes_back_stands_before_those_of_its_priority_who_came_later() -> None:
    held = [Held(identity("w1"), identity("a"), owned_since=ago(100), queued_at=ago(200))]
    back = lost(held, {}, NOW, POLICY)[0]
    returned = waiting("w1", None, "P3", seconds=(NOW - back.queued_at).total_seconds())
    others = [waiting("w2", None, "P3", seconds=150), waiting("w3", None, "P1")]
    order = queue_order([*others, returned], NOW, POLICY)
    assert [each.id for each in order] == [identity(name) for name in ("w3", "w1", "w2")]


def test_the_earliest_queued_goes_back_first() -> None:
    held = [Held(identity(f"w{n}"), identity("a"), ago(9), ago(n)) for n in (10, 30, 20)]
    back = lost(held, {}, NOW, POLICY)
    assert [item.queued_at for item in back] == [ago(30), ago(20), ago(10)]
