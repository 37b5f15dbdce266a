"""Many customers on WeChat at once, with everything that goes wrong there.

`python -m bench.wechat_load [--messages 5000] [--customers 500] [--rate 8] [--json]` starts a
database, a Valkey, one api process and one worker of the current tree in a temporary home, an echo
in the place of the bot, and the simulator in the place of WeChat, with an official account (safe
mode, 60 % of the customers) and a 微信客服 account. Messages come at random moments, `--rate` a
second: by default each of 500 customers writes about once a minute.

Of the callbacks 10 % come twice at the same moment and 5 % are given up and repeated; of the
desk's sends 5 % are accepted and then cut without an answer. All access tokens end twice, and Redis
is emptied in the middle. Afterwards each message and each answer is looked for in the desk's
database and on the customers' phones.

- callback: from sending it to its whole answer. Attempts that were given up are not counted.

The load is made on the same machine and takes its share of the cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli.settings import DEFAULT_NICE
from tests.support.wechat.load import Outcome, Plan, play
from tests.support.wechat.small_desk import small_desk

_WITHIN_MS = 200
"""What p99 of the callbacks is to be."""


def main() -> None:
    """Measure and print; exit code 1 when something was lost or doubled."""
    plan = Plan()
    parser = argparse.ArgumentParser(prog="python -m bench.wechat_load")
    parser.add_argument("--messages", type=int, default=plan.messages)
    parser.add_argument("--customers", type=int, default=plan.customers)
    parser.add_argument("--rate", type=float, default=plan.rate)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped then, too
    plan = Plan(messages=given.messages, customers=given.customers, rate=given.rate)
    outcome = asyncio.run(_measure(plan))
    rows = _rows(outcome)
    if given.json:
        print(json.dumps({"plan": asdict(plan), **rows}, ensure_ascii=False, indent=2))
    else:
        table = Table("figure", "value", title=f"{plan.messages} messages, {plan.rate}/s")
        for name, value in rows.items():
            table.add_row(name, str(value))
        Console().print(table)
    if outcome.percentile(0.99) > _WITHIN_MS:
        print(f"callbacks: p99 above {_WITHIN_MS} ms", file=sys.stderr)
    if problems(outcome):
        print("\n".join(problems(outcome)), file=sys.stderr)
        sys.exit(1)


async def _measure(plan: Plan) -> Outcome:
    with tempfile.TemporaryDirectory() as home, Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("messages", total=plan.messages)
        async with small_desk(Path(home), nice=DEFAULT_NICE) as desk:
            return await play(desk, plan, lambda: progress.advance(task))


def _rows(outcome: Outcome) -> dict[str, int | float]:
    return {
        "messages": outcome.written,
        "handled once": outcome.handled_once,
        "lost": len(outcome.lost),
        "doubled": len(outcome.doubled),
        "answers": outcome.answers,
        "delivered once": outcome.sent_once,
        "delivered twice": len(outcome.sent_twice),
        "said to be sent and not there": len(outcome.sent_never),
        "marked unconfirmed": outcome.unconfirmed,
        "… of them arrived": outcome.unconfirmed_arrived,
        "other ends": sum(outcome.failed.values()),
        "messages without an answer": len(outcome.unanswered),
        "apologies shown": outcome.apologies,
        "callbacks": len(outcome.callback_seconds),
        "callbacks given up": outcome.given_up,
        "callback p50 ms": round(outcome.percentile(0.5), 1),
        "callback p99 ms": round(outcome.percentile(0.99), 1),
        "callback longest ms": round(outcome.percentile(1), 1),
        "tokens fetched": outcome.tokens,
        "seconds": round(outcome.seconds, 1),
        "seconds until still": round(outcome.settle_seconds, 1),
    }


def problems(outcome: Outcome) -> list[str]:
    """What must not be, one line each."""
    found = {
        "lost": outcome.lost,
        "doubled": outcome.doubled,
        "delivered twice": outcome.sent_twice,
        "said to be sent and not there": outcome.sent_never,
        "without an answer": outcome.unanswered,
        "other ends": [f"{name}: {count}" for name, count in outcome.failed.items()],
    }
    return [f"{name}: {', '.join(each[:5])}" for name, each in found.items() if each]


if __name__ == "__main__":
    main()
