"""What the desk's routing is compared with: chance, first come, and first come with skills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from random import Random

from bench.service_day import Route
from triage.policy.routing import RoutingPolicy
from triage.routing import Agent, Assignment, assign, eligible
from triage.waiting import Waiting


def first_come(
    waitings: Sequence[Waiting], agents: Sequence[Agent], now: datetime, policy: RoutingPolicy
) -> Sequence[Assignment]:
    """First come, first served, by the least busy agent."""
    del now, policy
    return _simple(sorted(waitings, key=lambda w: w.queued_at), agents, _least_busy)


def first_come_with_skills(
    waitings: Sequence[Waiting], agents: Sequence[Agent], now: datetime, policy: RoutingPolicy
) -> Sequence[Assignment]:
    """The desk's routing, were all customers of the lowest priority and none VIP."""
    alike = [replace(waiting, priority="P4", tier="standard") for waiting in waitings]
    return assign(alike, agents, now, policy)


def at_random(seed: int) -> Route:
    """Any of the waiting to any free agent."""
    random = Random(seed)

    def route(
        waitings: Sequence[Waiting], agents: Sequence[Agent], now: datetime, policy: RoutingPolicy
    ) -> Sequence[Assignment]:
        del now, policy
        return _simple(random.sample(waitings, len(waitings)), agents, random.choice)

    return route


def _least_busy(agents: Sequence[Agent]) -> Agent:
    return min(agents, key=lambda agent: agent.load / agent.capacity)


def _simple(
    waitings: Sequence[Waiting],
    agents: Sequence[Agent],
    choose: Callable[[Sequence[Agent]], Agent],
) -> Sequence[Assignment]:
    desk = {agent.id: agent for agent in agents}
    assignments = []
    for waiting in waitings:
        able = [agent for agent in desk.values() if eligible(agent, waiting)]
        if not able:
            break
        chosen = choose(able)
        desk[chosen.id] = replace(chosen, load=chosen.load + 1)
        assignments.append(Assignment(waiting.id, chosen.id, ()))
    return assignments
