"""Trainings as jobs: one at a time, cancelled at once, and never half done, whatever is killed."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from api.ids import now
from api.jobs import LEARNING_QUEUE, MATERIAL_QUEUE, build_app
from api.learning import releases
from api.learning.rollout import files
from api.learning.runs import schedule, service
from api.learning.runs.children import environment
from api.learning.runs.first import ensure_first_release
from api.learning.runs.watching import carry_out
from api.learning.tasks import learning_tasks
from api.settings import REPOSITORY
from api.worker import CONCURRENCY, run_jobs
from tests.support.releases import add_release
from tests.support.rig import Rig
from tests.support.trainings import StubBot, own_process, processes_of
from tests.support.waiting import eventually

SECONDS = 180.0
"""A training's process reads much before it begins; the machine may be busy."""
RUNS = "/api/v1/learning/runs"
WORKER = """
import asyncio, sys, uuid
from api.db import Database
from api.events import SilentBus
from api.learning.runs.watching import carry_out
from api.settings import load
settings = load()
asyncio.run(carry_out(settings, Database(settings.sqlalchemy_url, SilentBus()), uuid.UUID(sys.argv[1])))
"""


@pytest.fixture
def bot(bot: StubBot) -> StubBot:
    """A bot whose training does not end before the test lets it."""
    bot.hold()
    return bot


async def state(rig: Rig, run_id: object) -> tuple[str, str | None, int | None]:
    (row,) = await rig.rows(
        "SELECT state, problem, release FROM training_run WHERE id = :id", id=str(run_id)
    )
    return row.state, row.problem, row.release


async def begun(rig: Rig) -> UUID:
    async with rig.database.transaction() as tx:
        return (await service.begin(tx, "manual")).id


@asynccontextmanager
async def at_work(
    rig: Rig, bot: StubBot, run_id: UUID, attempt: int = 0
) -> AsyncIterator[asyncio.Task[None]]:
    """A training in the middle of the bot's part."""
    carrying = carry_out(rig.desk.settings, rig.database, run_id, attempt=attempt)
    work = asyncio.create_task(carrying)
    try:
        await eventually(lambda: bot.training or work.done(), "the bot is trained", SECONDS)
        assert not work.done()
        yield work
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


async def nothing_left(rig: Rig, bot: StubBot, run_id: UUID) -> None:
    """No process, no folder, no release."""
    await eventually(lambda: not processes_of(run_id, bot), "all processes have ended")
    folder = rig.desk.settings.releases
    assert not folder.exists() or not list(folder.glob(".training-*"))
    assert await rig.scalar("SELECT count(*) FROM release WHERE state <> 'live'") == 0


async def test_one_training_at_a_time(rig: Rig) -> None:
    admin = await rig.staff("admin")
    first = await admin.post(RUNS)
    assert first.status_code == 201
    shown = first.json()
    assert (shown["state"], shown["reason"], shown["progress"]) == ("queued", "manual", 0.0)
    assert shown["by"]["display_name"] == "管理员"
    again = await admin.post(RUNS)
    assert again.status_code == 409
    assert again.json()["error"]["code"] == "training_runs"
    assert again.json()["error"]["details"] == {"run": shown["id"]}
    jobs = await rig.rows("SELECT args, queue_name FROM procrastinate_jobs")
    assert [(job.args, job.queue_name) for job in jobs] == [({"run_id": shown["id"]}, "learning")]
    assert (
        await rig.scalar("SELECT subject_id FROM audit_record WHERE action = 'training_started'")
        == shown["id"]
    )


async def test_ten_who_start_at_once_start_one(rig: Rig) -> None:
    admin = await rig.staff("admin")
    answers = await asyncio.gather(*(admin.post(RUNS) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9


async def test_supervisors_read_and_admins_start(rig: Rig) -> None:
    admin, supervisor = await rig.staff("admin"), await rig.staff("supervisor")
    made = (await admin.post(RUNS)).json()
    assert (await supervisor.post(RUNS)).status_code == 403
    assert (await supervisor.post(f"{RUNS}/{made['id']}/cancel")).status_code == 403
    listed = (await supervisor.get(RUNS)).json()
    assert [run["id"] for run in listed["items"]] == [made["id"]]
    detail = (await supervisor.get(f"{RUNS}/{made['id']}")).json()
    assert detail == {**made, "log": ""}


async def test_a_waiting_training_is_cancelled_and_another_may_begin(rig: Rig) -> None:
    admin = await rig.staff("admin")
    made = (await admin.post(RUNS)).json()
    for _ in range(2):
        cancelled = await admin.post(f"{RUNS}/{made['id']}/cancel")
        assert cancelled.json()["state"] == "cancelled"
    records = "SELECT count(*) FROM audit_record WHERE action = 'training_cancelled'"
    assert await rig.scalar(records) == 1
    assert (await admin.post(RUNS)).status_code == 201
    await carry_out(rig.desk.settings, rig.database, UUID(made["id"]))
    assert (await state(rig, made["id"]))[0] == "cancelled"


async def test_a_training_under_way_is_stopped_with_all_its_processes(
    rig: Rig, bot: StubBot
) -> None:
    run_id = await begun(rig)
    admin = await rig.staff("admin")
    async with at_work(rig, bot, run_id) as work:
        assert len(processes_of(run_id, bot)) >= 2
        asked = await admin.post(f"{RUNS}/{run_id}/cancel")
        assert asked.json()["cancel_asked"]
        async with asyncio.timeout(2):  # what an admin was promised
            await work
    assert await state(rig, run_id) == ("cancelled", None, None)
    await nothing_left(rig, bot, run_id)


async def test_a_killed_training_has_failed_and_the_live_release_is_untouched(
    rig: Rig, bot: StubBot
) -> None:
    live = await add_release(rig, "live")
    before = sorted(rig.desk.settings.releases.rglob("*"))
    run_id = await begun(rig)
    async with at_work(rig, bot, run_id) as work:
        own_process(run_id).kill()
        await work
    assert await state(rig, run_id) == ("failed", "interrupted", None)
    await nothing_left(rig, bot, run_id)
    assert sorted(rig.desk.settings.releases.rglob("*")) == before
    assert await rig.scalar("SELECT number FROM release WHERE state = 'live'") == live


async def test_a_bot_that_cannot_be_trained_is_told_with_its_log(rig: Rig, bot: StubBot) -> None:
    bot.break_down()
    bot.release()
    run_id = await begun(rig)
    await carry_out(rig.desk.settings, rig.database, run_id)
    assert await state(rig, run_id) == ("failed", "failed", None)
    admin = await rig.staff("admin")
    shown = (await admin.get(f"{RUNS}/{run_id}")).json()
    assert "no such component" in shown["log"]
    assert shown["problem"]["name"] == "训练没有成功，详情见日志"
    assert shown["step"]["key"] == "models"
    await nothing_left(rig, bot, run_id)


async def test_with_its_worker_a_training_ends_and_is_begun_again_once(
    rig: Rig, bot: StubBot
) -> None:
    run_id = await begun(rig)
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", WORKER, str(run_id)),
        cwd=REPOSITORY,
        env=environment(rig.desk.settings),
    )
    try:
        await eventually(lambda: bot.training, "the bot is trained", SECONDS)
    finally:
        worker.kill()
        await worker.wait()
    await eventually(lambda: not processes_of(run_id, bot), "everything ends with the worker")
    assert (await state(rig, run_id))[0] == "running"

    bot.forget()
    async with at_work(rig, bot, run_id, attempt=1):
        assert "begun again" in await rig.scalar("SELECT log FROM training_run")
    assert (await state(rig, run_id))[0] == "running"

    await carry_out(rig.desk.settings, rig.database, run_id, attempt=2)
    assert await state(rig, run_id) == ("failed", "interrupted", None)


async def test_the_queue_carries_a_training_out(rig: Rig, bot: StubBot) -> None:
    bot.break_down()
    bot.release()
    admin = await rig.staff("admin")
    made = (await admin.post(RUNS)).json()
    desk = rig.desk
    app = build_app(desk.settings.libpq_url, learning_tasks(rig.database, desk.settings))
    async with app.open_async():
        working = asyncio.create_task(run_jobs(app, LEARNING_QUEUE, 1))

        async def ended() -> bool:
            return (await state(rig, made["id"]))[0] == "failed"

        try:
            await eventually(ended, "the training has failed", SECONDS)
        except AssertionError as error:
            error.add_note(await rig.scalar("SELECT concat(step, E'\\n', log) FROM training_run"))
            own_process(made["id"]).send_signal(signal.SIGUSR1)  # tells where it stands
            await asyncio.sleep(1)
            raise
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)


async def test_an_import_is_taken_in_while_a_training_runs(rig: Rig, bot: StubBot) -> None:
    await rig.rows("DELETE FROM knowledge_question RETURNING 1")  # their vectors would be reckoned
    admin = await rig.staff("admin")
    run_id = UUID((await admin.post(RUNS)).json()["id"])
    desk = rig.desk
    app = build_app(desk.settings.libpq_url, learning_tasks(rig.database, desk.settings))
    async with app.open_async():
        working = [
            asyncio.create_task(run_jobs(app, queue, CONCURRENCY[queue]))
            for queue in (LEARNING_QUEUE, MATERIAL_QUEUE)
        ]
        try:
            await eventually(lambda: bot.training, "the bot is trained", SECONDS)
            table = "编号,分类,标准问题,答案\ndrone_water,商品咨询,无人机能进水吗,不能\n"
            files = {"file": ("faq.csv", table.encode())}
            begun = await admin.post(
                "/api/v1/knowledge/import", files=files, data={"dry_run": "false"}
            )
            path = f"/api/v1/knowledge/imports/{begun.json()['import_id']}"

            async def taken_in() -> bool:
                return bool((await admin.get(path)).json()["state"] == "done")

            await eventually(taken_in, "the import is done", SECONDS)
            assert (await admin.get("/api/v1/knowledge/drone_water")).status_code == 200
            assert (await state(rig, run_id))[0] == "running"
            assert (await admin.post(RUNS)).status_code == 409, "one training at a time"
        finally:
            await admin.post(f"{RUNS}/{run_id}/cancel")
            await eventually(lambda: not processes_of(run_id, bot), "it has ended", SECONDS)
            for each in working:
                each.cancel()
            await asyncio.gather(*working, return_exceptions=True)


async def none_left(rig: Rig) -> bool:
    async with rig.database.transaction() as tx:
        live = await releases.live(tx)
        assert live is not None
        return await files.none_left(tx, rig.desk.settings, live)


async def test_a_release_goes_live_by_itself_only_when_no_other_one_can_answer(rig: Rig) -> None:
    before = await add_release(rig, "retired", promoted_at=now() - timedelta(days=1))
    live = await add_release(rig, "live")
    kept = releases.folder(rig.desk.settings, live)
    assert not await none_left(rig)
    shutil.rmtree(kept)
    kept.write_bytes(b"no folder, but not gone either")
    assert not await none_left(rig)
    kept.unlink()
    kept.symlink_to("a-volume-that-is-away")
    assert not await none_left(rig)
    kept.unlink()
    assert not await none_left(rig), "the release before can be taken back"
    (releases.folder(rig.desk.settings, before) / releases.MODEL).unlink()
    assert await none_left(rig)


async def test_a_start_without_the_live_release_takes_the_one_before_back(rig: Rig) -> None:
    before = await add_release(rig, "retired", promoted_at=now() - timedelta(days=1))
    live = await add_release(rig, "live")
    settings = rig.desk.settings
    assert await asyncio.to_thread(ensure_first_release, settings, print) == live
    shutil.rmtree(releases.folder(settings, live))
    assert await asyncio.to_thread(ensure_first_release, settings, print) == before
    rows = await rig.rows("SELECT number FROM release WHERE state = 'live'")
    assert [row.number for row in rows] == [before]
    assert await rig.scalar("SELECT count(*) FROM training_run") == 0


async def test_a_training_that_everybody_has_lost_is_ended(rig: Rig) -> None:
    run_id = await begun(rig)
    queue = rig.desk.queue
    await schedule.mind(rig.database, queue, now())
    assert (await state(rig, run_id))[0] == "queued"
    later = now() + service.SILENT + timedelta(seconds=1)
    await schedule.mind(rig.database, queue, later)
    assert await state(rig, run_id) == ("failed", "interrupted", None)


async def test_a_training_whose_job_waits_is_not_lost(rig: Rig) -> None:
    admin = await rig.staff("admin")
    made = (await admin.post(RUNS)).json()
    await schedule.mind(rig.database, rig.desk.queue, now() + timedelta(hours=1))
    assert (await state(rig, made["id"]))[0] == "queued"


async def test_the_settings_have_a_release_trained_after_enough_changes(rig: Rig) -> None:
    admin = await rig.staff("admin")
    body = {"version": 0, "value": {"when": "lines", "new_lines": 3}}
    assert (await admin.put("/api/v1/settings/training", json=body)).status_code == 200
    async with rig.database.transaction() as tx:
        run = await service.begin(tx, "manual")
        service.end(tx, run, "done")
    await schedule.mind(rig.database, rig.desk.queue, now())
    assert await rig.scalar("SELECT count(*) FROM training_run") == 1
    await rig.rows(
        """UPDATE training_line SET state = 'removed', removed_at = now() WHERE id IN
        (SELECT id FROM training_line ORDER BY id LIMIT 3) RETURNING id"""
    )
    await schedule.mind(rig.database, rig.desk.queue, now())
    rows = await rig.rows("SELECT state, reason FROM training_run ORDER BY created_at")
    assert [tuple(row) for row in rows] == [("done", "manual"), ("queued", "scheduled")]
    await schedule.mind(rig.database, rig.desk.queue, now())
    assert await rig.scalar("SELECT count(*) FROM training_run") == 2
