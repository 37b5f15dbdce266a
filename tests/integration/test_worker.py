"""The worker's queue on real PostgreSQL: jobs, retries, giving up, catching up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from procrastinate import App

from api.assistant import Assistant
from api.caretaker import Caretaker
from api.conversations.tasks import turn_tasks
from api.jobs import DESK_QUEUE, build_app
from api.learning.labelling import Labeller, Labels, ReleaseLabeller
from api.worker import run_jobs
from tests.support.labelling import BrokenLabeller, LabelledByText, SwitchedBot
from tests.support.rig import Rig
from tests.support.waiting import eventually


@asynccontextmanager
async def worker(
    rig: Rig, assistant: Assistant, labeller: Labeller | None = None
) -> AsyncIterator[App]:
    """The queue's app with the tasks of a worker."""
    runner = rig.runner(assistant, labeller or LabelledByText())
    app = build_app(rig.desk.settings.libpq_url, turn_tasks(runner))
    async with app.open_async():
        yield app


DUE = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""


async def work_off(rig: Rig, app: App) -> None:
    """Run all jobs that are due; the worker leaves early when one waits for another's lock."""

    async def nothing_due() -> bool:
        await app.run_worker_async(wait=False, install_signal_handlers=False, concurrency=4)
        return bool(await rig.scalar(DUE) == 0)

    await eventually(nothing_due, "no job is due", 20)


async def test_the_worker_answers_what_was_accepted_in_order(rig: Rig) -> None:
    visitors = [await rig.visitor() for _ in range(3)]
    for number in range(4):
        for visitor in visitors:
            await visitor.say(f"第 {number} 问")
    async with worker(rig, SwitchedBot()) as app:
        await work_off(rig, app)
    for visitor in visitors:
        assert await visitor.texts("bot") == [f"第 {number} 问" for number in range(4)]
        assert (await visitor.read())["pending"] == []


async def test_a_message_that_cannot_be_handled_goes_to_a_person_after_three_tries(
    rig: Rig,
) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot()
    await visitor.say("奇怪的消息")
    async with worker(rig, bot, BrokenLabeller()) as app:

        async def handed_over() -> bool:
            await work_off(rig, app)
            return bool((await visitor.read())["conversation"]["state"] == "queued")

        await eventually(handed_over, "a person gets it", 15)
    assert bot.asked == []
    assert await rig.scalar("SELECT reason FROM handoff") == "failed"
    assert (await visitor.read())["pending"] == []


async def test_a_broken_turn_of_one_visitor_does_not_stop_another(rig: Rig) -> None:
    class BreaksOn(LabelledByText):
        async def label(
            self, text: str, track: str = "live", model: str | None = None
        ) -> Labels | None:
            if text == "坏":
                raise ZeroDivisionError
            return await super().label(text)

    one, other = await rig.visitor(), await rig.visitor()
    await one.say("坏")
    await other.say("好")
    async with worker(rig, SwitchedBot(), BreaksOn()) as app:
        await work_off(rig, app)
        assert await other.texts("bot") == ["好"]


def caretaker_of(rig: Rig, app: App, assistant: Assistant) -> Caretaker:
    return Caretaker(rig.desk.settings, rig.database, app, assistant, ReleaseLabeller())


async def test_the_caretaker_lets_a_returned_bot_answer_what_it_missed_once(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot(available=False)
    await visitor.say("第一问")
    await visitor.say("第二问")
    async with worker(rig, bot) as app:
        caretaker = caretaker_of(rig, app, bot)
        await work_off(rig, app)
        await caretaker.catch_up()
        assert (
            await rig.scalar("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'") == 0
        )
        bot.available = True
        for _ in range(3):
            await caretaker.catch_up()
        await work_off(rig, app)
        await caretaker.catch_up()
        await work_off(rig, app)
    assert await visitor.texts("bot") == ["第一问", "第二问"]
    assert len(await visitor.texts("system")) == 1


async def test_waiting_to_be_caught_up_does_not_pile_up_jobs(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), SwitchedBot(available=False)
    await visitor.say("第一问")
    async with worker(rig, bot) as app:
        await work_off(rig, app)
        bot.available = True
        caretaker = caretaker_of(rig, app, bot)
        for _ in range(10):
            await caretaker.catch_up()
        waiting = await rig.scalar("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'")
    assert waiting <= 2, "a sweep every two seconds must not queue the same turn again and again"


async def test_the_job_of_a_worker_that_died_is_given_to_another(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    async with worker(rig, SwitchedBot()) as app:
        async with rig.database.transaction() as tx:
            await (await tx.connection()).exec_driver_sql(
                """WITH dead AS (
                     INSERT INTO procrastinate_workers (last_heartbeat)
                     VALUES (now() - interval '1 hour') RETURNING id)
                   UPDATE procrastinate_jobs SET status = 'doing', worker_id = (SELECT id FROM dead)
                """
            )
        await work_off(rig, app)
        assert await visitor.texts("bot") == [], "its lock and status are the dead worker's"
        await caretaker_of(rig, app, SwitchedBot()).rescue_stalled_jobs()
        await work_off(rig, app)
    assert await visitor.texts("bot") == ["你好"]


async def test_following_the_release_without_one_changes_nothing(rig: Rig) -> None:
    async with worker(rig, SwitchedBot()) as app:
        labeller = ReleaseLabeller()
        caretaker = Caretaker(rig.desk.settings, rig.database, app, SwitchedBot(), labeller)
        await caretaker.follow_release()
    assert labeller.release is None
    assert await labeller.label("你好") is None


async def test_the_desk_is_ready_only_with_all_its_parts(rig: Rig) -> None:
    http = await rig.client()
    answer = await http.get("/health/ready")
    parts = answer.json()["parts"]
    assert answer.status_code == 503
    assert parts.keys() == {"database", "worker", "release", "redis", "bot", "actions"}
    assert (parts["database"]["ok"], parts["redis"]["ok"], parts["bot"]["ok"]) == (
        True,
        True,
        False,
    )
    assert (await http.get("/health/live")).status_code == 200
    figures = await http.get("/metrics")
    assert "fenzhen_request_seconds" in figures.text


async def test_a_job_that_ends_while_it_is_rescued_harms_nobody(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    await rig.rows("UPDATE procrastinate_jobs SET status = 'doing' RETURNING id")
    async with worker(rig, SwitchedBot()) as app:
        caretaker = caretaker_of(rig, app, SwitchedBot())
        stalled = app.job_manager.get_stalled_jobs

        async def ended_meanwhile(**asked: Any) -> Any:
            found = list(await stalled(**asked))
            assert found
            await rig.rows("DELETE FROM procrastinate_jobs RETURNING id")
            return found

        app.job_manager.get_stalled_jobs = ended_meanwhile  # type: ignore[method-assign,assignment]
        await caretaker.rescue_stalled_jobs()
    assert await rig.scalar("SELECT count(*) FROM procrastinate_jobs") == 0


async def test_a_worker_that_was_taken_for_dead_goes_on(rig: Rig) -> None:
    visitor = await rig.visitor()
    async with worker(rig, SwitchedBot()) as app:
        running = asyncio.create_task(run_jobs(app, DESK_QUEUE, 2))

        async def registered() -> bool:
            return bool(await rig.scalar("SELECT count(*) FROM procrastinate_workers"))

        await eventually(registered, "the worker is there", 20)
        await rig.rows("DELETE FROM procrastinate_workers RETURNING id")
        await visitor.say("你好")

        async def answered() -> bool:
            return await visitor.texts("bot") == ["你好"]

        await eventually(answered, "the message is answered", 20)
        assert not running.done()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
