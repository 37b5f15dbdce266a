"""Many customers at once, with everything that goes wrong; and what became of each message."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import psycopg
from psycopg.rows import tuple_row

from simulator.wechat.faults import ApiFault, PushFault, Setting
from simulator.wechat.people import Person
from simulator.wechat.world import Account
from tests.support.wechat.small_desk import SmallDesk

_SEED = 20261121
_UNDER_WAY = (
    "SELECT (SELECT count(*) FROM turn WHERE state <> 'done')"
    " + (SELECT count(*) FROM delivery WHERE state IN ('waiting', 'held'))"
    " + (SELECT count(*) FROM sending WHERE state = 'begun')"
)


@dataclass(frozen=True)
class Plan:
    """How much, how fast, and what goes wrong."""

    messages: int = 5000
    customers: int = 500
    kf_share: float = 0.4
    """Share of customers of the 微信客服 account."""
    rate: float = 8.0
    """Messages a second, at random moments."""
    duplicates: float = 0.1
    timeouts: float = 0.05
    """Share of callbacks that are given up and repeated, and of sends whose answer is lost."""
    token_expiries: int = 2
    redis_flushes: int = 1
    settle_seconds: float = 180


@dataclass
class Outcome:
    """What became of them."""

    written: int = 0
    handled_once: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    answers: int = 0
    sent_once: int = 0
    sent_never: list[str] = field(default_factory=list)
    """Said to be sent, and not on the phone."""
    sent_twice: list[str] = field(default_factory=list)
    unconfirmed: int = 0
    unconfirmed_arrived: int = 0
    """Of these, how many had arrived after all."""
    failed: Counter[str] = field(default_factory=Counter)
    """Deliveries in any other state, by state and problem."""
    unanswered: list[str] = field(default_factory=list)
    """Messages that no answer on a phone or marked unconfirmed repeats."""
    apologies: int = 0
    callback_seconds: list[float] = field(default_factory=list)
    given_up: int = 0
    tokens: int = 0
    seconds: float = 0.0
    settle_seconds: float = 0.0

    def percentile(self, share: float) -> float:
        """Milliseconds within which this share of callbacks was answered."""
        ordered = sorted(self.callback_seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


async def play(desk: SmallDesk, plan: Plan, progress: Callable[[], None] = lambda: None) -> Outcome:
    """Write all messages, wait until the desk is still, and look at each of them."""
    simulator, chance = desk.simulator, random.Random(_SEED)
    accounts = simulator.official("load-official"), simulator.kf("load-kf")
    await desk.enter(*accounts)
    people = _people(desk, accounts, plan)
    faults = simulator.world.faults
    faults.push[PushFault.duplicate] = Setting(share=plan.duplicates)
    faults.push[PushFault.impatient] = Setting(share=plan.timeouts)
    faults.api[ApiFault.cut_after_accepting] = Setting(share=plan.timeouts, where="send")
    outcome = Outcome()
    texts = await _write(desk, plan, people, accounts, chance, outcome, progress)
    began = time.monotonic()
    await _still(desk, plan.settle_seconds)
    outcome.settle_seconds = time.monotonic() - began
    faults.clear()
    outcome.tokens = sum(account.tokens.count for account in accounts)
    _compare(desk, people, texts, outcome)
    return outcome


def _people(desk: SmallDesk, accounts: tuple[Account, Account], plan: Plan) -> list[Person]:
    kf = round(plan.customers * plan.kf_share)
    return [
        desk.simulator.customer(accounts[place < kf], f"客户{place}")
        for place in range(plan.customers)
    ]


async def _write(
    desk: SmallDesk,
    plan: Plan,
    people: Sequence[Person],
    accounts: Sequence[Account],
    chance: random.Random,
    outcome: Outcome,
    progress: Callable[[], None],
) -> dict[str, str]:
    """Send everything at its moment; gives the customer's id by text."""
    trouble = _moments(plan)
    texts: dict[str, str] = {}
    writing: set[asyncio.Task[None]] = set()
    began = due = time.monotonic()
    for number in range(plan.messages):
        for kind in trouble.get(number, ()):
            if kind == "flush":
                await asyncio.to_thread(desk.flush_redis)
            else:
                for account in accounts:
                    account.tokens.expire(desk.simulator.world.now())
        person = people[number % len(people)]
        text = _text(number, chance)
        texts[text] = person.phone.id
        task = asyncio.create_task(_one(person, text, outcome, progress))
        writing.add(task)
        task.add_done_callback(writing.discard)
        due += chance.expovariate(plan.rate)
        await asyncio.sleep(max(0.0, due - time.monotonic()))
    while writing:
        await asyncio.wait(writing)
    outcome.seconds = time.monotonic() - began
    outcome.written = len(texts)
    return texts


def _text(number: int, chance: random.Random) -> str:
    """Half of them are whole sentences, which the desk answers without waiting for more."""
    return f"编号{number:05d}号的包裹" + chance.choice(["到哪里了？", "还没到"])


def _moments(plan: Plan) -> dict[int, list[str]]:
    """Which trouble comes before which message."""
    found: dict[int, list[str]] = {}
    for kind, count in (("expiry", plan.token_expiries), ("flush", plan.redis_flushes)):
        for turn in range(1, count + 1):
            found.setdefault(plan.messages * turn // (count + 1), []).append(kind)
    return found


async def _one(person: Person, text: str, outcome: Outcome, progress: Callable[[], None]) -> None:
    push = await person.write(text)
    for status, seconds in zip(push.statuses, push.seconds, strict=True):
        if status:
            outcome.callback_seconds.append(seconds)
        else:
            outcome.given_up += 1
    progress()


async def _still(desk: SmallDesk, seconds: float) -> None:
    """Until nothing is under way at the desk; TimeoutError when it never is."""
    deadline = time.monotonic() + seconds
    quiet = 0
    while quiet < 3:
        left = await asyncio.to_thread(_rows, desk, _UNDER_WAY)
        quiet = quiet + 1 if left[0][0] == 0 else 0
        if time.monotonic() > deadline:
            raise TimeoutError(f"{left[0][0]} still under way after {seconds} s")
        await asyncio.sleep(timedelta(seconds=0.5).total_seconds())


def _rows(desk: SmallDesk, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(desk.settings.libpq_url, row_factory=tuple_row) as connection:
        return connection.execute(query.encode()).fetchall()


def _compare(
    desk: SmallDesk, people: Sequence[Person], texts: dict[str, str], outcome: Outcome
) -> None:
    written = Counter(
        str(text) for (text,) in _rows(desk, "SELECT text FROM message WHERE author = 'customer'")
    )
    outcome.lost = [text for text in texts if not written[text]]
    outcome.doubled = [text for text, count in written.items() if count > 1]
    outcome.handled_once = sum(written[text] == 1 for text in texts)
    shown = Counter(bubble.text for person in people for bubble in person.phone.received)
    outcome.apologies = sum(
        bubble.side == "wechat" for person in people for bubble in person.phone.bubbles
    )
    deliveries = _rows(
        desk,
        "SELECT message.text, delivery.state, delivery.problem FROM delivery"
        " JOIN message ON message.id = delivery.message_id",
    )
    accounted = []
    for said, state, problem in deliveries:
        outcome.answers += 1
        text = str(said)
        seen = sum(count for each, count in shown.items() if text in each)
        if seen > 1:
            outcome.sent_twice.append(text)
        if state == "sent":
            outcome.sent_once += seen == 1
            if not seen:
                outcome.sent_never.append(text)
        elif state == "unconfirmed":
            outcome.unconfirmed += 1
            outcome.unconfirmed_arrived += seen == 1
        else:
            outcome.failed[f"{state} {problem or ''}".strip()] += 1
            continue
        accounted.append(text)
    together = "\n".join(accounted)
    outcome.unanswered = [text for text in texts if text not in together]
