"""`fenzhen train`, `evaluate` and `compare`, as far as they need a desk."""

from __future__ import annotations

import asyncio
import io

import pytest
from rich.console import Console
from sqlalchemy import text

from api.errors import NotFound
from api.jobs import LEARNING_QUEUE, build_app
from api.learning.proof import service
from api.learning.proof.shapes import ComparedLabel, Findings, Range, ReplayNotes
from api.learning.tasks import learning_tasks
from api.worker import run_jobs
from cli.errors import Refused
from cli.learning import desk
from cli.learning.report import print_evaluated, print_proof
from tests.support.releases import add_release
from tests.support.rig import Rig
from tests.support.trainings import StubBot
from tests.support.waiting import eventually

LOST = ComparedLabel(
    label="P1",
    n=50,
    before=0.98,
    after=0.9,
    gained=0,
    lost=4,
    difference=Range(low=-0.2, high=0.0),
    p=0.125,
    verdict="unsure",
)


@pytest.fixture
def bot(bot: StubBot) -> StubBot:
    """A bot that cannot be trained."""
    bot.break_down()
    return bot


def printed() -> Console:
    return Console(file=io.StringIO(), width=200)


def read(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def ignore(_done: float, _what: str) -> None:
    """Nobody looks."""


async def prove(rig: Rig, release: int, against: int, *labels: ComparedLabel) -> None:
    findings = Findings(
        lines=7,
        left_out=3,
        parts=[],
        protected=list(labels),
        regressions=[],
        gains=[],
        replay=ReplayNotes(messages=3, changed=[]),
    )
    async with rig.database.transaction() as tx:
        await service.enter(tx, release, against, findings)


async def test_a_training_that_fails_is_refused_with_the_end_of_its_log(rig: Rig) -> None:
    settings = rig.desk.settings
    app = build_app(settings.libpq_url, learning_tasks(rig.database, settings))
    seen: list[float] = []
    async with app.open_async():
        working = asyncio.create_task(run_jobs(app, LEARNING_QUEUE, 1))
        with pytest.raises(Refused, match="no such component"):
            await desk.train(settings, lambda done, _: seen.append(done), promote=True, force=None)
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    assert seen == sorted(seen)
    assert max(seen) > 0


async def test_an_interrupted_command_cancels_its_training(rig: Rig) -> None:
    asked = asyncio.create_task(desk.train(rig.desk.settings, ignore, promote=True, force=None))

    async def ordered() -> bool:
        return bool(await rig.scalar("SELECT count(*) FROM training_run") == 1)

    await eventually(ordered, "the training is ordered")
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    assert await rig.scalar("SELECT state FROM training_run") == "cancelled"


async def test_a_reason_that_says_nothing_is_refused(rig: Rig) -> None:
    with pytest.raises(Refused, match="10"):
        await desk.train(rig.desk.settings, ignore, promote=True, force="ok")
    assert await rig.scalar("SELECT count(*) FROM training_run") == 0


async def test_a_comparison_says_what_blocks(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, second, first, LOST)
    found = await desk.compare(rig.desk.settings, second, None, ignore)
    console = printed()
    print_proof(console, found)
    said = read(console)
    assert "未通过" in said
    assert "protected_worse P1: 98.00% → 90.00% (n=50, p=0.1250, limit 2)" in said
    assert "3 条留出数据与训练数据字面相同，没有算进来" in said
    with pytest.raises(NotFound):
        await desk.compare(rig.desk.settings, second, 99, ignore)


async def test_a_comparison_of_nothing_says_so(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    empty = {"n": 0, "before": 0, "after": 0, "gained": 0, "lost": 0, "p": 1.0}
    await prove(rig, second, first, LOST.model_copy(update=empty))
    console = printed()
    print_proof(console, await desk.compare(rig.desk.settings, second, None, ignore))
    said = read(console)
    assert "未通过" in said
    assert "nothing_compared: 没有一条留出数据可以比较" in said
    assert "P1：没有可以比较的留出数据" in said


async def test_an_evaluation_is_shown_by_set_and_part(rig: Rig) -> None:
    live = await add_release(rig, "live")
    figures = '{"triage_c": {"category": %s}, "left_out": 2, "cross_validation": {"nature": %s}}'
    one = '{"rows": 420, "accuracy": 0.9, "low": 0.868, "high": 0.925, "macro_f1": 0.88}'
    two = '{"rows": 9000, "accuracy": 0.84}'
    async with rig.database.transaction() as tx:
        await tx.execute(
            text("UPDATE release SET evaluation = CAST(:figures AS jsonb)"),
            {"figures": figures % (one, two)},
        )
    console = printed()
    print_evaluated(console, await desk.evaluate(rig.desk.settings, None, ignore))
    said = read(console)
    assert f"Release {live} (live)" in said
    assert "triage_c · category" in said
    assert "0.868–0.925" in said
    assert "cross_validation · nature" in said
    assert "2 条留出数据" in said
