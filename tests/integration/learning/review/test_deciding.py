"""Messages worth a look are decided, learned from and taken back."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from api.learning.review import collecting
from tests.support.reviewing import (
    REVIEW,
    UNKNOWN,
    Talk,
    answer,
    decide,
    items,
    keys,
    lines,
    questions,
    queue,
)
from tests.support.rig import Rig

PHONE = "13912345678"


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
