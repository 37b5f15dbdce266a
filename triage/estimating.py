"""How long a waiting customer has to wait, and how good such estimates were.

With every hand busy, conversations end every `mean handling time / hands` on average, and each end
moves a line by one. Two lines matter. One is the whole queue before all hands. The other is one's
own: those before one who want the same hands, before the hands that routing gives one to at first,
since a conversation waits for somebody who knows its business line. But it does so for a while
only: after that patience (`routing.yml`, `skill`) anybody takes it, so nobody waits longer than the
whole queue takes and that. What the lines do not know (later customers who are let past, breaks)
shows in recent waits and corrects the estimate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from triage.policy.routing import SkillPolicy, WaitPolicy
from triage.routing import Agent, fit, longest_hold_seconds, reachable
from triage.waiting import Waiting


@dataclass(frozen=True, slots=True)
class WaitRecord:
    """One stay in the queue: what was expected first, and how long it was, in seconds."""

    expected: float
    actual: float
    plain: float | None = None
    """What would have been expected without correction; None: it was not corrected."""


@dataclass(frozen=True, slots=True)
class WaitAccuracy:
    """How good the estimates were; the last two are None without records."""

    count: int
    mean_absolute_error: float | None
    """Seconds."""
    within_half: float | None
    """Share (0–1) of waits that differed by at most half of what was expected."""


@dataclass(frozen=True, slots=True)
class Estimator:
    """Estimates waits: from how long a conversation takes and, by priority, from recent waits."""

    handling_seconds: float
    policy: SkillPolicy
    corrections: Mapping[str, float] = field(default_factory=dict)
    """What an estimate is multiplied with; 1 for a priority that is missing."""

    def plain(self, order: Sequence[Waiting], agents: Iterable[Agent]) -> dict[UUID, float | None]:
        """Seconds until each one of the queue, the next one first, is taken; without correction.

        None for all while nobody is at work.
        """
        desk = _Hands([agent for agent in agents if agent.at_work])
        if not desk.total:
            return {waiting.id: None for waiting in order}
        teams = _Teams(desk.agents, self.policy)
        found: dict[UUID, float | None] = {}
        for ahead, waiting in enumerate(order):
            own, before = teams.join_line(waiting)
            whole = desk.seconds(ahead, self.handling_seconds)
            mine = own.seconds(before, self.handling_seconds) if own.total else None
            longest = whole + longest_hold_seconds(waiting, self.policy)
            if mine == 0:
                found[waiting.id] = 0.0
            else:
                found[waiting.id] = longest if mine is None else max(whole, min(mine, longest))
        return found

    def corrected(self, seconds: float | None, priority: str) -> float | None:
        """An estimate as customers are told it."""
        return None if seconds is None else seconds * self.corrections.get(priority, 1.0)


class _Hands:
    """How many conversations some agents can hold: in all, and more than they have now."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self.agents = agents
        self.total = sum(agent.capacity for agent in agents)
        self.free = sum(max(0, agent.capacity - agent.load) for agent in agents)

    def seconds(self, ahead: float, handling_seconds: float) -> float:
        """Until the one behind `ahead` others is taken; there is at least one hand."""
        return max(0.0, ahead + 1 - self.free) * handling_seconds / self.total

    def shared_with(self, others: Collection[UUID]) -> float:
        """The share (0–1) of these hands that belong to `others`."""
        shared = sum(agent.capacity for agent in self.agents if agent.id in others)
        return shared / self.total if self.total else 0.0


_Need = tuple[str | None, str, str, frozenset[UUID], UUID | None]


class _Teams:
    """Whom routing gives each kind of conversation to at first, and who waits before them."""

    def __init__(self, at_work: Sequence[Agent], policy: SkillPolicy) -> None:
        self._at_work = at_work
        self._policy = policy
        self._teams: dict[_Need, _Hands] = {}
        self._shares: dict[tuple[_Need, _Need], float] = {}
        self._before: Counter[_Need] = Counter()

    def join_line(self, waiting: Waiting) -> tuple[_Hands, float]:
        """Its team, and how many of those before it want the same hands; who wants some of them
        counts for their share."""
        need = (
            waiting.skill,
            waiting.language,
            waiting.channel,
            waiting.excluded,
            waiting.wanted_agent_id,
        )
        if need not in self._teams:
            self._teams[need] = _Hands(self._team(waiting))
        before = sum(count * self._share(other, need) for other, count in self._before.items())
        self._before[need] += 1
        return self._teams[need], before

    def _team(self, waiting: Waiting) -> list[Agent]:
        """Who suits best of those at work: nobody better can be waited for."""
        fits = [
            (fit(agent, waiting, self._policy), agent)
            for agent in self._at_work
            if reachable(agent, waiting)
        ]
        wanted = [agent for _, agent in fits if agent.id == waiting.wanted_agent_id]
        best = max((suits for suits, _ in fits), default=None)
        return wanted or [agent for suits, agent in fits if suits == best]

    def _share(self, other: _Need, need: _Need) -> float:
        if (other, need) not in self._shares:
            mine = {agent.id for agent in self._teams[need].agents}
            self._shares[other, need] = self._teams[other].shared_with(mine)
        return self._shares[other, need]


def mean_handling_seconds(recent: Sequence[float], policy: WaitPolicy) -> float:
    """How long a conversation takes: the mean of `recent` seconds, steadied by the usual figure.

    With few recent ones the usual figure counts for most; one left open overnight counts as the
    longest that is allowed.
    """
    counted = sum(min(seconds, policy.longest_handling_seconds) for seconds in recent)
    usual = policy.usual_handling_seconds * policy.usual_counts_as
    weight = len(recent) + policy.usual_counts_as
    return (counted + usual) / weight if weight else policy.usual_handling_seconds


def correction(recent: Sequence[WaitRecord], policy: WaitPolicy) -> float:
    """By what to multiply the next estimate: how much longer recent waits were than expected.

    `recent` are of the same priority, the latest last: the less urgent are let past more often.
    Few records say little: a quarter as many as are remembered at most, all as expected, are
    counted with them.
    """
    counted = recent[-policy.records :]
    expected = sum(record.expected if record.plain is None else record.plain for record in counted)
    if expected <= 0:
        return 1.0
    steady = policy.records / 4 * expected / len(counted)
    ratio = (sum(record.actual for record in counted) + steady) / (expected + steady)
    return min(policy.most_correction, max(policy.least_correction, ratio))


def accuracy(records: Sequence[WaitRecord]) -> WaitAccuracy:
    """How good the estimates of `records` were."""
    if not records:
        return WaitAccuracy(0, None, None)
    errors = [abs(record.actual - record.expected) for record in records]
    within = sum(
        error <= record.expected / 2 for error, record in zip(errors, records, strict=True)
    )
    return WaitAccuracy(len(records), sum(errors) / len(errors), within / len(records))
