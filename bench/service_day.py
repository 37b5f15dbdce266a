"""Days of a service centre on a simulated clock, with the desk's real routing or another.

The assumptions are in the docstring of `bench.routing`.
"""

from __future__ import annotations

import heapq
from array import array
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from bench.service_centre import HOUR, MIDNIGHT, SLOWER, TEAM, Customer, Member
from triage.estimating import Estimator, WaitRecord, correction, mean_handling_seconds
from triage.policy.routing import PRIORITIES, RoutingPolicy
from triage.routing import Agent, Assignment, Fit, Presence, eligible, fit
from triage.waiting import Waiting, queue_order

LOOK_EVERY = 5.0
"""Seconds between two looks at a queue that has not been emptied."""

Route = Callable[
    [Sequence[Waiting], Sequence[Agent], datetime, RoutingPolicy], Sequence[Assignment]
]


@dataclass(slots=True)
class Result:
    """What came of all days: waits in seconds by priority, and what agents did."""

    waits: dict[str, array[float]] = field(
        default_factory=lambda: {priority: array("d") for priority in PRIORITIES}
    )
    skilled: int = 0
    worked_seconds: float = 0.0
    paid_seconds: float = 0.0
    estimates: list[WaitRecord] = field(default_factory=list)


def run_day(
    customers: Sequence[Customer],
    route: Route,
    policy: RoutingPolicy,
    result: Result,
    *,
    equal_handling: bool,
) -> None:
    """Serve all customers of a day, adding to `result`."""
    _Day(customers, route, policy, result, equal_handling).run()


class _Day:
    def __init__(
        self,
        customers: Sequence[Customer],
        route: Route,
        policy: RoutingPolicy,
        result: Result,
        equal_handling: bool,
    ) -> None:
        self._route = route
        self._policy = policy
        self._result = result
        self._equal = equal_handling
        self._agents = {
            UUID(int=index): Agent(
                UUID(int=index),
                Presence.OFFLINE,
                member.capacity,
                skills=member.skills,
                languages=member.languages,
            )
            for index, member in enumerate(TEAM)
        }
        self._queue: dict[UUID, Customer] = {}
        self._expected: dict[UUID, tuple[float, float]] = {}  # corrected, plain
        self._recent: deque[float] = deque(maxlen=policy.wait.records)
        self._records: dict[str, list[WaitRecord]] = defaultdict(list)
        self._counter = 0
        self._looking = False
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        for customer in customers:
            self._at(customer.second, self._arrival(customer))
        for index, member in enumerate(TEAM):
            self._shift(UUID(int=index), member)

    def run(self) -> None:
        """Go from event to event until nobody waits or is served."""
        while self._events:
            second, _, event = heapq.heappop(self._events)
            event(second)
            self._look(second)

    def _at(self, second: float, event: Callable[[float], None]) -> None:
        self._counter += 1
        heapq.heappush(self._events, (second, self._counter, event))

    def _shift(self, agent_id: UUID, member: Member) -> None:
        def presence(wanted: Presence) -> Callable[[float], None]:
            def change(_: float) -> None:
                self._agents[agent_id] = replace(self._agents[agent_id], presence=wanted)

            return change

        pause = member.pause * HOUR
        self._at(member.starts * HOUR, presence(Presence.ONLINE))
        self._at(pause, presence(Presence.BREAK))
        self._at(pause + HOUR / 2, presence(Presence.ONLINE))
        if member.ends < 24:  # the late shift stays until the last customer is served
            self._at(member.ends * HOUR, presence(Presence.OFFLINE))
        hours = member.ends - member.starts - 0.5
        self._result.paid_seconds += hours * HOUR * member.capacity

    def _arrival(self, customer: Customer) -> Callable[[float], None]:
        def arrive(second: float) -> None:
            self._queue[customer.waiting.id] = customer
            self._expect(customer, MIDNIGHT + timedelta(seconds=second))

        return arrive

    def _expect(self, customer: Customer, now: datetime) -> None:
        at_work = [agent for agent in self._agents.values() if agent.at_work]
        if len(self._queue) <= sum(max(0, agent.capacity - agent.load) for agent in at_work):
            return
        waiting = customer.waiting
        order = queue_order((each.waiting for each in self._queue.values()), now, self._policy)
        mean = mean_handling_seconds(self._recent, self._policy.wait)
        by = correction(self._records[waiting.priority], self._policy.wait)
        estimator = Estimator(mean, self._policy.skill, {waiting.priority: by})
        plain = estimator.plain(order, at_work)[waiting.id]
        told = estimator.corrected(plain, waiting.priority)
        if plain and told:
            self._expected[waiting.id] = (told, plain)

    def _look(self, second: float) -> None:
        """Let routing look at the queue, and look again while somebody waits beside a free hand."""
        if not self._queue:
            return
        agents = list(self._agents.values())
        if not any(agent.at_work and agent.load < agent.capacity for agent in agents):
            return
        waitings = [customer.waiting for customer in self._queue.values()]
        now = MIDNIGHT + timedelta(seconds=second)
        for assignment in self._route(waitings, agents, now, self._policy):
            self._begin(assignment, second, now)
        if self._queue and not self._looking:
            self._looking = True
            self._at(second + LOOK_EVERY, self._looked)

    def _looked(self, _: float) -> None:
        self._looking = False

    def _begin(self, assignment: Assignment, second: float, now: datetime) -> None:
        customer = self._queue.pop(assignment.waiting_id)
        agent = self._agents[assignment.agent_id]
        if not eligible(agent, customer.waiting):
            raise RuntimeError("routing gave a conversation to somebody who cannot take it")
        suits = fit(agent, customer.waiting, self._policy.skill)
        took = customer.handling * (1.0 if self._equal else SLOWER[suits])
        self._agents[agent.id] = replace(agent, load=agent.load + 1, last_assigned_at=now)
        self._result.skilled += suits is Fit.ENOUGH
        self._result.worked_seconds += took
        waited = second - customer.second
        self._result.waits[customer.waiting.priority].append(waited)
        self._compare(customer.waiting, waited)
        self._at(second + took, self._end(agent.id, took))

    def _compare(self, waiting: Waiting, waited: float) -> None:
        if waiting.id in self._expected:
            corrected, plain = self._expected.pop(waiting.id)
            record = WaitRecord(corrected, waited, plain)
            self._records[waiting.priority].append(record)
            self._result.estimates.append(record)

    def _end(self, agent_id: UUID, took: float) -> Callable[[float], None]:
        def end(_: float) -> None:
            agent = self._agents[agent_id]
            self._agents[agent_id] = replace(agent, load=agent.load - 1)
            self._recent.append(took)

        return end
