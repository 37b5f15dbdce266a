"""Is a spoilt release kept from customers? By the gate, and when that is overridden by the canary.

`python -m bench.sabotage [--url http://127.0.0.1:8000] [--conversations 600] [--rate 1]
[--share 0.5] [--seed 2026]` works on a running desk over its public API. The accounts are `admin`,
`supervisor` and `agent` with the password in `FENZHEN_DEMO_PASSWORD`. It shuffles the labels of
what the desk learns from (`bench.spoiling`), trains a release, reads its proof, tries to promote it
without a reason, and then forces it onto a `--share` of new conversations. Customers
(`bench.trial_customers`) come, `--rate` a second, until the canary is stopped by itself or
`--conversations` are through; the desk looks at its canary every 15 seconds, so that the more come,
the more of them meet it. At last the material is put back.

The exit code is 1 when the gate let the release pass, or when the canary did not stop it.

The desk is spoilt afterwards: the bad release stays in its list, and conversations, waiting
customers and the history of what was learned are full of this. Use a home that can be thrown away.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

import httpx
from rich.console import Console
from rich.table import Table

from api.learning.proof.shapes import Proof
from api.learning.rollout.schemas import CanaryEnd, CanaryFigures, CanaryOut, ReleaseList
from bench import spoiling
from bench.signed_in import API, signed_in
from bench.spoiling import Material
from bench.trial_customers import Asked, Trial, crowd, entries_of, questions
from cli.learning.bar import bar
from cli.learning.report import print_proof
from cli.output import console
from cli.texts import STEP_TRAIN, Text

_WHY = "实验：用打乱标签的版本检验灰度能否自动停止"
_STAFF = ("admin", "supervisor", "agent")
_LOOK_SECONDS = 1.0
_LAST_LOOK_SECONDS = 30.0
_SPOIL, _RESTORE = Text("打乱标签", "shuffling labels"), Text("恢复语料", "restoring the material")
_TRIAL = Text("灰度", "canary")


class Desk:
    """The running desk as its staff see it."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def told_since(self, begun: datetime) -> dict[str, list[str]]:
        """What each account was told about releases since then."""
        found = {}
        for username in _STAFF:
            async with signed_in(self.url, username) as http:
                items = (await http.get(f"{API}/notifications")).json()["items"]
            found[username] = [
                item["text"]
                for item in items
                if item["subject"]["kind"] == "release"
                and datetime.fromisoformat(item["created_at"]) >= begun
            ]
        return found


async def _train(http: httpx.AsyncClient) -> int:
    """The number of a release that was trained from what is there now."""
    answer = await http.post(f"{API}/learning/runs")
    answer.raise_for_status()
    path = f"{API}/learning/runs/{answer.json()['id']}"
    with bar(console(stderr=True), STEP_TRAIN) as follow:
        while True:
            run = (await http.get(path)).raise_for_status().json()
            follow(run["progress"], run["step"]["name"] if run["step"] else "")
            if run["ended_at"] is not None:
                break
            await asyncio.sleep(_LOOK_SECONDS)
    if run["release"] is None:
        raise SystemExit(f"the training ended as {run['state']}: {run['problem']}")
    return int(run["release"])


async def _proof(http: httpx.AsyncClient, number: int) -> Proof:
    while True:
        answer = await http.get(f"{API}/learning/releases/{number}/proof", timeout=60)
        answer.raise_for_status()
        if answer.status_code == httpx.codes.OK and "gate" in answer.json():
            return Proof.model_validate(answer.json())
        if answer.json()["state"] == "failed":
            raise SystemExit("the proof could not be made")
        await asyncio.sleep(_LOOK_SECONDS)


async def _refused(http: httpx.AsyncClient, number: int) -> list[str]:
    """What the desk answers to a promotion and to a canary when no reason is given."""
    said = []
    for path, body in (("promote", {}), ("canary", {"share": 0.5})):
        answer = await http.post(f"{API}/learning/releases/{number}/{path}", json=body)
        code = answer.json()["error"]["code"] if answer.is_error else "done"
        said.append(f"{path}: {answer.status_code} {code}")
    return said


async def _force(http: httpx.AsyncClient, number: int, share: float) -> CanaryFigures:
    body = {"share": share, "override_reason": _WHY}
    path = f"{API}/learning/releases/{number}/canary"
    (await http.post(path, json=body)).raise_for_status()
    found = await _canary(http)
    assert found.running is not None
    return found.running


async def _canary(http: httpx.AsyncClient) -> CanaryOut:
    answer = await http.get(f"{API}/learning/canary")
    return CanaryOut.model_validate(answer.raise_for_status().json())


async def _trial(
    http: httpx.AsyncClient, url: str, asked: Sequence[Asked], most: int, rate: float
) -> Trial:
    """Customers come, `rate` a second, until the canary has ended or `most` have been."""
    trial, over = Trial(), asyncio.Event()

    async def look() -> None:
        with bar(console(stderr=True), _TRIAL) as follow:
            while (await _canary(http)).running is not None:
                follow(trial.begun / most, "")
                await asyncio.sleep(_LOOK_SECONDS)
        over.set()

    looking = asyncio.create_task(look())
    await crowd(url, asked, most, rate, trial, over)
    with suppress(TimeoutError):  # the desk looks at its canary every 15 seconds
        await asyncio.wait_for(looking, _LAST_LOOK_SECONDS)
    return trial


async def _measure(desk: Desk, given: argparse.Namespace, out: Console) -> list[str]:
    """Everything; what went wrong."""
    async with signed_in(desk.url) as http:
        if (await _canary(http)).running is not None:
            raise SystemExit("there is a canary already")
        live = await _live(http)
        before = await spoiling.read(http)
        after = spoiling.shuffled(before, given.seed)
        out.print("texts under another label:", spoiling.moved(before, after))
        try:
            await _write(http, before, after, _SPOIL)
            number = await _train(http)
            problems = await _gate(http, number, out)
            if not problems:
                problems = await _on_trial(desk, http, number, given, out)
        finally:
            await _take_back(http, live)
            await _write(http, after, before, _RESTORE)
    return problems


async def _take_back(http: httpx.AsyncClient, live: int) -> None:
    """Have the release answer that was live before, and it alone."""
    if (await _canary(http)).running is not None:
        await http.post(f"{API}/learning/canary/stop", json={"reason": _WHY})
    if await _live(http) != live:
        await http.post(f"{API}/learning/rollback", json={"reason": _WHY})


async def _live(http: httpx.AsyncClient) -> int:
    answer = await http.get(f"{API}/learning/releases")
    found = ReleaseList.model_validate(answer.raise_for_status().json())
    return next(each.number for each in found.items if each.state == "live")


async def _write(http: httpx.AsyncClient, before: Material, after: Material, title: Text) -> None:
    with bar(console(stderr=True), title) as follow:
        await spoiling.write(http, before, after, follow)


async def _gate(http: httpx.AsyncClient, number: int, out: Console) -> list[str]:
    proof = await _proof(http, number)
    print_proof(out, proof)
    said = await _refused(http, number)
    out.print("without a reason:", ", ".join(said))
    wrong = [each for each in said if not each.endswith("gate_blocked")]
    return (["the gate let it pass"] if proof.gate.passed else []) + wrong


async def _on_trial(
    desk: Desk, http: httpx.AsyncClient, number: int, given: argparse.Namespace, out: Console
) -> list[str]:
    asked = questions(await entries_of(http), given.seed)
    begun = await _force(http, number, given.share)
    started = time.monotonic()
    trial = await _trial(http, desk.url, asked, given.conversations, given.rate)
    out.print(f"\n{len(asked)} questions; {time.monotonic() - started:.0f} s; customers: {trial}")
    found = await _canary(http)
    if found.running is not None:
        _print_figures(out, found.running)
        return ["the canary was not stopped"]
    assert found.last is not None
    _print_end(out, found.last)
    for username, texts in (await desk.told_since(begun.since)).items():
        out.print(f"{username} was told: {texts}", markup=False)
    by_itself = found.last.move.by is None and found.last.move.release == number
    return [] if by_itself else [f"the canary ended otherwise: {found.last.move.reason}"]


def _print_end(out: Console, end: CanaryEnd) -> None:
    assert end.figures is not None
    after = (end.move.created_at - end.figures.since).total_seconds()
    counted = sum(track.begun for track in end.figures.tracks.values())
    out.print(f"stopped by itself: {end.move.reason}, after {counted} conversations, {after:.0f} s")
    _print_figures(out, end.figures)


def _print_figures(out: Console, found: CanaryFigures) -> None:
    """Both tracks, and the four measures the canary is stopped by."""
    numbers = {"live": found.live, "canary": found.release}
    table = Table("", *(f"{name} (release {number})" for name, number in numbers.items()))
    rows = {name: each.model_dump() for name, each in found.tracks.items()}
    for key in ("begun", "turns", "by_canary", "answered", "rejected", "handed_off", "failed"):
        table.add_row(key, *(str(rows[name][key]) for name in numbers))
    table.add_row("containment", *(_share(rows[name]["containment"]) for name in numbers))
    out.print(table)
    table = Table("measure", "live", "canary", "p", "verdict")
    for each in found.measures:
        rates = (f"{it.hits}/{it.n} {_share(it.share)}" for it in (each.live, each.canary))
        table.add_row(each.measure, *rates, f"{each.p:.2g}", each.verdict)
    out.print(table)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.sabotage")
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--conversations", type=int, default=600)
    parser.add_argument("--rate", type=float, default=1.0)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=2026)
    given = parser.parse_args()
    problems = asyncio.run(_measure(Desk(given.url.rstrip("/")), given, console()))
    if problems:
        print("\n".join(problems), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
