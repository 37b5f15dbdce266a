"""Callbacks that make no sense, a hundred thousand of them, against a real desk.

`python -m bench.callbacks [--count 100000] [--seed 1] [--at-once 4]` starts a desk of one api
process and one worker, enters an official account in each mode and one of 微信客服, and sends
callbacks that are genuine ones spoilt in every layer: bytes of the body, bytes and fields inside a
good signature, the query, and noise. It prints what was answered and how long that took, and ends
with exit code 1 when any answer was a server error, or missing for a body of allowed size.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from api.limits import LARGEST_CALLBACK
from simulator.wechat.world import Mode
from tests.support.wechat.mutations import Spoilt, spoilt
from tests.support.wechat.small_desk import small_desk

CUT_OFF = 0
"""The connection ended without an answer: a body is refused before all of it was read."""
STATUSES = (200, 400, 403, 404, 413, 422, CUT_OFF, 500)


@dataclass
class Outcome:
    """What was answered; seconds by the status of the answer."""

    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: list[Spoilt] = field(default_factory=list)
    cut_off: Counter[str] = field(default_factory=Counter)
    """Connections that ended without an answer, by what the client said."""

    def add(self, sent: Spoilt, status: int, seconds: float) -> None:
        """One more answer."""
        self.statuses[sent.how][status] += 1
        self.seconds[status].append(seconds)
        if status >= 500 or (status == CUT_OFF and len(sent.request.body) <= LARGEST_CALLBACK):
            self.failed.append(sent)


def main() -> None:
    """Send, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=4)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        outcome = asyncio.run(_run(Path(home), wanted.count, wanted.seed, wanted.at_once))
    console = Console()
    console.print(_answers(outcome))
    console.print(_times(outcome))
    console.print("cut off", dict(outcome.cut_off))
    for each in outcome.failed[:5]:
        console.print(each.how, each.account.key, each.request.query, each.request.body[:200])
    sys.exit(1 if outcome.failed else 0)


async def _run(home: Path, count: int, seed: int, at_once: int) -> Outcome:
    outcome = Outcome()
    async with small_desk(home) as desk, httpx.AsyncClient(timeout=30, trust_env=False) as http:
        accounts = [desk.simulator.official(mode.value, mode=mode) for mode in Mode]
        accounts.append(desk.simulator.kf("service"))
        await desk.enter(*accounts)
        to_send = islice(spoilt(accounts, seed), count)
        await asyncio.gather(*(_send(http, to_send, outcome) for _ in range(at_once)))
    return outcome


async def _send(http: httpx.AsyncClient, to_send: Iterator[Spoilt], outcome: Outcome) -> None:
    for each in to_send:
        began = time.perf_counter()
        try:
            answer = await http.request(
                each.method,
                each.account.callback,
                params=each.request.query,
                content=each.request.body,
            )
            status = answer.status_code
        except httpx.TransportError as error:
            status = CUT_OFF
            outcome.cut_off[type(error).__name__] += 1
        outcome.add(each, status, time.perf_counter() - began)


def _answers(outcome: Outcome) -> Table:
    table = Table("how it was spoilt", title="answers")
    for status in STATUSES:
        table.add_column(str(status), justify="right")
    for how, found in sorted(outcome.statuses.items()):
        server_errors = sum(count for status, count in found.items() if status >= 500)
        counts = [found[status] for status in STATUSES[:-1]] + [server_errors]
        table.add_row(how, *(f"{each:,}" for each in counts))
    return table


def _times(outcome: Outcome) -> Table:
    table = Table("answer", "count", "p50 ms", "p99 ms", "longest ms", title="times")
    for status, seconds in sorted(outcome.seconds.items()):
        middle, late, longest = np.percentile(np.array(seconds) * 1000, [50, 99, 100])
        table.add_row(
            str(status), f"{len(seconds):,}", f"{middle:.1f}", f"{late:.1f}", f"{longest:.1f}"
        )
    return table


if __name__ == "__main__":
    main()
