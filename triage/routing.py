"""Who of the waiting customers goes to whom (norms §4).

Skill → language and channel → priority and VIP → waiting time → last agent who served → load.
Skill, language and channel say who may take a conversation; priority, VIP and waiting time say
whose turn it is; the last agent and the load choose among those who suit equally well. The same
facts always give the same answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from triage.policy.routing import RoutingPolicy, SkillPolicy
from triage.waiting import VIP, Waiting, queue_order

GENERALIST_LEVEL = 1
"""What an agent with no skills set knows of every business line."""


class Presence(StrEnum):
    """What an agent's console shows; only `online` is given conversations."""

    ONLINE = "online"
    BUSY = "busy"
    BREAK = "break"
    OFFLINE = "offline"


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as routing sees them. No skills: a generalist; no languages or channels: all."""

    id: UUID
    presence: Presence
    capacity: int
    load: int = 0
    """Conversations at hand."""
    skills: Mapping[str, int] = field(default_factory=dict)
    """Level 1–5 by category; a category that is missing beside others is not known at all."""
    languages: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    last_assigned_at: datetime | None = None
    accepts: bool = True
    """False while they want nothing new, e.g. at the end of a shift."""

    @property
    def at_work(self) -> bool:
        """Takes new conversations, now or when a hand is free."""
        return self.presence == Presence.ONLINE and self.accepts and self.capacity > 0

    def level(self, skill: str | None) -> int:
        """How well they know a business line, 0–5."""
        if not self.skills:
            return GENERALIST_LEVEL
        return self.skills.get(skill or "", 0)


class Reason(StrEnum):
    """Why this agent got this conversation; texts in i18n under `routing.<reason>`."""

    WANTED_AGENT = "wanted_agent"
    SKILLED = "skilled"
    GENERALIST = "generalist"
    BEST_AT_WORK = "best_at_work"
    """Nobody at work knows it better."""
    WAITED_FOR_SKILL = "waited_for_skill"
    """Somebody knows it better but has no hand free."""
    PRIORITY = "priority"
    VIP = "vip"
    WAITED_LONGEST = "waited_longest"
    LAST_AGENT = "last_agent"
    LEAST_BUSY = "least_busy"


@dataclass(frozen=True, slots=True)
class Assignment:
    """Give the conversation to the agent, for these reasons, the most telling first."""

    waiting_id: UUID
    agent_id: UUID
    reasons: tuple[Reason, ...]


class Fit(IntEnum):
    """How well an agent suits a conversation by skill and language."""

    POOR = 0
    LITTLE = 1
    ENOUGH = 2


_OUT_OF_REACH = -1
_Need = tuple[str | None, str, str, frozenset[UUID]]
_Rank = tuple[int, int, bool, float, float, UUID]


def eligible(agent: Agent, waiting: Waiting) -> bool:
    """Whether the agent could be given the conversation now, whatever they know."""
    return agent.load < agent.capacity and reachable(agent, waiting)


def fit(agent: Agent, waiting: Waiting, policy: SkillPolicy) -> Fit:
    """How well the agent suits; one who does not speak the language never suits well."""
    if agent.languages and waiting.language not in agent.languages:
        return Fit.POOR
    if _general(waiting, policy):
        return Fit.ENOUGH
    level = agent.level(waiting.skill)
    if level >= policy.enough:
        return Fit.ENOUGH
    return Fit.LITTLE if level >= GENERALIST_LEVEL else Fit.POOR


def longest_hold_seconds(waiting: Waiting, policy: SkillPolicy) -> float:
    """After so long in the queue anybody eligible may take it."""
    anybody = policy.anybody_after_seconds[waiting.priority]
    kept = policy.wanted_agent_seconds[waiting.priority]
    return max(anybody, kept) if waiting.wanted_agent_id else anybody


def left_out(
    waiting: Waiting,
    passed_over: frozenset[UUID],
    agents: Iterable[Agent],
    now: datetime,
    policy: SkillPolicy,
) -> frozenset[UUID]:
    """Who of those who passed it on, lost or declined it is not given it now.

    All of them while somebody else is at work. When nobody is: rather they than nobody; but a
    transfer does not come straight back, it waits for others to come to work first.
    """
    if any(agent.at_work and agent.id not in passed_over for agent in agents):
        return passed_over
    wait = policy.sender_again_after_seconds[waiting.priority] if waiting.transferred else 0
    return passed_over if waiting.waited_seconds(now) < wait else frozenset()


def assign(
    waitings: Sequence[Waiting], agents: Sequence[Agent], now: datetime, policy: RoutingPolicy
) -> list[Assignment]:
    """Who gets whom now, most urgent first; nobody is given more than their capacity."""
    desk = _Desk(agents, policy.skill)
    if not waitings or not desk.free:
        return []
    longest = min(waiting.queued_at for waiting in waitings)
    order = queue_order(waitings, now, policy)
    assignments = []
    for spare in (False, True):
        left = []
        for waiting in order:
            chosen = desk.choose(waiting, now, spare=spare) if desk.free else None
            if chosen is None:
                left.append(waiting)
                continue
            reasons = (*desk.why_agent(chosen, waiting), *_why_now(waiting, longest))
            assignments.append(Assignment(waiting.id, chosen.id, reasons))
            desk.give(chosen, now)
        order = left
    return assignments


class _Desk:
    """The agents at work, and who of them still has a hand free."""

    def __init__(self, agents: Iterable[Agent], policy: SkillPolicy) -> None:
        self._policy = policy
        self._present = {a.id: a for a in agents if a.presence != Presence.OFFLINE}
        self._at_work = [agent for agent in self._present.values() if agent.at_work]
        self._known: dict[_Need, dict[UUID, Fit]] = {}
        self.free = {agent.id: agent for agent in self._at_work if agent.load < agent.capacity}

    def choose(self, waiting: Waiting, now: datetime, *, spare: bool) -> Agent | None:
        """The best free agent who may take it now; `spare`: whoever suits nobody else better."""
        fits = self._fits(waiting)
        wanted = waiting.wanted_agent_id
        if wanted in fits and wanted in self.free:
            return self.free[wanted]
        waited = waiting.waited_seconds(now)
        if wanted is not None and self._kept_for(wanted, waiting, waited):
            return None
        needed = min(self._patience(waiting, waited, spare), self._best(fits))
        candidates = [
            agent for agent in self.free.values() if fits.get(agent.id, _OUT_OF_REACH) >= needed
        ]
        return min(candidates, key=lambda agent: self._rank(agent, waiting, fits), default=None)

    def give(self, agent: Agent, now: datetime) -> None:
        """Count one conversation more for the agent."""
        busier = replace(agent, load=agent.load + 1, last_assigned_at=now)
        if busier.load < busier.capacity:
            self.free[agent.id] = busier
        else:
            del self.free[agent.id]

    def why_agent(self, agent: Agent, waiting: Waiting) -> tuple[Reason, ...]:
        """What speaks for this agent."""
        reasons = [self._why_skill(agent, waiting)]
        if waiting.last_agent_id == agent.id:
            reasons.append(Reason.LAST_AGENT)
        if all(_busy(agent) <= _busy(other) for other in self.free.values()):
            reasons.append(Reason.LEAST_BUSY)
        return tuple(reasons)

    def _why_skill(self, agent: Agent, waiting: Waiting) -> Reason:
        if waiting.wanted_agent_id == agent.id:
            return Reason.WANTED_AGENT
        fits = self._fits(waiting)
        if fits[agent.id] is Fit.ENOUGH:
            return Reason.GENERALIST if _general(waiting, self._policy) else Reason.SKILLED
        best = fits[agent.id] >= self._best(fits)
        return Reason.BEST_AT_WORK if best else Reason.WAITED_FOR_SKILL

    def _kept_for(self, wanted: UUID, waiting: Waiting, waited: float) -> bool:
        agent = self._present.get(wanted)
        if agent is None or not agent.accepts or wanted in waiting.excluded:
            return False
        return waited < self._policy.wanted_agent_seconds[waiting.priority]

    def _patience(self, waiting: Waiting, waited: float, spare: bool) -> Fit:
        """How well an agent must suit after so long."""
        policy, priority = self._policy, waiting.priority
        if waited >= policy.at_any_rate_after_seconds[priority]:
            return Fit.POOR
        if spare and waited >= policy.anybody_after_seconds[priority]:
            return Fit.POOR
        if spare and waited >= policy.little_skill_after_seconds[priority]:
            return Fit.LITTLE
        return Fit.ENOUGH

    def _fits(self, waiting: Waiting) -> dict[UUID, Fit]:
        """How well each one at work suits, free or not; without those who cannot be given it."""
        need = (waiting.skill, waiting.language, waiting.channel, waiting.excluded)
        if need not in self._known:
            self._known[need] = {
                agent.id: fit(agent, waiting, self._policy)
                for agent in self._at_work
                if reachable(agent, waiting)
            }
        return self._known[need]

    @staticmethod
    def _best(fits: Mapping[UUID, Fit]) -> Fit:
        """The best there is at work: it makes no sense to wait for better."""
        return max(fits.values(), default=Fit.POOR)

    def _rank(self, agent: Agent, waiting: Waiting, fits: Mapping[UUID, Fit]) -> _Rank:
        """Smaller is better."""
        found = fits[agent.id]
        if _general(waiting, self._policy):
            level = max(agent.skills.values(), default=GENERALIST_LEVEL)
            grade = int(level >= self._policy.enough)  # keep specialists for what needs them
        elif found is Fit.ENOUGH and waiting.priority != "P1":
            grade = 0
        else:
            grade = -agent.level(waiting.skill)
        idle_since = agent.last_assigned_at
        return (
            -found,
            grade,
            waiting.last_agent_id != agent.id,
            _busy(agent),
            idle_since.timestamp() if idle_since else 0.0,
            agent.id,
        )


def _general(waiting: Waiting, policy: SkillPolicy) -> bool:
    return waiting.skill is None or waiting.skill in policy.general


def reachable(agent: Agent, waiting: Waiting) -> bool:
    """Whether the agent could be given the conversation once they have a hand free."""
    if not agent.at_work or (waiting.excluded and agent.id in waiting.excluded):
        return False
    return not agent.channels or waiting.channel in agent.channels


def _busy(agent: Agent) -> float:
    return agent.load / agent.capacity


def _why_now(waiting: Waiting, longest: datetime) -> tuple[Reason, ...]:
    reasons = []
    if waiting.priority in ("P1", "P2"):
        reasons.append(Reason.PRIORITY)
    if waiting.tier == VIP:
        reasons.append(Reason.VIP)
    if waiting.queued_at == longest:
        reasons.append(Reason.WAITED_LONGEST)
    return tuple(reasons)
