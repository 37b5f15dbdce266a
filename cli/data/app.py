"""`fenzhen data`: fill a desk with invented data, take it out again, index anew."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from cli.output import console, refusals

app = typer.Typer(help="示例数据与索引 / invented data, and the index", no_args_is_help=True)


@app.command()
def fill(
    messages: Annotated[int, typer.Option(min=100, help="消息条数 / messages")] = 1_000_000,
    tickets: Annotated[int, typer.Option(min=0, help="工单张数 / tickets")] = 100_000,
    open_conversations: Annotated[
        int, typer.Option("--open", min=0, help="未结束的会话数 / open conversations")
    ] = 2_000,
    staff: Annotated[int, typer.Option(min=0, help="客服人数 / agents")] = 200,
    seed: Annotated[int, typer.Option(help="同一种子内容相同 / the same seed, the same words")] = 1,
) -> None:
    """写入大量示例数据（标有「示例数据」，可清除） / fill the desk with marked invented data."""
    from cli import texts
    from cli.data.fill import fill as run
    from cli.data.filling import shown
    from cli.data.plan import Wanted
    from cli.progress import Steps
    from cli.stores import database_url

    wanted = Wanted(messages, tickets, min(open_conversations, messages // 8), staff, seed)
    with refusals(), database_url(os.environ) as url, shown(messages) as filling:
        run(url, wanted, filling.written, filling.indexed)
    Steps(console()).say(texts.FILLED.fill(messages=messages, tickets=tickets))


@app.command()
def clear() -> None:
    """清除示例数据，真实数据不受影响 / take the invented data out; what is real stays."""
    from cli import texts
    from cli.data.clear import clear as run
    from cli.progress import Steps
    from cli.stores import database_url

    steps = Steps(console())
    with refusals(), database_url(os.environ) as url, steps.step(texts.STEP_CLEAR):
        count = run(url)
    steps.say(texts.CLEARED.fill(count=count))


@app.command()
def index() -> None:
    """为尚未收录的内容补建搜索索引 / index for the search what is not indexed yet."""
    from cli import texts
    from cli.data.indexing import index_missing
    from cli.progress import Steps
    from cli.stores import database_url

    steps = Steps(console())
    with refusals(), database_url(os.environ) as url, steps.step(texts.STEP_INDEX) as detail:
        count = index_missing(url, detail)
    steps.say(texts.INDEXED.fill(count=count))
