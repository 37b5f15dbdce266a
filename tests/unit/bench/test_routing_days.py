"""The real routing on a simulated day: everybody is served, the urgent sooner, nobody starves."""

from __future__ import annotations

import pytest

from bench.plain_routing import at_random, first_come, first_come_with_skills
from bench.service_centre import Customer, day
from bench.service_day import Result, Route, run_day
from triage.policy.routing import routing_policy
from triage.routing import assign


@pytest.fixture(scope="module")
def customers() -> list[Customer]:
    return day(number=4, seed=1)  # a busy one


def served(customers: list[Customer], route: Route) -> Result:
    result = Result()
    run_day(customers, route, routing_policy(), result, equal_handling=False)
    return result


@pytest.mark.parametrize("route", [assign, first_come_with_skills, first_come, at_random(1)])
def test_everybody_is_served_once(customers: list[Customer], route: Route) -> None:
    waits = served(customers, route).waits
    for priority, each in waits.items():
        assert len(each) == sum(one.waiting.priority == priority for one in customers)
        assert min(each) >= 0


def test_the_urgent_wait_much_less_than_first_come_and_the_lowest_are_not_starved(
    customers: list[Customer],
) -> None:
    ours, plain = served(customers, assign).waits, served(customers, first_come).waits
    for priority in ("P1", "P2"):
        assert 0 < sum(ours[priority]) < sum(plain[priority]) / 4
    head_start = routing_policy().order.head_start_minutes["P2"] * 60
    assert max(ours["P4"]) < max(plain["P4"]) + head_start
