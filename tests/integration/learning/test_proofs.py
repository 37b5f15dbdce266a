"""From a training to a proof that admins can read, with a bot that understands nothing."""

from __future__ import annotations

import asyncio

import pytest

from api.jobs import LEARNING_QUEUE, build_app
from api.learning import releases
from api.learning.material.bundle import NLU_DATA
from api.learning.proof import service
from api.learning.proof.predicting import Prediction, held_out, store, stored
from api.learning.proof.shapes import Findings, ReplayNote, ReplayNotes
from api.learning.runs import service as runs
from api.learning.runs.watching import carry_out
from api.learning.tasks import learning_tasks
from api.worker import run_jobs
from tests.support.material import add
from tests.support.releases import add_release
from tests.support.rig import Rig
from tests.support.trainings import little_to_learn
from tests.support.waiting import eventually

HELD_OUT = NLU_DATA / "held_out"
RELEASES = "/api/v1/learning/releases"


async def trained(rig: Rig) -> int:
    """Train once; the number of the release."""
    async with rig.database.transaction() as tx:
        run = await runs.begin(tx, "manual")
    await carry_out(rig.desk.settings, rig.database, run.id)
    async with rig.database.transaction() as tx:
        ended = await runs.get(tx, run.id)
    assert (ended.state, ended.progress) == ("done", 1.0), ended.log
    assert ended.release is not None
    return ended.release


async def live_and_never_wrong(rig: Rig) -> int:
    """A live release that is right in every held-out line; its models are never asked."""
    live = await add_release(rig, "live")
    lines = [Prediction(*line.line, line.expected, 0.9, right=True) for line in held_out(HELD_OUT)]
    store(releases.folder(rig.desk.settings, live), lines)
    return live


@pytest.mark.timeout(600)
async def test_a_trained_release_is_proven_and_blocked_when_it_is_worse(rig: Rig) -> None:
    await little_to_learn(rig.database)
    live = await live_and_never_wrong(rig)
    lines = held_out(HELD_OUT)
    taught = next(line.text for line in lines if line.part == "human")
    assert (await add(await rig.staff("admin"), "intent", "greet", taught))["added"]
    learned = sum(line.text == taught for line in lines if line.part in ("faq", "intent", "human"))
    number = await trained(rig)
    folder = releases.folder(rig.desk.settings, number)
    assert len(stored(folder)) == len(held_out(HELD_OUT))
    assert not list(rig.desk.settings.releases.glob(".*"))
    assert not list(folder.glob(".*"))
    states = await rig.rows("SELECT number, state FROM release ORDER BY number")
    assert [tuple(row) for row in states] == [(live, "live"), (number, "candidate")]
    evaluation = await rig.scalar("SELECT evaluation FROM release WHERE number = :n", n=number)
    assert evaluation["cross_validation"]["category"]["labels"].keys() >= {"order", "refund"}
    assert evaluation["left_out"] == learned
    assert 0 < evaluation["triage_c"]["category"]["low"] < 1

    supervisor = await rig.staff("supervisor")
    answer = await supervisor.get(f"{RELEASES}/{number}/proof")
    assert answer.status_code == 200, answer.text
    proof = answer.json()
    assert (proof["release"], proof["against"]) == (number, live)
    assert (proof["lines"], proof["left_out"]) == (len(lines) - learned, learned)
    assert not proof["gate"]["passed"]
    blocked = {(reason["code"], reason["subject"]) for reason in proof["gate"]["reasons"]}
    assert ("significantly_worse", "faq") in blocked
    assert ("protected_worse", "distress") in blocked
    by_part = {part["part"]: part["overall"] for part in proof["parts"]}
    assert (by_part["faq"]["before"], by_part["faq"]["verdict"]) == (1.0, "worse")
    assert len(proof["regressions"]) == sum(part["lost"] for part in by_part.values())
    assert proof["gains"] == []


async def test_what_a_proof_says_of_real_messages_is_masked_and_ends_with_them(rig: Rig) -> None:
    visitor = await rig.visitor()
    said = await visitor.say("请回电 13812345678")
    first, second = await add_release(rig, "live"), await add_release(rig)
    note = ReplayNote(
        message_id=said["id"], before="none", after="human", labels={"priority": ("P4", "P1")}
    )
    findings = Findings(
        lines=0,
        parts=[],
        protected=[],
        regressions=[],
        gains=[],
        replay=ReplayNotes(messages=1, changed=[note]),
    )
    async with rig.database.transaction() as tx:
        await service.enter(tx, second, first, findings)
    assert "13812345678" not in str(await rig.rows("SELECT result FROM release_proof"))
    supervisor = await rig.staff("supervisor")
    (changed,) = (await supervisor.get(f"{RELEASES}/{second}/proof")).json()["replay"]["changed"]
    assert changed["text"] != "请回电 13812345678"
    assert changed["text"].startswith("请回电 138")
    assert (changed["before"], changed["after"]) == ("none", "human")
    assert changed["conversation_id"] == str(visitor.conversation_id)

    await rig.rows(
        "UPDATE message SET recalled_at = now() WHERE id = :id RETURNING id", id=said["id"]
    )
    shown = (await supervisor.get(f"{RELEASES}/{second}/proof")).json()
    assert shown["replay"] == {"messages": 1, "changed": []}


async def test_a_proof_that_is_missing_is_ordered_once(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    supervisor = await rig.staff("supervisor")
    for _ in range(3):
        answer = await supervisor.get(f"{RELEASES}/{second}/proof?against={first}")
        assert answer.status_code == 202
        assert answer.json() == {"release": second, "against": first, "state": "making"}
    jobs = await rig.rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'desk:proof'")
    assert [job.args for job in jobs] == [{"release": second, "against": first}]


async def test_a_proof_that_could_not_be_made_says_so_until_it_is_ordered_again(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)  # without their files
    supervisor, desk = await rig.staff("supervisor"), rig.desk
    path = f"{RELEASES}/{second}/proof"
    assert (await supervisor.get(path)).status_code == 202
    app = build_app(desk.settings.libpq_url, learning_tasks(rig.database, desk.settings))

    async def given_up() -> bool:
        shown = await supervisor.get(path)
        assert shown.status_code in {200, 202}, shown.text
        return bool(shown.json()["state"] == "failed")

    async with app.open_async():
        working = asyncio.create_task(run_jobs(app, LEARNING_QUEUE, 1))
        try:
            await eventually(given_up, "the proof has failed", 180)
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
    shown = await supervisor.get(path)
    assert (shown.status_code, shown.json()["against"]) == (200, first)
    assert shown.json()["failed_at"] > "2020"
    for _ in range(2):
        again = await supervisor.post(path)
        making = {"release": second, "against": first, "state": "making"}
        assert (again.status_code, again.json()) == (202, making)
    assert (await supervisor.get(path)).status_code == 202
    states = await rig.rows(
        "SELECT status FROM procrastinate_jobs WHERE task_name = 'desk:proof' ORDER BY id"
    )
    assert [row.status for row in states] == ["failed", "todo"]


async def test_there_is_no_proof_of_what_is_not_there(rig: Rig) -> None:
    supervisor = await rig.staff("supervisor")
    only = await add_release(rig)
    assert (await supervisor.get(f"{RELEASES}/99/proof")).status_code == 404
    assert (await supervisor.post(f"{RELEASES}/99/proof")).status_code == 404
    assert (await supervisor.get(f"{RELEASES}/{only}/proof")).status_code == 404
    assert (await supervisor.get(f"{RELEASES}/{only}/proof?against=98")).status_code == 404
