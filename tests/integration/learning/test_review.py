"""Messages worth a look: found, shown, decided, learned from, taken back and forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.assistant import Answer, Guess, Ranked, Reply, Understanding
from api.learning.review import clusters, collecting, erasure
from api.models import ReleaseProof
from classifier.likeness import vectors_of
from tests.support.labelling import LabelledByText, RecordedBot, labels_of
from tests.support.releases import add_release
from tests.support.rig import Rig, Visitor

REVIEW = "/api/v1/learning/review"
CLUSTERS = "/api/v1/learning/clusters"
PHONE = "13912345678"


def answer(
    outcome: str,
    intent: str,
    confidence: float = 0.9,
    *,
    ranking: Mapping[str, float] | None = None,
    answers: Mapping[str, float] | None = None,
    suggestions: tuple[str, ...] = (),
) -> Answer:
    return Answer(
        replies=(Reply(text=f"回答：{outcome}"),),
        outcome=outcome,  # type: ignore[arg-type]
        answers=tuple(Ranked(key=key, score=score) for key, score in (answers or {}).items()),
        suggestions=suggestions,
        nlu=Understanding(
            intent=Guess(name=intent, confidence=confidence),
            faq_ranking=tuple(Ranked(key=k, score=s) for k, s in (ranking or {}).items()),
        ),
    )


UNKNOWN = answer("fallback", "nlu_fallback", 0.2)


class Talk:
    """Customers and a bot that answers each of their sentences in a known way."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    async def held(
        self, said: Mapping[str, Answer], visitor: Visitor | None = None, category: str = "other"
    ) -> Visitor:
        """A conversation; the queue knows of it afterwards."""
        visitor = visitor or await self.rig.visitor()
        labeller = LabelledByText({text: labels_of(category=category) for text in said})
        for text in said:
            await visitor.say(text)
            await self.rig.run_turns(RecordedBot(dict(said)), labeller)
        await collecting.collect(self.rig.database)
        return visitor


@pytest.fixture
def talk(rig: Rig) -> Talk:
    return Talk(rig)


@pytest.fixture
async def lead(rig: Rig) -> httpx.AsyncClient:
    return await rig.staff("supervisor")


async def keys(rig: Rig, count: int = 2) -> list[tuple[str, str, str]]:
    """Entries with their questions and categories."""
    rows = await rig.rows("SELECT key, question, category FROM knowledge_entry ORDER BY key")
    return [(row.key, row.question, row.category) for row in rows[:count]]


async def queue(http: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    found = await http.get(REVIEW, params=params)
    assert found.status_code == 200, found.text
    page: dict[str, Any] = found.json()
    return page


async def items(http: httpx.AsyncClient, **params: str) -> dict[str, dict[str, Any]]:
    return {item["text"]: item for item in (await queue(http, **params))["items"]}


async def decide(http: httpx.AsyncClient, item: Mapping[str, Any], **body: Any) -> httpx.Response:
    return await http.post(f"{REVIEW}/{item['message_id']}", json=body)


async def lines(rig: Rig, text: str) -> list[tuple[str, str, str, str]]:
    rows = await rig.rows(
        "SELECT kind, label, state, source FROM training_line WHERE text = :text"
        " ORDER BY kind, label",
        text=text,
    )
    return [tuple(row) for row in rows]


async def test_what_the_customer_says_next_decides_what_a_look_is_worth(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, question, _), (other, _, _) = await keys(rig)
    await talk.held(
        {
            "运费谁出": answer("faq", "faq", ranking={one: 0.9}, answers={one: 0.9}),
            "没用": answer("fallback", "answer_not_helpful"),
            "退货要多久": answer(
                "suggestions", "faq", ranking={one: 0.5}, suggestions=(one, other)
            ),
            question: answer("faq", "faq", ranking={one: 1.0}, answers={one: 1.0}),
            "你好": answer("small_talk", "greet", 0.4),
        }
    )
    found = await items(lead)
    assert {text: item["reasons"][0]["code"] for text, item in found.items()} == {
        "运费谁出": "rejected",
        "退货要多久": "taken",
    }
    assert list(found) == ["运费谁出", "退货要多久"]
    assert found["退货要多久"]["guess"]["key"] == one
    assert found["运费谁出"]["answers"] == ["回答：faq"]
    assert [line["text"] for line in found["运费谁出"]["after"]] == ["没用", "回答：fallback"]
    page = await queue(lead, reason="taken")
    assert [item["text"] for item in page["items"]] == ["退货要多久"]
    assert page["open"] == 2
    assert page["reasons"]["rejected"] == 1


async def test_what_happens_later_raises_an_item(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, _, _), *_ = await keys(rig)
    unsure = answer("suggestions", "faq", ranking={one: 0.3}, suggestions=(one,))
    visitor = await talk.held({"怎么换地址": unsure})
    before = (await items(lead))["怎么换地址"]
    await talk.held({"都不是": answer("fallback", "none_of_these")}, visitor)
    refused = (await items(lead))["怎么换地址"]
    assert refused["value"] > before["value"]
    assert refused["reasons"][0]["code"] == "refused"
    await talk.held({"转人工": UNKNOWN}, visitor)
    assert (await items(lead))["怎么换地址"]["value"] > refused["value"]


async def test_an_agents_correction_brings_a_message_and_is_learned_once_accepted(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    await talk.held(
        {"约好上门的师傅一直没露面呢": answer("task", "request_repair", 0.95)}, category="logistics"
    )
    assert await items(lead) == {}
    conversation = await rig.scalar("SELECT id FROM conversation")
    body = {"category": "aftersales"}
    changed = await lead.put(f"/api/v1/conversations/{conversation}/labels", json=body)
    assert changed.status_code == 200, changed.text
    await collecting.collect(rig.database)
    item = (await items(lead))["约好上门的师傅一直没露面呢"]
    (corrected,) = item["corrected"]
    assert corrected["said"]["key"] == "logistics"
    triage = {corrected["target"]: corrected["corrected"]["key"]}
    decided = await decide(lead, item, decision="right", triage=triage)
    assert decided.status_code == 200, decided.text
    assert await lines(rig, "约好上门的师傅一直没露面呢") == [
        ("intent", "request_repair", "active", "review"),
        ("triage", "aftersales", "active", "correction"),
    ]


async def test_a_wrong_answer_becomes_a_question_of_the_right_entry_and_is_taken_back(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, _, _), (other, _, _) = await keys(rig)
    text = f"号码{PHONE}绑定的会员怎么改"
    await talk.held(
        {
            text: answer("faq", "faq", ranking={one: 0.9}, answers={one: 0.9}),
            "不对": answer("fallback", "answer_not_helpful"),
        }
    )
    ((shown, item),) = (await items(lead)).items()
    assert PHONE not in shown
    wish = {"decision": "wrong", "label": {"kind": "faq", "key": other}}
    assert (await decide(lead, item, **wish)).json()["decided"]["label"]["key"] == other
    assert (await decide(lead, item, **wish)).status_code == 200, "the same again is harmless"
    assert await questions(rig, other, shown) == 1
    settled = (await lead.get(f"{REVIEW}/{item['message_id']}")).json()
    assert not settled["decided"]["known"]
    assert (await queue(lead))["items"] == []
    admin = await rig.staff("admin")
    refused = await decide(admin, item, **wish)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    again = await decide(lead, item, decision="skip")
    assert again.status_code == 409
    back = await lead.post(f"{REVIEW}/{item['message_id']}/reopen")
    assert (back.status_code, back.json()["state"]) == (200, "open")
    assert await questions(rig, other, shown) == 0
    assert shown in await items(lead)


async def test_words_that_an_entry_has_already_settle_the_item_without_a_new_wording(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    ((key, question, _),) = await keys(rig, 1)
    await talk.held({f"{question}？": UNKNOWN})
    ((_, item),) = (await items(lead)).items()
    version = await rig.scalar("SELECT version FROM knowledge_entry WHERE key = :key", key=key)
    done = await decide(lead, item, decision="wrong", label={"kind": "faq", "key": key})
    assert (done.json()["state"], done.json()["decided"]["known"]) == ("done", True), done.text
    assert (await queue(lead))["items"] == []
    now = await rig.scalar("SELECT version FROM knowledge_entry WHERE key = :key", key=key)
    assert now == version


async def test_what_was_offered_to_the_customer_is_shown_with_the_message(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, first, _), (other, second, _) = await keys(rig)
    ranking = {one: 0.4, other: 0.3}
    offered = answer("suggestions", "faq", ranking=ranking, suggestions=(one, other))
    refused = answer("fallback", "none_of_these")
    await talk.held({"会员的事": offered, "都不是": refused})
    assert (await items(lead))["会员的事"]["suggestions"] == [first, second]


async def questions(rig: Rig, key: str, text: str) -> int:
    query = """SELECT count(*) FROM knowledge_question question
        JOIN knowledge_entry entry ON entry.id = entry_id WHERE key = :key AND text = :text"""
    return int(await rig.scalar(query, key=key, text=text))


async def test_lines_are_learned_as_what_they_are_and_stand_as_before_once_taken_back(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    await talk.held(
        {"我要退掉这台破机器": UNKNOWN, "来一段相声解解闷儿": UNKNOWN, "这事谁管": UNKNOWN}
    )
    found = await items(lead)
    wrong = {"decision": "wrong"}
    returned = found["我要退掉这台破机器"]
    for kind, key, text in (
        ("intent", "request_return", "我要退掉这台破机器"),
        ("out_of_scope", "", "来一段相声解解闷儿"),
        ("human", "", "这事谁管"),
    ):
        label = {"kind": kind, "key": key}
        assert (await decide(lead, found[text], **wrong, label=label)).status_code == 200
    kept = [("intent", "request_return", "active", "review")]
    assert await lines(rig, "我要退掉这台破机器") == kept
    assert await lines(rig, "来一段相声解解闷儿") == [
        ("intent", "out_of_scope", "active", "review")
    ]
    assert await lines(rig, "这事谁管") == [("human", "1", "active", "review")]
    path = f"{REVIEW}/{returned['message_id']}/reopen"
    assert (await lead.post(path)).status_code == 200
    assert await lines(rig, "我要退掉这台破机器") == [
        ("intent", "request_return", "removed", "review")
    ]
    label = {"kind": "intent", "key": "no_such_thing"}
    refused = await decide(lead, returned, **wrong, label=label)
    assert refused.json()["error"]["code"] == "not_learnable"
    assert (await items(lead))["我要退掉这台破机器"]["state"] == "open"


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "wrong"},
        {"decision": "right", "label": {"kind": "human"}},
        {"decision": "skip", "triage": {"nature": "complaint"}},
        {"decision": "wrong", "triage": {"nature": "no_such_nature"}},
        {"decision": "wrong", "label": {"kind": "faq"}},
    ],
)
async def test_decisions_that_say_nothing_are_refused(
    talk: Talk, lead: httpx.AsyncClient, body: dict[str, Any]
) -> None:
    await talk.held({"嗯那个": UNKNOWN})
    (item,) = (await items(lead)).values()
    assert (await decide(lead, item, **body)).status_code == 422


async def test_what_somebody_has_decided_today_is_counted_on_every_machine(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    await talk.held({f"第 {number} 句听不懂的话": UNKNOWN for number in range(4)})
    first, second, third, _ = (await items(lead)).values()
    assert (await queue(lead))["done_today"] == 0
    for item in (first, second, third):
        assert (await decide(lead, item, decision="skip")).status_code == 200
    elsewhere, other = await rig.staff("supervisor"), await rig.staff("admin")
    assert (await queue(elsewhere))["done_today"] == 3
    assert (await queue(other))["done_today"] == 0
    listed = (await elsewhere.get(f"{REVIEW}/today")).json()["items"]
    assert [each["text"] for each in listed] == [third["text"], second["text"], first["text"]]
    assert {each["decided"]["decision"] for each in listed} == {"skip"}
    assert (await other.get(f"{REVIEW}/today")).json()["items"] == []
    await elsewhere.post(f"{REVIEW}/{first['message_id']}/reopen")
    assert (await queue(lead))["done_today"] == 2
    assert len((await lead.get(f"{REVIEW}/today")).json()["items"]) == 2
    midnight = "date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai') AT TIME ZONE 'Asia/Shanghai'"
    await rig.rows(
        f"UPDATE review_item SET decided_at = {midnight} - interval '1 second' "
        "WHERE message_id = :id RETURNING 1",
        id=second["message_id"],
    )
    await rig.rows(
        f"UPDATE review_item SET decided_at = {midnight} WHERE message_id = :id RETURNING 1",
        id=third["message_id"],
    )
    assert (await queue(lead))["done_today"] == 1


async def test_look_alikes_are_decided_with_one_key(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, _, _), *_ = await keys(rig)
    alike = ["花呗可以分期吗", "可以花呗分期吗", "能用花呗分期吗"]
    for text in alike:
        await talk.held({text: UNKNOWN})
    await talk.held({"今天天气真不错": UNKNOWN})
    found = await items(lead)
    near = await lead.get(f"{REVIEW}/{found[alike[0]]['message_id']}/alike")
    assert {each["item"]["text"] for each in near.json()["items"]} == set(alike[1:])
    assert found[alike[0]]["alike"] == 2
    assert found[alike[0]]["value"] > found["今天天气真不错"]["value"]
    ids = [found[text]["message_id"] for text in alike]
    body = {"decision": "wrong", "label": {"kind": "faq", "key": one}}
    version = await rig.scalar("SELECT version FROM knowledge_entry WHERE key = :key", key=one)
    done = await lead.post(f"{REVIEW}/bulk", json={**body, "message_ids": [*ids, str(UUID(int=1))]})
    assert [each["done"] for each in done.json()["items"]] == [True, True, True, False]
    assert done.json()["items"][-1]["code"] == "not_found"
    assert sum([await questions(rig, one, text) for text in alike]) == 3
    now = await rig.scalar("SELECT version FROM knowledge_entry WHERE key = :key", key=one)
    assert now == version + 1, "one version for all of them"


async def test_pages_go_on_where_the_last_one_ended(talk: Talk, lead: httpx.AsyncClient) -> None:
    await talk.held({f"说的是第{name}件怪事": UNKNOWN for name in "甲乙丙丁戊"})
    first = await queue(lead, limit="2")
    second = await queue(lead, limit="2", cursor=first["next"])
    third = await queue(lead, limit="2", cursor=second["next"])
    seen = [item["message_id"] for page in (first, second, third) for item in page["items"]]
    assert len(set(seen)) == len(seen) == 5
    assert third["next"] is None
    assert (await lead.get(REVIEW, params={"cursor": "nonsense"})).status_code == 422


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


async def test_the_queue_is_filled_once_turns_have_ended(rig: Rig, lead: httpx.AsyncClient) -> None:
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'desk:review'"
    await collecting.mind(rig.database, rig.desk.queue)
    assert await rig.scalar(jobs) == 0, "nobody has said anything"
    visitor = await rig.visitor()
    await visitor.say("说不清的事")
    await rig.run_turns(RecordedBot({"说不清的事": UNKNOWN}), LabelledByText())
    for _ in range(2):
        await collecting.mind(rig.database, rig.desk.queue)
    assert await rig.scalar(jobs) == 1, "one job at a time"
    assert await collecting.collect(rig.database) == 1
    await rig.rows("DELETE FROM procrastinate_jobs RETURNING id")
    await collecting.mind(rig.database, rig.desk.queue)
    assert await rig.scalar(jobs) == 0, "nothing new since"
    assert list(await items(lead)) == ["说不清的事"]


async def test_what_the_release_on_trial_would_do_otherwise_is_worth_a_look(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    await talk.held({"我的货呢": answer("task", "track_order", 0.95)})
    assert await items(lead) == {}
    live, canary = await add_release(rig, "live"), await add_release(rig, "canary")
    changed = [{"message_id": str(await rig.scalar("SELECT message_id FROM turn"))}]
    async with rig.database.transaction() as tx:
        result = {"parts": [], "replay": {"messages": 1, "changed": changed}}
        tx.add(ReleaseProof(release=canary, against=live, result=result))
    await collecting.collect(rig.database)
    ((text, item),) = (await items(lead)).items()
    assert text == "我的货呢"
    assert [reason["code"] for reason in item["reasons"]] == ["releases_differ"]


async def test_a_recalled_message_is_shown_to_nobody(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    await talk.held({"不想让人看到的话": UNKNOWN})
    assert len(await items(lead)) == 1
    await rig.rows("UPDATE message SET recalled_at = now() WHERE seq = 1 RETURNING id")
    page = await queue(lead)
    assert (page["items"], page["open"], page["reasons"]) == ([], 0, {})


async def test_of_two_who_decide_at_once_one_is_told(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    await talk.held({"这个怎么弄来着": UNKNOWN})
    (item,) = (await items(lead)).values()
    admin = await rig.staff("admin")
    label = {"kind": "intent", "key": "open_ticket"}
    answers = await asyncio.gather(
        decide(lead, item, decision="wrong", label=label), decide(admin, item, decision="skip")
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    assert len(await lines(rig, "这个怎么弄来着")) == (answers[0].status_code == 200)
    theirs = await lead.post(f"{REVIEW}/{item['message_id']}/reopen")
    assert theirs.status_code == (200 if answers[0].status_code == 200 else 409)
    assert (await admin.post(f"{REVIEW}/{item['message_id']}/reopen")).status_code == 200
