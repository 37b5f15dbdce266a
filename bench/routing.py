"""Routing compared over many simulated days: ours, first come first served, and chance.

`python -m bench.routing [--days 1000] [--seed 1] [--equal-handling] [--json]` lets the real
`triage.routing.assign` and the others serve the same customers on a simulated clock; "skills only"
is ours without priority and VIP. 1,000 days take some minutes on one core.

Assumptions; none of them is a measurement of a real service centre:
- Customers come from 8:00 to 23:00 at random (Poisson) around the hourly means of
  `bench.service_centre`, about 930 a day; whole days are busier or quieter (log-normal, 0.15).
  Nobody gives up, and the last shift stays until the queue is empty.
- Priorities 2/10/48/40 % (P1–P4), VIP 8 %, English 2 %, WeChat 40 %, 20 % have a last agent. They
  are independent of each other and of the business line, whose shares stand in the module too.
- 13 agents in three overlapping shifts, each with half an hour's break, holding 3 conversations at
  a time: 10 specialists in two to four business lines, 3 generalists; three also speak English.
- A conversation takes log-normal time (sigma 0.6) around the mean of its business line, which is
  8–16 minutes; 1.25 times as long with somebody who knows a little, 1.5 times with somebody who
  knows nothing of it or does not speak the language. `--equal-handling` leaves that out: then
  skill brings no speed, only better answers, which are not simulated.
- The wait ends when an agent is given the conversation; it counts as within the target of
  `sla.yml` (first response in 1/2/5/10 minutes) if it ends in time. All targets run on the clock.
- The queue is looked at upon each event, and every 5 s while somebody waits beside a free hand.
- The expected wait is reckoned for those who arrive when every hand is busy.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from bench.plain_routing import at_random, first_come, first_come_with_skills
from bench.service_centre import day
from bench.service_day import Result, Route, run_day
from triage.estimating import WaitAccuracy, accuracy
from triage.policy import sla_policy
from triage.policy.routing import PRIORITIES, routing_policy
from triage.routing import assign


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits of one priority in seconds; `in_time` is the share within the target."""

    count: int
    mean: float
    p95: float
    longest: float
    in_time: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What one way of routing came to; shares are 0–1."""

    waits: dict[str, Waits]
    in_time: float
    utilisation: float
    skilled: float
    estimate: WaitAccuracy
    seconds_to_run: float


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.routing")
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--equal-handling", action="store_true", help="skill brings no speed")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    found = compare(asked.days, asked.seed, equal_handling=asked.equal_handling)
    if asked.json:
        print(json.dumps({name: asdict(figures) for name, figures in found.items()}, indent=2))
        return
    console = Console()
    for table in _tables(found, asked.days):
        console.print(table)


def compare(days: int, seed: int, *, equal_handling: bool) -> dict[str, Figures]:
    """Figures by name of the way of routing, all over the same days."""
    ways: Mapping[str, Route] = {
        "ours": assign,
        "skills only": first_come_with_skills,
        "first come": first_come,
        "random": at_random(seed),
    }
    results = {name: Result() for name in ways}
    seconds = dict.fromkeys(ways, 0.0)
    policy = routing_policy()
    for number in range(days):
        customers = day(number, seed)
        for name, route in ways.items():
            started = time.perf_counter()
            run_day(customers, route, policy, results[name], equal_handling=equal_handling)
            seconds[name] += time.perf_counter() - started
    return {name: _figures(result, seconds[name]) for name, result in results.items()}


def _figures(result: Result, seconds: float) -> Figures:
    waits = {priority: _waits(result, priority) for priority in PRIORITIES}
    served = sum(each.count for each in waits.values())
    return Figures(
        waits=waits,
        in_time=sum(each.in_time * each.count for each in waits.values()) / served,
        utilisation=result.worked_seconds / result.paid_seconds,
        skilled=result.skilled / served,
        estimate=accuracy(result.estimates),
        seconds_to_run=seconds,
    )


def _waits(result: Result, priority: str) -> Waits:
    waits = np.frombuffer(result.waits[priority])
    target = (sla_policy().chat_first_response[priority].minutes or 0) * 60
    return Waits(
        count=len(waits),
        mean=float(waits.mean()),
        p95=float(np.quantile(waits, 0.95)),
        longest=float(waits.max()),
        in_time=float((waits <= target).mean()),
    )


def _tables(found: Mapping[str, Figures], days: int) -> list[Table]:
    waits = Table("routing", title=f"wait in seconds over {days} days: mean · p95 · longest")
    in_time = Table("routing", title="first response in time (1/2/5/10 minutes)")
    for priority in PRIORITIES:
        waits.add_column(priority, justify="right")
        in_time.add_column(priority, justify="right")
    in_time.add_column("all", justify="right")
    rest = Table("routing", title="agents, estimates, and the simulation itself")
    for name in ("utilisation", "skilled", "estimate off by (s)", "within ±50 %", "seconds to run"):
        rest.add_column(name, justify="right")
    for name, figures in found.items():
        each = [figures.waits[priority] for priority in PRIORITIES]
        waits.add_row(name, *(f"{w.mean:.0f} · {w.p95:.0f} · {w.longest:.0f}" for w in each))
        in_time.add_row(name, *(f"{w.in_time:.3f}" for w in each), f"{figures.in_time:.3f}")
        estimate = figures.estimate
        rest.add_row(
            name,
            f"{figures.utilisation:.3f}",
            f"{figures.skilled:.3f}",
            "–" if estimate.mean_absolute_error is None else f"{estimate.mean_absolute_error:.0f}",
            "–" if estimate.within_half is None else f"{estimate.within_half:.3f}",
            f"{figures.seconds_to_run:.0f}",
        )
    return [waits, in_time, rest]


if __name__ == "__main__":
    main()
