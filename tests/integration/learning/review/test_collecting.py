"""Messages worth a look are found, weighed and shown."""

from __future__ import annotations

import httpx

from api.learning.review import collecting
from api.models import ReleaseProof
from tests.support.labelling import LabelledByText, RecordedBot
from tests.support.releases import add_release
from tests.support.reviewing import (
    REVIEW,
    UNKNOWN,
    Talk,
    answer,
    items,
    keys,
    queue,
)
from tests.support.rig import Rig


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
    assert found["运费谁出"]["before"] == []
    assert [line["text"] for line in found["退货要多久"]["before"]] == ["没用", "回答：fallback"]
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


async def test_what_was_offered_to_the_customer_is_shown_with_the_message(
    rig: Rig, talk: Talk, lead: httpx.AsyncClient
) -> None:
    (one, first, _), (other, second, _) = await keys(rig)
    ranking = {one: 0.4, other: 0.3}
    offered = answer("suggestions", "faq", ranking=ranking, suggestions=(one, other))
    refused = answer("fallback", "none_of_these")
    await talk.held({"会员的事": offered, "都不是": refused})
    assert (await items(lead))["会员的事"]["suggestions"] == [first, second]


async def test_pages_go_on_where_the_last_one_ended(talk: Talk, lead: httpx.AsyncClient) -> None:
    await talk.held({f"说的是第{name}件怪事": UNKNOWN for name in "甲乙丙丁戊"})
    first = await queue(lead, limit="2")
    second = await queue(lead, limit="2", cursor=first["next"])
    third = await queue(lead, limit="2", cursor=second["next"])
    seen = [item["message_id"] for page in (first, second, third) for item in page["items"]]
    assert len(set(seen)) == len(seen) == 5
    assert third["next"] is None
    assert (await lead.get(REVIEW, params={"cursor": "nonsense"})).status_code == 422


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
