"""Answers are edited, looked up and searched."""

from __future__ import annotations

import asyncio

import pytest

from api.learning import releases
from tests.support.knowledge import some_key
from tests.support.releases import add_release
from tests.support.rig import Rig


async def test_an_edited_answer_is_served_by_the_next_lookup(rig: Rig) -> None:
    gateway, supervisor, key = (
        await rig.gateway(),
        await rig.staff("supervisor"),
        await some_key(rig),
    )

    async def lookup(*keys: str) -> list[dict[str, str]]:
        found = await gateway.post("/internal/v1/knowledge/lookup", json={"keys": keys})
        entries: list[dict[str, str]] = found.json()["entries"]
        return entries

    (before,) = await lookup(key)
    changed = await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "新的答案"})
    assert changed.status_code == 200
    (after,) = await lookup("no_such_key", key)
    assert (after["answer"], after["question"]) == ("新的答案", before["question"])
    await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "x", "active": False})
    assert await lookup(key) == []


async def test_a_lookup_keeps_the_order_of_the_keys(rig: Rig) -> None:
    gateway = await rig.gateway()
    rows = await rig.rows("SELECT key FROM knowledge_entry ORDER BY key DESC LIMIT 5")
    keys = [row.key for row in rows]
    found = await gateway.post("/internal/v1/knowledge/lookup", json={"keys": keys})
    assert [entry["key"] for entry in found.json()["entries"]] == keys


async def test_of_two_edits_of_one_version_the_second_is_refused(rig: Rig) -> None:
    supervisor, key = await rig.staff("supervisor"), await some_key(rig)
    path = f"/api/v1/knowledge/{key}"
    answers = await asyncio.gather(
        *(supervisor.put(path, json={"answer": f"第{n}版", "version": 1}) for n in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["error"]["details"] == {"version": 2}


@pytest.mark.parametrize("query", ["%", "_", "\\", "' OR 1=1 --", "不存在的词"])
async def test_a_search_takes_its_words_literally(rig: Rig, query: str) -> None:
    agent = await rig.staff()
    found = (await agent.get("/api/v1/knowledge", params={"query": query})).json()["items"]
    for item in found:
        assert query in item["question"] + item["answer"] + "".join(item["questions"])


async def test_a_search_finds_question_answer_and_wording(rig: Rig) -> None:
    agent, key = await rig.staff(), await some_key(rig)
    everything = (await agent.get("/api/v1/knowledge")).json()["items"]
    entry = next(item for item in everything if item["key"] == key)
    for words in (entry["question"], entry["answer"][:20].split("\n")[0], entry["questions"][0]):
        found = (await agent.get("/api/v1/knowledge", params={"query": words})).json()["items"]
        assert key in [item["key"] for item in found]
    category = entry["category"]["key"]
    narrowed = (await agent.get("/api/v1/knowledge", params={"category": category})).json()
    assert {item["category"]["key"] for item in narrowed["items"]} == {category}


async def test_the_list_counts_what_is_found_and_begins_with_what_was_changed_last(
    rig: Rig,
) -> None:
    supervisor, key = await rig.staff("supervisor"), await some_key(rig)
    await supervisor.put(f"/api/v1/knowledge/{key}", json={"answer": "刚刚改过"})
    count = await rig.scalar("SELECT count(*) FROM knowledge_entry")
    seen: list[str] = []
    cursor = None
    while cursor is not None or not seen:
        options = {"limit": "50"} | ({"cursor": cursor} if cursor else {})
        page = (await supervisor.get("/api/v1/knowledge", params=options)).json()
        assert page["total"] == count
        seen += [item["key"] for item in page["items"]]
        cursor = page["next"]
    assert (seen[0], len(seen), len(set(seen))) == (key, count, count)


async def test_an_entry_waits_until_a_release_trained_with_it_is_live(rig: Rig) -> None:
    agent, key = await rig.staff(), await some_key(rig)

    async def learned() -> list[bool | None]:
        page = (await agent.get(f"/api/v1/knowledge/{key}")).json()
        listed = (await agent.get("/api/v1/knowledge")).json()["items"]
        return [page["entry"]["learned"], *{item["learned"] for item in listed}]

    assert await learned() == [False, False]
    number = await add_release(rig, "live")
    assert await learned() == [None, None]  # its data is not there: nobody can tell
    data = releases.folder(rig.desk.settings, number) / "data"
    data.mkdir()
    (data / "knowledge.json").write_text('[{"key"', "utf-8")
    assert await learned() == [None, None]  # cut off
    (data / "knowledge.json").write_text(f'[{{"key": "{key}", "questions": []}}]', "utf-8")
    assert sorted(map(str, await learned())) == ["False", "True", "True"]
