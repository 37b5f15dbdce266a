"""How fast the pages of a full desk are: lists, filters and the search, at the API.

`python -m bench.load --url http://127.0.0.1:8000 [--home HOME] [--requests 200] [--only ROW]
[--json]` asks a running desk, as the accounts `agent` and `supervisor` with the password in
`FENZHEN_DEMO_PASSWORD`. Fill the desk before with `fenzhen data fill`. Requests come one after
another from this machine and go round all questions of a row; the first ones, not counted, are its
questions once each. A time is that of the whole answer. With the `--home` of a desk on this machine
the processor time of its api and its PostgreSQL is told, which other work does not add to: where a
request takes much longer than that, the machine was busy. The exit code is 1 when a row is slower
than wanted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil
from rich.console import Console
from rich.table import Table

_API = "/api/v1"
_WITHIN_MS = 120
"""What p95 of every row is to be."""

LISTS = {
    f"conversations {view}": [f"/conversations?view={view}"]
    for view in ("queue", "mine", "unassigned", "open", "breaching", "closed")
} | {
    "conversations filtered": [
        "/conversations?view=closed&category=refund",
        "/conversations?view=closed&priority=P2&channel=web",
        "/conversations?view=open&q=退款",
        "/conversations?view=closed&q=退款",
        "/conversations?view=closed&q=没有人说过的话",
    ],
    **{
        f"tickets {view}": [f"/tickets?view={view}"]
        for view in ("all", "mine", "unassigned", "breaching", "watching")
    },
    "tickets filtered": [
        "/tickets?state=open",
        "/tickets?state=reopened&priority=P2",
        "/tickets?category=invoice&nature=complaint",
        "/tickets?tag=等配件",
        "/tickets?view=unassigned&priority=P1",
    ],
    "tickets q": [
        *("/tickets?q=退款", "/tickets?q=发票抬头", "/tickets?q=20260", "/tickets?q=zs"),
        *("/tickets?q=充电宝鼓包", "/tickets?q=没有人说过的话", "/tickets?q=退&state=open"),
    ],
}
SEARCHES = {
    "search frequent": ["退款", "订单", "物流", "快递", "怎么", "谢谢"],
    "search rare": ["发霉", "保温杯", "甲醛", "充电宝鼓包", "电饭煲内胆", "海关"],
    "search absent": ["魑魅魍魉", "不存在的词语组合", "zzzqqq"],
    "search two words": ["退款 银行卡", "发票 抬头", "快递 态度", "空调 安装"],
    "search initials": ["tk", "wl", "fp", "tkjd", "kdy", "zs"],
    "search one character": ["退", "裂", "霉"],
}


@dataclass(frozen=True, slots=True)
class Row:
    """Times of one kind of question in milliseconds."""

    name: str
    who: str
    requests: int
    p50: float
    p95: float
    longest: float
    cpu: float | None
    """Processor time of a request on average; None where the desk's processes are not known."""


class Processes:
    """The api and the database of a desk on this machine."""

    def __init__(self, home: Path | None) -> None:
        self._pids: dict[str, int] = {}
        if home is not None:
            self._pids = json.loads((home / "run" / "state.json").read_text("utf-8"))["pids"]

    def cpu_ms(self) -> float | None:
        """Processor time they have used since they started."""
        if not self._pids:
            return None
        server = psutil.Process(self._pids["postgres"])
        processes = [psutil.Process(self._pids["api"]), server, *server.children()]
        seconds = 0.0
        for process in processes:
            try:
                times = process.cpu_times()
            except psutil.NoSuchProcess:
                continue
            seconds += times.user + times.system
        return seconds * 1000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--only", default="", help="rows whose name begins so")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    processes = Processes(asked.home)
    rows = [
        row
        for who in ("agent", "supervisor")
        for row in measure(asked.url, who, asked.requests, asked.only, processes)
    ]
    if asked.json:
        print(json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=2))
    else:
        _print(rows)
    slow = [f"{row.name} ({row.who})" for row in rows if row.p95 > _WITHIN_MS]
    if slow:
        sys.exit(f"slower than {_WITHIN_MS} ms: {', '.join(slow)}")


def _print(rows: list[Row]) -> None:
    columns = ("p50 ms", "p95 ms", "longest ms", "cpu ms")
    table = Table("question", "as", "requests", *columns)
    for row in rows:
        times = (row.p50, row.p95, row.longest, row.cpu)
        shown = ["–" if each is None else f"{each:.1f}" for each in times]
        table.add_row(row.name, row.who, str(row.requests), *shown)
    Console().print(table)


def measure(url: str, who: str, requests: int, only: str, processes: Processes) -> list[Row]:
    """Ask everything as `who`."""
    with httpx.Client(base_url=url + _API, timeout=60, trust_env=False) as http:
        body = {"username": who, "password": os.environ["FENZHEN_DEMO_PASSWORD"]}
        http.post("/auth/login", json=body).raise_for_status()
        questions = {
            **LISTS,
            **{name: [f"/search?q={each}" for each in words] for name, words in SEARCHES.items()},
            "search number": [f"/search?q={each}" for each in _numbers(http)],
        }
        return [
            _row(http, name, who, paths, requests, processes)
            for name, paths in questions.items()
            if name.startswith(only)
        ]


def _numbers(http: httpx.Client) -> list[str]:
    """Numbers of tickets and orders, whole and in part."""
    tickets = http.get("/tickets?limit=20").raise_for_status().json()["items"]
    details = [http.get(f"/tickets/{ticket['number']}").json() for ticket in tickets]
    orders = [ticket["order_number"] for ticket in details if ticket["order_number"]]
    return [*(ticket["number"] for ticket in tickets), *orders, *(each[-6:] for each in orders)]


def _row(
    http: httpx.Client, name: str, who: str, paths: list[str], requests: int, processes: Processes
) -> Row:
    for path in paths:
        http.get(path).raise_for_status()
    times = []
    before = processes.cpu_ms()
    for number in range(requests):
        started = time.perf_counter()
        http.get(paths[number % len(paths)]).raise_for_status()
        times.append((time.perf_counter() - started) * 1000)
    after = processes.cpu_ms()
    cpu = None if before is None or after is None else (after - before) / requests
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return Row(name, who, requests, cuts[49], cuts[94], max(times), cpu)


if __name__ == "__main__":
    main()
