"""Who of the waiting goes to whom, one criterion of norms §4 after the other."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.unit.triage.routing_facts import NOW, agent, identity, waiting
from triage.policy.routing import routing_policy
from triage.routing import Agent, Fit, Presence, Reason, assign, eligible, fit, left_out
from triage.waiting import Waiting

POLICY = routing_policy()
SKILL = POLICY.skill


def given(waitings: Sequence[Waiting], agents: Sequence[Agent]) -> dict[str, str]:
    """Who got whom, by name."""
    found = assign(waitings, agents, NOW, POLICY)
    return {name(item.waiting_id): name(item.agent_id) for item in found}


def name(value: object) -> str:
    names = {identity(each): each for each in "abcdefgh"} | {
        identity(f"w{n}"): f"w{n}" for n in range(9)
    }
    return names[value]  # type: ignore[index]


def reasons(waitings: Sequence[Waiting], agents: Sequence[Agent]) -> tuple[Reason, ...]:
    return assign(waitings, agents, NOW, POLICY)[0].reasons


@pytest.mark.parametrize(
    "unable",
    [
        agent("a", presence=Presence.BUSY),
        agent("a", presence=Presence.BREAK),
        agent("a", presence=Presence.OFFLINE),
        agent("a", load=2),
        agent("a", capacity=0),
        agent("a", accepts=False),
        agent("a", channels={"wechat"}),
    ],
)
def test_who_cannot_take_it_is_not_given_it(unable: Agent) -> None:
    assert not eligible(unable, waiting("w1"))
    assert given([waiting("w1", seconds=9999)], [unable]) == {}


def test_who_lost_or_declined_it_is_not_given_it_again() -> None:
    declined = waiting("w1", excluded="a", seconds=9999)
    assert not eligible(agent("a"), declined)
    assert given([declined], [agent("a")]) == {}
    assert given([declined], [agent("a"), agent("b", load=1)]) == {"w1": "b"}


def test_with_nothing_set_an_agent_knows_a_little_of_everything() -> None:
    fresh = agent("a")
    assert [fresh.level(skill) for skill in ("refund", "made_up", None)] == [1, 1, 1]
    assert fit(fresh, waiting("w1", language="en", channel="wechat"), SKILL) is Fit.LITTLE


def test_a_desk_of_generalists_keeps_nobody_waiting() -> None:
    assert given([waiting("w1"), waiting("w2", "invoice")], [agent("a"), agent("b")]) == {
        "w1": "a",
        "w2": "b",
    }


@pytest.mark.parametrize(
    ("skills", "expected"),
    [({"refund": 3}, Fit.ENOUGH), ({"refund": 2}, Fit.LITTLE), ({"order": 5}, Fit.POOR)],
)
def test_how_well_somebody_suits_follows_the_level(skills: dict[str, int], expected: Fit) -> None:
    assert fit(agent("a", skills), waiting("w1", "refund"), SKILL) is expected


def test_who_does_not_speak_the_language_suits_badly_whatever_they_know() -> None:
    expert = agent("a", {"refund": 5}, languages={"zh"})
    assert fit(expert, waiting("w1", "refund", language="en"), SKILL) is Fit.POOR


def test_the_skilled_are_chosen_before_the_idle() -> None:
    agents = [agent("a"), agent("b", {"refund": 3}, load=1, idle=1)]
    assert given([waiting("w1", "refund")], agents) == {"w1": "b"}
    assert reasons([waiting("w1", "refund")], agents)[0] is Reason.SKILLED


def test_enough_is_enough_for_all_but_the_most_urgent() -> None:
    agents = [agent("a", {"refund": 5}, load=1), agent("b", {"refund": 3})]
    assert given([waiting("w1", "refund", "P2")], agents) == {"w1": "b"}
    assert given([waiting("w1", "refund", "P1")], agents) == {"w1": "a"}


def test_a_while_is_waited_for_the_skilled_and_then_others_take_it() -> None:
    agents = [agent("a", {"refund": 4}, load=2), agent("b"), agent("c", {"order": 5})]
    little, anybody = SKILL.little_skill_after_seconds["P3"], SKILL.anybody_after_seconds["P3"]
    assert given([waiting("w1", seconds=little - 1)], agents) == {}
    assert given([waiting("w1", seconds=little)], agents) == {"w1": "b"}
    without_b = [agents[0], agents[2]]
    assert given([waiting("w1", seconds=anybody - 1)], without_b) == {}
    assert given([waiting("w1", seconds=anybody)], without_b) == {"w1": "c"}
    assert reasons([waiting("w1", seconds=anybody)], without_b)[0] is Reason.WAITED_FOR_SKILL


def test_an_emergency_waits_for_no_skill() -> None:
    agents = [agent("a", {"refund": 4}, load=2), agent("b", {"order": 5})]
    assert given([waiting("w1", "refund", "P1")], agents) == {"w1": "b"}


def test_nobody_waits_for_a_skill_that_nobody_at_work_has() -> None:
    agents = [agent("a", {"order": 5}), agent("b", {"refund": 5}, presence=Presence.BREAK)]
    assert given([waiting("w1", "refund")], agents) == {"w1": "a"}
    assert reasons([waiting("w1", "refund")], agents)[0] is Reason.BEST_AT_WORK


def test_who_speaks_the_language_is_chosen_before_who_knows_more() -> None:
    agents = [agent("a", {"refund": 5}, languages={"zh"}), agent("b", languages={"zh", "en"})]
    for priority in ("P1", "P3"):
        assert given([waiting("w1", "refund", priority, language="en")], agents) == {"w1": "b"}


def test_specialists_are_kept_for_their_line_while_a_generalist_is_free() -> None:
    expert, generalist = agent("a", {"refund": 5}), agent("b", load=1)
    for general in ("other", None):
        assert given([waiting("w1", general)], [expert, generalist]) == {"w1": "b"}
    assert reasons([waiting("w1", "other")], [expert, generalist])[0] is Reason.GENERALIST
    assert given([waiting("w1", "other")], [expert, agent("b", load=2)]) == {"w1": "a"}


def test_a_free_hand_serves_first_whom_it_suits_even_behind_others() -> None:
    full = agent("a", {"refund": 4}, load=2)
    logistician = agent("b", {"logistics": 4}, load=1)
    queue = [waiting("w1", "refund", seconds=600), waiting("w2", "logistics", seconds=5)]
    assert given(queue, [full, logistician]) == {"w2": "b"}
    assert given(queue[:1], [full, logistician]) == {"w1": "b"}, "who suits nobody else helps out"


def test_who_has_waited_very_long_is_taken_by_anybody_at_any_rate() -> None:
    agents = [agent("a", {"refund": 4}, load=2), agent("b", {"logistics": 4}, load=1)]
    limit = SKILL.at_any_rate_after_seconds["P3"]
    queue = [waiting("w1", "refund", seconds=limit), waiting("w2", "logistics")]
    assert given(queue, agents) == {"w1": "b"}


def test_the_wanted_skill_counts_instead_of_the_category() -> None:
    agents = [agent("a", {"refund": 5}), agent("b", {"invoice": 4}, load=1)]
    assert given([waiting("w1", "refund", wanted_skill="invoice")], agents) == {"w1": "b"}


def test_the_more_urgent_gets_the_only_hand() -> None:
    queue = [waiting("w1", None, "P3", seconds=60), waiting("w2", None, "P2")]
    assert given(queue, [agent("a", capacity=1)]) == {"w2": "a"}
    assert Reason.PRIORITY in reasons(queue, [agent("a", capacity=1)])


def test_among_equals_who_waited_longest_is_first() -> None:
    queue = [waiting("w1", None, seconds=10), waiting("w2", None, seconds=11)]
    assert given(queue, [agent("a", capacity=1)]) == {"w2": "a"}
    assert Reason.WAITED_LONGEST in reasons(queue, [agent("a", capacity=1)])


def test_vip_goes_before_an_equal_who_came_a_little_earlier() -> None:
    queue = [waiting("w1", None, seconds=60), waiting("w2", None, tier="vip")]
    assert given(queue, [agent("a", capacity=1)]) == {"w2": "a"}
    assert Reason.VIP in reasons(queue, [agent("a", capacity=1)])


def test_the_last_agent_is_chosen_among_equals_even_with_more_to_do() -> None:
    agents = [agent("a"), agent("b", load=1)]
    assert given([waiting("w1", last="b")], agents) == {"w1": "b"}
    assert Reason.LAST_AGENT in reasons([waiting("w1", last="b")], agents)
    skilled = [agent("a", {"refund": 3}), agent("b", load=1)]
    assert given([waiting("w1", "refund", last="b")], skilled) == {"w1": "a"}, "skill comes first"


def test_the_least_busy_for_their_capacity_is_chosen_then_the_longest_idle() -> None:
    busy_by_share = [agent("a", load=1, capacity=2), agent("b", load=2, capacity=5)]
    assert given([waiting("w1")], busy_by_share) == {"w1": "b"}
    assert reasons([waiting("w1")], busy_by_share)[-2:] == (
        Reason.LEAST_BUSY,
        Reason.WAITED_LONGEST,
    )
    idle = [agent("a", idle=5), agent("b", idle=50)]
    assert given([waiting("w1")], idle) == {"w1": "b"}
    assert given([waiting("w1")], [*idle, agent("c")]) == {"w1": "c"}, "never had one"


def test_several_are_spread_over_the_hands_there_are() -> None:
    queue = [waiting(f"w{n}", None, seconds=n) for n in range(5)]
    found = given(queue, [agent("a"), agent("b", load=1)])
    assert found == {"w4": "a", "w3": "a", "w2": "b"} or found == {"w4": "a", "w3": "b", "w2": "a"}


def test_a_transfer_to_a_person_is_kept_for_them() -> None:
    limit = SKILL.wanted_agent_seconds["P3"]
    wanted = agent("a", {"order": 5}, load=2)
    others = [agent("b", {"refund": 5})]
    assert given([waiting("w1", wanted="a", seconds=limit - 1)], [wanted, *others]) == {}
    assert given([waiting("w1", wanted="a", seconds=limit)], [wanted, *others]) == {"w1": "b"}


def test_an_emergency_is_kept_for_nobody() -> None:
    queue = [waiting("w1", "refund", "P1", wanted="a")]
    assert given(queue, [agent("a", load=2), agent("b")]) == {"w1": "b"}


@pytest.mark.parametrize("seconds", [0, 9999])
def test_a_wanted_person_with_a_hand_free_gets_it_whatever_they_know(seconds: float) -> None:
    agents = [agent("a", {"order": 5}, load=1), agent("b", {"refund": 5})]
    transferred = waiting("w1", "refund", wanted="a", seconds=seconds)
    assert given([transferred], agents) == {"w1": "a"}
    assert reasons([transferred], agents)[0] is Reason.WANTED_AGENT


@pytest.mark.parametrize("gone", [agent("a", presence=Presence.OFFLINE), agent("a", accepts=False)])
def test_nothing_is_kept_for_a_wanted_person_who_is_gone(gone: Agent) -> None:
    assert given([waiting("w1", wanted="a")], [gone, agent("b")]) == {"w1": "b"}


def test_nothing_is_kept_for_a_wanted_person_who_declined() -> None:
    declined = waiting("w1", wanted="a", excluded="a")
    assert given([declined], [agent("a"), agent("b")]) == {"w1": "b"}


SENDER = frozenset({identity("a")})


@pytest.mark.parametrize("passed", [{"wanted_skill": "invoice"}, {"wanted": "b"}])
@pytest.mark.parametrize("priority", ["P1", "P4"])
def test_a_transfer_does_not_come_straight_back_to_who_is_alone_at_work(
    passed: dict[str, str], priority: str
) -> None:
    alone = [agent("a"), agent("b", presence=Presence.BREAK)]
    wait = SKILL.sender_again_after_seconds[priority]
    for seconds, out in ((0, SENDER), (wait - 1, SENDER), (wait, frozenset())):
        transferred = waiting("w1", None, priority, seconds=seconds, **passed)  # type: ignore[arg-type]
        assert left_out(transferred, SENDER, alone, NOW, SKILL) == out


@pytest.mark.parametrize("wanted_skill", [None, "invoice"])
def test_who_passed_it_over_is_left_out_while_somebody_else_is_at_work(
    wanted_skill: str | None,
) -> None:
    waits = waiting("w1", seconds=99999, wanted_skill=wanted_skill)
    assert left_out(waits, SENDER, [agent("a"), agent("b", load=2)], NOW, SKILL) == SENDER


def test_what_was_declined_or_lost_comes_back_at_once_rather_than_to_nobody() -> None:
    assert left_out(waiting("w1"), SENDER, [agent("a")], NOW, SKILL) == frozenset()
