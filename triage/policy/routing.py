"""Loads `routing.yml`: who gets whom, and what waiting customers are told (norms §3 and §4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import yaml

PRIORITIES = ("P1", "P2", "P3", "P4")
SHORTEST_LOST_CONNECTION = 15
"""Consoles show a sign of life every 10 s: sooner, everybody's connection would count as lost."""
LONGEST_LOST_CONNECTION = 60
"""Design §8: an agent's lost connection frees the conversation after 60 s."""

Assignment = Literal["auto", "pull"]


@dataclass(frozen=True, slots=True)
class OrderPolicy:
    """Who is next: minutes that a priority (or VIP) is worth; P1 has no figure, it is first."""

    head_start_minutes: Mapping[str, float]
    vip_head_start_minutes: float


@dataclass(frozen=True, slots=True)
class SkillPolicy:
    """From which level (1–5) an agent knows enough, and how long to wait for such a one."""

    enough: int
    general: frozenset[str]
    little_skill_after_seconds: Mapping[str, float]
    anybody_after_seconds: Mapping[str, float]
    at_any_rate_after_seconds: Mapping[str, float]
    wanted_agent_seconds: Mapping[str, float]
    sender_again_after_seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class WaitPolicy:
    """What the expected wait is reckoned from."""

    usual_handling_seconds: float
    usual_counts_as: int
    longest_handling_seconds: float
    records: int
    least_correction: float
    most_correction: float


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """When a waiting customer is told anew."""

    every_seconds: float
    changed_share: float
    changed_seconds: float


@dataclass(frozen=True, slots=True)
class WatchdogPolicy:
    """When a queue counts as stuck."""

    stuck_seconds: float
    no_assignment_seconds: float


@dataclass(frozen=True, slots=True)
class RoutingPolicy:
    """Everything of `routing.yml`; what each figure means stands there."""

    assignment: Assignment
    decline_within_seconds: float
    order: OrderPolicy
    skill: SkillPolicy
    wait: WaitPolicy
    notice: NoticePolicy
    watchdog: WatchdogPolicy
    ticket_from_seconds: float
    lost_connection_seconds: float

    def __post_init__(self) -> None:
        """Refuse with ValueError what would leave a priority without a figure or break §8."""
        if self.assignment not in get_args(Assignment):
            raise ValueError("assignment needs auto or pull")
        if set(self.order.head_start_minutes) != set(PRIORITIES[1:]):
            raise ValueError("head_start_minutes needs P2, P3 and P4, and no P1")
        for name in (
            "little_skill_after_seconds",
            "anybody_after_seconds",
            "at_any_rate_after_seconds",
            "wanted_agent_seconds",
            "sender_again_after_seconds",
        ):
            if set(getattr(self.skill, name)) != set(PRIORITIES):
                raise ValueError(f"{name} needs P1, P2, P3 and P4")
        shortest, longest = SHORTEST_LOST_CONNECTION, LONGEST_LOST_CONNECTION
        if not shortest <= self.lost_connection_seconds <= longest:
            raise ValueError(f"lost_connection_seconds needs {shortest} to {longest}")


@cache
def routing_policy() -> RoutingPolicy:
    """The default routing policy."""
    text = resources.files("triage.policy").joinpath("routing.yml").read_text(encoding="utf-8")
    return read(yaml.safe_load(text))


def read(raw: Mapping[str, Any]) -> RoutingPolicy:
    """A policy from the content of `routing.yml`; KeyError, TypeError or ValueError if wrong."""
    skill = dict(raw["skill"])
    wait = dict(raw["wait"])
    correction = wait.pop("correction")
    return RoutingPolicy(
        assignment=raw["assignment"],
        decline_within_seconds=raw["decline_within_seconds"],
        order=OrderPolicy(**raw["order"]),
        skill=SkillPolicy(general=frozenset(skill.pop("general")), **skill),
        wait=WaitPolicy(
            least_correction=correction["least"], most_correction=correction["most"], **wait
        ),
        notice=NoticePolicy(**raw["notice"]),
        watchdog=WatchdogPolicy(**raw["watchdog"]),
        ticket_from_seconds=raw["offer"]["ticket_from_seconds"],
        lost_connection_seconds=raw["lost_connection_seconds"],
    )
