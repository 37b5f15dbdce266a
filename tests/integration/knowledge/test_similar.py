"""Questions like one that is being written."""

from __future__ import annotations

from typing import Any

import httpx

from api.knowledge import similar
from classifier.likeness import digest_of, vectors_of
from tests.support.rig import Rig

PATH = "/api/v1/knowledge"
QUESTION = "这台会飞的扫地机能进水吗"


async def asked(staff: httpx.AsyncClient, text: str, except_key: str | None = None) -> Any:
    answer = await staff.post(f"{PATH}/similar", json={"text": text, "except_key": except_key})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def few_entries(rig: Rig) -> None:
    """Two entries only, so that nothing is left to a job."""
    await rig.rows("UPDATE knowledge_entry SET active = false RETURNING id")
    for key in ("order_cancel", "account_forgot_password"):
        await rig.rows(
            "DELETE FROM knowledge_question USING knowledge_entry entry WHERE entry_id = entry.id"
            " AND key = :key AND knowledge_question.id NOT IN (SELECT id FROM knowledge_question q"
            " WHERE q.entry_id = entry.id ORDER BY id LIMIT 5) RETURNING 1",
            key=key,
        )
        await rig.rows(
            "UPDATE knowledge_entry SET active = true, version = version + 1 WHERE key = :key"
            " RETURNING id",
            key=key,
        )


async def test_the_same_question_comes_first_and_a_near_one_is_marked(rig: Rig) -> None:
    await few_entries(rig)
    staff = await rig.staff()
    same = await asked(staff, " 忘了密碼？ ")
    assert same["complete"]
    assert (same["items"][0]["key"], same["items"][0]["kind"]) == (
        "account_forgot_password",
        "same",
    )
    assert (same["items"][0]["text"], same["items"][0]["score"]) == ("忘了密码", 1.0)
    near = (await asked(staff, "忘记登录密码该怎么办"))["items"][0]
    assert (near["key"], near["kind"]) == ("account_forgot_password", "near")
    assert 0.93 <= near["score"] < 1
    assert (await asked(staff, "忘了密码", "account_forgot_password"))["items"] == []
    assert (await asked(staff, "今天天气真不错"))["items"] == []


async def test_a_new_question_is_known_with_its_commit_and_its_vector_is_kept(rig: Rig) -> None:
    await few_entries(rig)
    staff = await rig.staff("supervisor")
    assert (await asked(staff, QUESTION))["items"] == []
    content = {"category": "product", "question": QUESTION, "answer": "不能"}
    page = (await staff.post(PATH, json={"content": content, "publish": True})).json()
    (found,) = (await asked(staff, QUESTION))["items"]
    assert (found["key"], found["kind"]) == (page["entry"]["key"], "same")
    kept = await rig.scalar(
        "SELECT vector FROM question_vector WHERE digest = :digest", digest=digest_of(QUESTION)
    )
    assert kept == vectors_of([QUESTION])[0].tobytes()


async def test_many_questions_without_vectors_are_read_by_one_job(rig: Rig) -> None:
    staff = await rig.staff()
    for _ in range(2):
        assert not (await asked(staff, "忘了密码"))["complete"]
    jobs = await rig.rows(
        "SELECT queue_name FROM procrastinate_jobs WHERE task_name LIKE '%vectors'"
    )
    assert [job.queue_name for job in jobs] == ["material"]
    same = (await asked(staff, "忘了密码"))["items"]
    assert same[0]["kind"] == "same"


async def test_the_job_reads_what_is_missing_and_drops_what_is_gone(rig: Rig) -> None:
    await few_entries(rig)
    assert await similar.read_all(rig.database) == 12
    await rig.rows(
        "UPDATE knowledge_entry SET question = '换了一个问法' WHERE key = 'order_cancel' RETURNING 1"
    )
    assert await similar.read_all(rig.database) == 1
    assert await rig.scalar("SELECT count(*) FROM question_vector") == 12
