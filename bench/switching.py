"""Does anybody notice when releases change? Promotion and rollback during steady traffic.

`python -m bench.switching --home HOME [--url http://127.0.0.1:8000] [--switches 20] [--rate 10]
[--rest 10] [--json]` works on a running desk on this machine with two releases that can be live.
The account is `admin` with the password in `FENZHEN_DEMO_PASSWORD`. While customers write `--rate`
messages a second, the other release is promoted (the gate is overridden) and rolled back in turn.
After each switch it waits until a new customer is answered by the release that was wanted, lets the
desk rest for `--rest` seconds and reads the memory of its processes.

The exit code is 1 when a turn failed, was lost, answered twice, put off with an apology or answered
by half of each release, when a switch took more than 15 s, or when a process was more than 15 %
bigger after the last switch than after the second.

The load is made on the same machine and takes its share of the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
from rich.console import Console
from rich.table import Table

from bench.signed_in import API, signed_in
from cli.replay.player import SUMMARY_CHUNK
from cli.replay.visitor import TurnFailed, Visitor

_WHY = "Measuring how promotions bear steady traffic"
_TURNS = 4
"""Messages of a customer; then another one comes."""
_TURN_SECONDS = 60.0
_SWITCH_SECONDS = 15.0
_LONGEST_SWITCH_SECONDS = 90.0
_GROWTH = 0.15
_TEXTS = (
    *("退款多久到账", "发票怎么开", "运费多少钱", "我的快递三天没动了怎么办", "怎么修改收货地址"),
    *("可以货到付款吗", "七天无理由退货怎么申请", "优惠券用不了", "你好", "保修期多长"),
    *("怎么查物流", "换货要几天", "会员有什么好处", "能开专票吗", "谢谢"),
)


@dataclass
class Traffic:
    """What customers did and what became of it."""

    conversation_ids: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Switch:
    """One promotion or rollback: the release wanted, how long until it answered, and the memory
    (PSS and RSS in MB) of each process after a rest."""

    action: str
    release: int
    seconds: float
    pss: dict[str, float]
    rss: dict[str, float]


class Desk:
    """The running desk as its admin, and its processes."""

    def __init__(self, url: str, home: Path, http: httpx.AsyncClient) -> None:
        self.url = url
        self.home = home
        self.http = http

    async def releases(self) -> tuple[int, int]:
        """The live release, and the newest of the others."""
        found = (await self.http.get(f"{API}/learning/releases")).json()["items"]
        live = next(item["number"] for item in found if item["state"] == "live")
        return live, next(item["number"] for item in found if item["number"] != live)

    async def move(self, number: int, *, back: bool) -> None:
        """Promote `number`, or roll back to it."""
        path = "rollback" if back else f"releases/{number}/promote"
        body = {"reason": _WHY} if back else {"override_reason": _WHY}
        answer = await self.http.post(f"{API}/learning/{path}", json=body)
        answer.raise_for_status()
        assert answer.json()["number"] == number, answer.text

    async def answering(self) -> int | None:
        """The release that answers a new customer."""
        visitor = Visitor(self.url, self.http, _TURN_SECONDS)
        await visitor.open()
        await visitor.say(_TEXTS[0])
        await visitor.close()
        path = f"{API}/conversations/{visitor.conversation_id}/messages"
        (message, *_) = (await self.http.get(path)).json()["messages"]
        return message["turn"]["release"]  # type: ignore[no-any-return]

    def memory(self) -> tuple[dict[str, float], dict[str, float]]:
        """PSS and RSS in MB of the programs that hold models, and of the api."""
        pids = json.loads((self.home / "run" / "state.json").read_text("utf-8"))["pids"]
        found = {
            name: psutil.Process(pids[name]).memory_full_info()
            for name in ("api", "worker", "rasa", "actions")
        }
        return (
            {name: round(each.pss / 2**20, 1) for name, each in found.items()},
            {name: round(each.rss / 2**20, 1) for name, each in found.items()},
        )

    async def summary(self, ids: Sequence[str]) -> Counter[str]:
        """What the desk counted over these conversations."""
        secrets = json.loads((self.home / "secrets.json").read_text("utf-8"))
        headers = {"Authorization": f"Bearer {secrets['service_token']}"}
        total: Counter[str] = Counter()
        async with httpx.AsyncClient(base_url=self.url, timeout=30, trust_env=False) as http:
            for start in range(0, len(ids), SUMMARY_CHUNK):
                answer = await http.post(
                    "/internal/v1/turns/summary",
                    json={"conversation_ids": ids[start : start + SUMMARY_CHUNK]},
                    headers=headers,
                )
                answer.raise_for_status()
                body = answer.json()
                for name in ("turns", "lost", "answered_twice", "apologies", "mixed"):
                    total[name] += body[name]
                for number, count in body["releases"].items():
                    total[f"by release {number}"] += count
                for outcome, count in body["outcomes"].items():
                    total[f"outcome {outcome}"] += count
        return total


async def _customers(desk: Desk, rate: float, traffic: Traffic, end: asyncio.Event) -> None:
    """Customers who write `rate` messages a second together, until the end."""
    drawn = random.Random(7)
    limits = httpx.Limits(max_connections=200)
    async with (
        httpx.AsyncClient(timeout=10, trust_env=False, limits=limits) as http,
        asyncio.TaskGroup() as group,
    ):
        while not end.is_set():
            texts = drawn.sample(_TEXTS, _TURNS)
            group.create_task(_customer(desk.url, http, texts, traffic))
            await asyncio.sleep(_TURNS / rate)


async def _customer(
    url: str, http: httpx.AsyncClient, texts: Sequence[str], traffic: Traffic
) -> None:
    visitor = Visitor(url, http, _TURN_SECONDS)
    try:
        await visitor.open()
        traffic.conversation_ids.append(visitor.conversation_id)
        for text in texts:
            turn = await visitor.say(text)
            traffic.seconds.append(turn.answer_seconds or 0.0)
            await asyncio.sleep(1)
    except TurnFailed as failure:
        traffic.errors[failure.reason] += 1
    finally:
        await visitor.close()


async def _switch(desk: Desk, number: int, *, back: bool, rest: float) -> Switch:
    begun = time.monotonic()
    await desk.move(number, back=back)
    while await desk.answering() != number:
        if time.monotonic() - begun > _LONGEST_SWITCH_SECONDS:
            raise TimeoutError(f"release {number} does not answer")
        await asyncio.sleep(0.5)
    seconds = time.monotonic() - begun
    await asyncio.sleep(rest)
    pss, rss = desk.memory()
    return Switch("rollback" if back else "promote", number, round(seconds, 1), pss, rss)


async def _run(given: argparse.Namespace) -> dict[str, Any]:
    url = given.url.rstrip("/")
    async with signed_in(url) as http:
        desk = Desk(url, given.home, http)
        return await _measure(desk, given.switches, given.rate, given.rest)


async def _measure(desk: Desk, switches: int, rate: float, rest: float) -> dict[str, Any]:
    first, other = await desk.releases()
    traffic, end = Traffic(), asyncio.Event()
    writing = asyncio.create_task(_customers(desk, rate, traffic, end))
    await asyncio.sleep(rest)
    begun, made = time.monotonic(), []
    try:
        for place in range(switches):
            back = place % 2 == 1
            made.append(await _switch(desk, first if back else other, back=back, rest=rest))
            print(f"{place + 1}/{switches}: {made[-1]}", file=sys.stderr)
        lasted = time.monotonic() - begun
    finally:
        end.set()
        await writing
    counted = await desk.summary(traffic.conversation_ids)
    times = sorted(traffic.seconds)
    return {
        "switches": [vars(each) for each in made],
        "turns": dict(counted),
        "errors": dict(traffic.errors),
        "answer_seconds": {
            "p50": round(times[len(times) // 2], 3),
            "p99": round(times[len(times) * 99 // 100], 3),
            "longest": round(times[-1], 3),
        },
        "seconds": round(lasted, 1),
        "growth": _growth(made),
    }


def _growth(made: Sequence[Switch]) -> dict[str, float]:
    """How much bigger each process is after the last switch than after the second, by PSS."""
    second, last = made[min(1, len(made) - 1)], made[-1]
    return {name: round(last.pss[name] / second.pss[name] - 1, 3) for name in second.pss}


def _problems(found: dict[str, Any]) -> list[str]:
    turns = found["turns"]
    wrong = {name: turns.get(name, 0) for name in ("lost", "answered_twice", "apologies", "mixed")}
    said = [f"{name}: {count}" for name, count in {**wrong, **found["errors"]}.items() if count]
    slow = [each["seconds"] for each in found["switches"] if each["seconds"] > _SWITCH_SECONDS]
    if slow:
        said.append(f"switches that took too long: {slow}")
    grown = {name: share for name, share in found["growth"].items() if share > _GROWTH}
    if grown:
        said.append(f"processes that have grown: {grown}")
    return said


def _print(found: dict[str, Any]) -> None:
    table = Table("switch", "release", "seconds", "api", "worker", "rasa", "actions")
    for place, each in enumerate(found["switches"], start=1):
        sizes = [f"{each['pss'][name]:.0f}" for name in ("api", "worker", "rasa", "actions")]
        table.add_row(
            f"{place} {each['action']}", str(each["release"]), f"{each['seconds']:.1f}", *sizes
        )
    console = Console()
    console.print(table)
    for name in ("turns", "errors", "answer_seconds", "growth"):
        console.print(name, found[name])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.switching")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--switches", type=int, default=20)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--rest", type=float, default=10.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = asyncio.run(_run(given))
    if given.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _print(found)
    if problems := _problems(found):
        print("\n".join(problems), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
