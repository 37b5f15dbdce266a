"""Files of entries are taken in: all, or nothing."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from procrastinate.jobs import Job

from api.knowledge.transfer import running, service
from api.learning.tasks import learning_tasks
from tests.support.rig import Rig

PATH = "/api/v1/knowledge"
HEAD = "编号,分类,标准问题,相似问题,答案"
GOOD = f"""{HEAD}
drone_water,商品咨询,无人机能进水吗,"无人机下雨能飞吗
无人机防水不",不能
order_cancel,订单,怎么取消订单,我要撤单啦啦,在订单页取消
"""


async def sent(
    rig: Rig, content: str | bytes, *, dry_run: bool, name: str = "faq.csv"
) -> dict[str, Any]:
    """The import after the job, as the page is told."""
    admin = await rig.staff("admin")
    raw = content.encode() if isinstance(content, str) else content
    begun = await admin.post(
        f"{PATH}/import", files={"file": (name, raw)}, data={"dry_run": str(dry_run).lower()}
    )
    assert begun.status_code == 202, begun.text
    import_id = begun.json()["import_id"]
    waiting = (await admin.get(f"{PATH}/imports/{import_id}")).json()
    assert (waiting["state"], waiting["report"]) == ("queued", None)
    await running.run(rig.database, UUID(import_id))
    ended: dict[str, Any] = (await admin.get(f"{PATH}/imports/{import_id}")).json()
    assert ended["state"] == "done"
    return ended


async def everything(rig: Rig) -> list[Any]:
    entries = await rig.rows("SELECT to_jsonb(e.*) AS row FROM knowledge_entry e ORDER BY key")
    questions = await rig.rows("SELECT to_jsonb(q.*) AS row FROM knowledge_question q ORDER BY id")
    versions = await rig.rows("SELECT to_jsonb(v.*) AS row FROM knowledge_version v ORDER BY id")
    vectors = await rig.rows("SELECT digest AS row FROM question_vector ORDER BY 1")
    return [row.row for row in (*entries, *questions, *versions, *vectors)]


async def few_entries(rig: Rig) -> None:
    """Without the wordings, whose vectors would be reckoned for each test."""
    await rig.rows("DELETE FROM knowledge_question RETURNING 1")


async def test_a_dry_run_says_what_would_be_done_and_does_nothing(rig: Rig) -> None:
    await few_entries(rig)
    before = await everything(rig)
    report = (await sent(rig, GOOD, dry_run=True))["report"]
    counts = {name: report[name] for name in ("rows", "added", "changed", "unchanged", "refused")}
    assert counts == {"rows": 2, "added": 1, "changed": 1, "unchanged": 0, "refused": False}
    assert await everything(rig) == before


async def test_a_file_is_live_at_once_with_versions_vectors_and_search(rig: Rig) -> None:
    await few_entries(rig)
    ended = await sent(rig, GOOD, dry_run=False)
    assert (ended["done"], ended["rows"]) == (2, 2)
    found = await (await rig.gateway()).post(
        "/internal/v1/knowledge/lookup", json={"keys": ["drone_water", "order_cancel"]}
    )
    assert [each["answer"] for each in found.json()["entries"]] == ["不能", "在订单页取消"]
    staff = await rig.staff("supervisor")
    versions = (await staff.get(f"{PATH}/order_cancel/versions")).json()["items"]
    assert [(each["version"], each["note"]) for each in versions] == [(2, "import"), (1, None)]
    hits = (await staff.get("/api/v1/search", params={"q": "无人机防水"})).json()["items"]
    assert [each["id"] for each in hits] == ["drone_water"]
    again = (await sent(rig, GOOD, dry_run=False))["report"]
    assert (again["unchanged"], again["added"], again["changed"]) == (2, 0, 0)
    kept = await rig.scalar("SELECT count(*) FROM knowledge_import WHERE content IS NOT NULL")
    assert kept == 0


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (GOOD + "x,nowhere,怎么飞,,飞\n", (4, "category", "unknown_category")),
        (GOOD + "x,order,无人机能进水吗？,,飞\n", (4, None, "duplicate_row")),
        (GOOD + "x,order,怎么飞,=1,飞\n", (4, "questions", "formula")),
        (GOOD.encode("gb18030"), (1, None, "encoding")),
        (GOOD.replace("答案", "说明"), (1, "answer", "missing_column")),
    ],
)
async def test_a_file_with_a_bad_row_changes_nothing_at_all(
    rig: Rig, content: str | bytes, problem: tuple[int, str | None, str]
) -> None:
    before = await everything(rig)
    report = (await sent(rig, content, dry_run=False))["report"]
    assert report["refused"]
    errors = [each for each in report["problems"] if each["level"] == "error"]
    assert [(each["row"], each["column"], each["code"]) for each in errors] == [problem]
    assert errors[0]["message"]
    assert await everything(rig) == before


async def test_a_conflict_names_the_other_entry_in_words(rig: Rig) -> None:
    await few_entries(rig)
    question = await rig.scalar("SELECT question FROM knowledge_entry WHERE key = 'order_cancel'")
    content = f"{HEAD}\nx,order,怎么飞,{question},飞\n"
    (problem,) = (await sent(rig, content, dry_run=True))["report"]["problems"]
    assert (problem["code"], problem["message"]) == (
        "conflict",
        f"「{question}」已是条目「{question}」的问题",
    )


async def test_an_entry_nearly_like_another_is_taken_in_with_a_warning(rig: Rig) -> None:
    await few_entries(rig)
    question = await rig.scalar("SELECT question FROM knowledge_entry WHERE key = 'order_cancel'")
    content = f"{HEAD}\nx,order,请问{question}呢,,飞\n"
    report = (await sent(rig, content, dry_run=False))["report"]
    assert [(each["code"], each["level"]) for each in report["problems"]] == [("near", "warning")]
    assert report["added"] == 1


@pytest.mark.parametrize("kind", ["xlsx", "csv", "yaml"])
async def test_what_is_exported_comes_in_again_as_unchanged(rig: Rig, kind: str) -> None:
    staff = await rig.staff("supervisor")
    file = await staff.get(f"{PATH}/export", params={"format": kind})
    name = unquote(file.headers["content-disposition"].rpartition("''")[2])
    assert name.startswith("知识库-")
    count = await rig.scalar("SELECT count(*) FROM knowledge_entry")
    report = (await sent(rig, file.content, dry_run=False, name=name))["report"]
    assert (report["unchanged"], report["rows"], report["problems"]) == (count, count, [])


async def test_an_import_taken_up_twice_is_done_once(rig: Rig) -> None:
    await few_entries(rig)
    async with rig.database.transaction() as tx:
        begun = await service.begin(tx, "a.csv", GOOD.encode(), dry_run=False, staff_id=None)
    first = await running.run(rig.database, begun.id)
    assert await running.run(rig.database, begun.id) == first
    assert await rig.scalar("SELECT count(*) FROM knowledge_version WHERE version = 2") == 1


async def test_the_job_runs_in_a_process_of_its_own_and_its_failure_is_said(rig: Rig) -> None:
    await few_entries(rig)
    async with rig.database.transaction() as tx:
        good = await service.begin(tx, "a.csv", GOOD.encode(), dry_run=False, staff_id=None)
        lost = await service.begin(tx, "a.csv", GOOD.encode(), dry_run=False, staff_id=None)
    tasks = learning_tasks(rig.database, rig.desk.settings).tasks
    task = next(task for name, task in tasks.items() if name.endswith("knowledge_import"))
    await task.func(import_id=str(good.id))
    nowhere = rig.desk.settings.model_copy(update={"database_url": rig.desk.settings.redis_url})
    await service.carry_out(nowhere, rig.database, lost.id)
    rows = await rig.rows("SELECT state, content FROM knowledge_import ORDER BY id")
    assert [(row.state, row.content) for row in rows] == [("done", None), ("failed", None)]


async def test_an_import_whose_worker_is_stopped_is_taken_up_again(rig: Rig) -> None:
    tasks = learning_tasks(rig.database, rig.desk.settings).tasks
    task = next(task for name, task in tasks.items() if name.endswith("knowledge_import"))
    job = Job(id=1, queue="material", lock=None, queueing_lock=None, task_name=task.name)
    again = task.get_retry_exception(exception=asyncio.CancelledError(), job=job)
    assert again is not None


async def test_a_file_without_content_is_refused(rig: Rig) -> None:
    admin = await rig.staff("admin")
    empty = await admin.post(f"{PATH}/import", files={"file": ("a.csv", b"")})
    assert (empty.status_code, empty.json()["error"]["code"]) == (422, "empty_file")
    large = await admin.post(f"{PATH}/import", files={"file": ("a.csv", b"x" * 10_485_761)})
    assert (large.status_code, large.json()["error"]["code"]) == (413, "file_too_large")
