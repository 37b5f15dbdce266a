"""Knowledge entries name the task that does what they explain."""

from __future__ import annotations

from api.knowledge import seeding, service
from tests.support.rig import Rig

KEY = "order_cancel"


async def task_of(rig: Rig, key: str = KEY) -> str | None:
    gateway = await rig.gateway()
    found = await gateway.post("/internal/v1/knowledge/lookup", json={"keys": [key]})
    (entry,) = found.json()["entries"]
    task: str | None = entry["task"]
    return task


async def seed(rig: Rig, key: str, task: str) -> int:
    entry = {"key": key, "question": "?", "answer": "!", "questions": [], "task": task}
    async with rig.database.transaction() as tx:
        return await seeding.seed(tx, [{"category": "order", "entries": [entry]}])


async def test_the_bot_is_told_the_task_of_an_entry(rig: Rig) -> None:
    assert await task_of(rig) == "cancel_order"


async def test_staff_see_the_task_and_an_edit_leaves_it(rig: Rig) -> None:
    supervisor = await rig.staff("supervisor")
    changed = (await supervisor.put(f"/api/v1/knowledge/{KEY}", json={"answer": "新"})).json()
    assert (changed["answer"], changed["task"]) == ("新", "cancel_order")
    items = (await supervisor.get("/api/v1/knowledge")).json()["items"]
    tasks = {item["key"]: item["task"] for item in items}
    assert tasks[KEY] == "cancel_order"
    assert None in tasks.values()


async def test_a_knowledge_base_from_before_tasks_gets_them_and_keeps_the_rest(rig: Rig) -> None:
    await rig.rows("UPDATE knowledge_entry SET task = NULL, answer = '改过' RETURNING id")
    assert await seed(rig, KEY, "cancel_order") == 0
    (row,) = await rig.rows("SELECT task, answer FROM knowledge_entry WHERE key = :key", key=KEY)
    assert tuple(row) == ("cancel_order", "改过")


async def test_a_task_that_is_there_is_not_overwritten(rig: Rig) -> None:
    await seed(rig, KEY, "track_order")
    assert await task_of(rig) == "cancel_order"


async def test_the_bot_learns_which_task_an_entry_explains(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        entries = await service.training_entries(tx)
    assert {entry.key: entry.task for entry in entries}[KEY] == "cancel_order"
