"""Unknown questions that belong together become drafts; an erasure forgets them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.learning.review import clusters, erasure
from classifier.likeness import vectors_of
from tests.support.reviewing import (
    CLUSTERS,
    UNKNOWN,
    Talk,
    decide,
    items,
    keys,
    questions,
)
from tests.support.rig import Rig

BILLS = ["花呗可以分几期", "能不能用花呗分期付款", "你们家支持花呗分期吗"]
JOBS = ["你们还招客服吗", "想应聘你们公司", "有招聘信息吗", "你们招人吗"]


async def test_clusters_say_when_messages_were_looked_at(
    talk: Talk, lead: httpx.AsyncClient
) -> None:
    nothing: dict[str, Any] = {"items": [], "looked_at": None, "unknown": 0, "least": 3}
    assert (await lead.get(CLUSTERS)).json() == nothing
    await talk.held({BILLS[0]: UNKNOWN})
    page = (await lead.get(CLUSTERS)).json()
    assert (page["items"], page["unknown"]) == ([], 1)
    assert page["looked_at"] is not None


async def test_unknown_questions_become_clusters_that_keep_their_ids(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    for text in [*BILLS, *JOBS[:3], "孩子把遥控器摔了"]:
        await talk.held({text: UNKNOWN})
    page = (await lead.get(CLUSTERS)).json()
    assert (page["unknown"], page["least"]) == (7, 3)
    first = {each["id"]: each for each in page["items"]}
    texts = {frozenset(m["text"] for m in each["messages"]): each for each in first.values()}
    assert frozenset(BILLS) in texts
    assert "分期" in texts[frozenset(BILLS)]["terms"]
    assert texts[frozenset(BILLS)]["title"] in BILLS
    found = await items(lead)
    assert "cluster" in [reason["code"] for reason in found[BILLS[0]]["reasons"]]
    assert "cluster" not in [reason["code"] for reason in found["孩子把遥控器摔了"]["reasons"]]
    await talk.held({"花呗分期怎么弄": UNKNOWN})
    again = {each["id"]: each for each in (await lead.get(CLUSTERS)).json()["items"]}
    grown = again[texts[frozenset(BILLS)]["id"]]
    assert grown["size"] == 4


async def test_a_cluster_becomes_a_draft_with_its_messages_as_questions(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    for text in BILLS:
        await talk.held({text: UNKNOWN}, category="payment")
    (cluster,) = (await lead.get(CLUSTERS)).json()["items"]
    path = f"{CLUSTERS}/{cluster['id']}/propose"
    proposed = (await lead.post(path)).json()
    assert {proposed["question"], *proposed["questions"]} == set(BILLS)
    assert (await lead.post(path)).json() == proposed, "the same draft again"
    assert (await items(lead)) == {}
    draft = (await lead.get("/api/v1/knowledge/" + proposed["key"])).json()
    assert str(draft).count("payment") >= 1
    publish = f"/api/v1/knowledge/{proposed['key']}/draft/publish"
    refused = await lead.post(publish, json={"version": proposed["version"]})
    assert refused.status_code == 422, "it has no answer yet"
    assert (await lead.post(f"{CLUSTERS}/{cluster['id']}/dismiss")).status_code == 409


async def test_a_draft_takes_the_most_typical_questions_of_a_large_cluster(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "MOST_QUESTIONS", 1)
    for text in BILLS:
        await talk.held({text: UNKNOWN})
    (cluster,) = (await lead.get(CLUSTERS)).json()["items"]
    draft = (await lead.post(f"{CLUSTERS}/{cluster['id']}/propose")).json()
    vectors = vectors_of(list(BILLS))
    nearness = dict(zip(BILLS, vectors @ vectors.mean(axis=0), strict=True))
    others = [text for text in BILLS if text != draft["question"]]
    assert draft["questions"] == [max(others, key=nearness.__getitem__)]
    assert await items(lead) == {}


async def test_a_dismissed_cluster_does_not_come_back(talk: Talk, lead: httpx.AsyncClient) -> None:
    for text in BILLS:
        await talk.held({text: UNKNOWN})
    (cluster,) = (await lead.get(CLUSTERS)).json()["items"]
    before = (await items(lead))[BILLS[0]]["value"]
    path = f"{CLUSTERS}/{cluster['id']}/dismiss"
    assert (await lead.post(path)).json()["state"] == "dismissed"
    assert (await items(lead))[BILLS[0]]["value"] < before
    await talk.held({"花呗分期怎么弄": UNKNOWN})
    assert (await lead.get(CLUSTERS)).json()["items"] == []
    assert len(await items(lead)) == 4, "its messages stay in the queue"


async def test_an_erasure_takes_a_customers_words_out_of_queue_entries_and_drafts(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, _, _), *_ = await keys(rig)
    visitors = [await talk.held({text: UNKNOWN}) for text in BILLS]
    customer = await rig.scalar(
        "SELECT customer_id FROM conversation WHERE id = :id", id=visitors[0].conversation_id
    )
    await talk.held({"我的积分去哪了": UNKNOWN}, visitors[0])
    item = (await items(lead))["我的积分去哪了"]
    label = {"kind": "faq", "key": one}
    assert (await decide(lead, item, decision="wrong", label=label)).status_code == 200
    (cluster,) = (await lead.get(CLUSTERS)).json()["items"]
    key = (await lead.post(f"{CLUSTERS}/{cluster['id']}/propose")).json()["key"]
    async with rig.database.transaction() as tx:
        assert await erasure.forget(tx, customer) == 2
    assert await questions(rig, one, "我的积分去哪了") == 0
    kept = await rig.rows("SELECT content::text AS content FROM knowledge_version")
    assert not any("我的积分去哪了" in row.content for row in kept)
    draft = await rig.scalar(
        "SELECT content -> 'questions' FROM knowledge_draft WHERE key = :key", key=key
    )
    assert BILLS[0] not in draft
    assert await rig.scalar("SELECT count(*) FROM review_item") == 2
