"""Drafts, their review, versions, and what may not be published."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.ids import now, today
from tests.support.rig import Rig

PATH = "/api/v1/knowledge"
NEW = {
    "category": "refund",
    "question": "退货运费谁来出",
    "questions": ["退回去的邮费算谁的"],
    "answer": "**质量问题**由我们承担，见[说明](https://shop.test/a)。",
    "buttons": [{"title": "申请退货", "text": "我要退货"}],
    "variants": {"wechat": "- 质量问题我们出\n- 其他您出"},
}
ENTRY = "refund_freight_test"


async def lookup(rig: Rig, key: str, conversation_id: object = None) -> list[dict[str, Any]]:
    body = {"keys": [key], "conversation_id": str(conversation_id) if conversation_id else None}
    found = await (await rig.gateway()).post("/internal/v1/knowledge/lookup", json=body)
    entries: list[dict[str, Any]] = found.json()["entries"]
    return entries


async def published(staff: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    body = {"key": ENTRY, "content": {**NEW, **changes}, "publish": True}
    answer = await staff.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    page: dict[str, Any] = answer.json()
    return page


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_a_draft_is_nothing_to_customers_until_a_colleague_publishes_it(rig: Rig) -> None:
    author, admin = await rig.staff("supervisor"), await rig.staff("admin")
    begun = (await author.post(PATH, json={"key": ENTRY, "content": NEW})).json()
    assert (begun["entry"], begun["draft"]["state"], begun["versions"]) == (None, "draft", [])
    assert await lookup(rig, ENTRY) == []
    drafts = (await author.get(PATH, params={"state": "draft"})).json()["drafts"]
    assert [each["key"] for each in drafts] == [ENTRY]
    submitted = await author.post(f"{PATH}/{ENTRY}/draft/submit", json={"version": 1})
    assert submitted.json()["state"] == "in_review"
    own = await author.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 2})
    assert code(own) == (409, "own_draft")
    page = (await admin.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 2})).json()
    assert (page["draft"], page["entry"]["version"], page["entry"]["state"]) == (
        None,
        1,
        "published",
    )
    assert [each["version"] for each in page["versions"]] == [1]
    assert [each["key"] for each in await lookup(rig, ENTRY)] == [ENTRY]


async def test_an_admin_may_publish_what_they_sent_to_review_themselves(rig: Rig) -> None:
    admin = await rig.staff("admin")
    await admin.post(PATH, json={"key": ENTRY, "content": NEW})
    await admin.post(f"{PATH}/{ENTRY}/draft/submit", json={"version": 1})
    answer = await admin.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 2})
    assert answer.status_code == 200


async def test_who_edits_a_draft_in_review_is_its_author(rig: Rig) -> None:
    supervisor = await rig.staff("supervisor")
    admin = await rig.staff("admin")
    await admin.post(PATH, json={"key": ENTRY, "content": NEW})
    await admin.post(f"{PATH}/{ENTRY}/draft/submit", json={"version": 1})
    edited = await supervisor.put(
        f"{PATH}/{ENTRY}/draft", json={"content": {**NEW, "answer": "改过"}, "version": 2}
    )
    assert (edited.json()["state"], edited.json()["version"]) == ("draft", 3)
    await supervisor.post(f"{PATH}/{ENTRY}/draft/submit", json={"version": 3})
    own = await supervisor.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 4})
    assert code(own) == (409, "own_draft")


async def test_a_draft_of_a_change_lives_beside_the_entry_and_does_not_undo_others(
    rig: Rig,
) -> None:
    staff = await rig.staff("supervisor")
    await published(staff)
    draft = {"content": {**NEW, "answer": "新的"}}
    saved = (await staff.put(f"{PATH}/{ENTRY}/draft", json=draft)).json()
    assert (saved["base_version"], saved["version"]) == (1, 1)
    shown = (await staff.get(PATH, params={"query": NEW["question"]})).json()["items"]
    assert shown[0]["draft"]["state"] == "draft"
    await staff.put(f"{PATH}/{ENTRY}", json={"answer": "别人改的", "version": 1})
    refused = await staff.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 1})
    assert code(refused) == (409, "conflict")
    assert refused.json()["error"]["details"] == {"version": 1, "entry_version": 2}
    again = {**draft, "version": 1, "base_version": 2}
    await staff.put(f"{PATH}/{ENTRY}/draft", json=again)
    page = (await staff.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 2})).json()
    assert (page["entry"]["answer"], page["entry"]["version"]) == ("新的", 3)


async def test_of_two_who_write_one_draft_the_second_is_told(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    await staff.post(PATH, json={"key": ENTRY, "content": NEW})
    body = {"content": NEW, "version": 1}
    answers = await asyncio.gather(
        *(staff.put(f"{PATH}/{ENTRY}/draft", json=body) for _ in range(2))
    )
    assert sorted(each.status_code for each in answers) == [200, 409]
    taken = await staff.post(PATH, json={"key": ENTRY, "content": NEW})
    assert code(taken) == (409, "key_taken")


async def test_a_draft_that_is_thrown_away_stays_in_the_history_only(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    await staff.post(PATH, json={"key": ENTRY, "content": NEW})
    gone = await staff.post(f"{PATH}/{ENTRY}/draft/discard", json={"version": 1})
    assert gone.status_code == 204
    assert (await staff.get(f"{PATH}/{ENTRY}")).status_code == 404
    (row,) = await rig.rows("SELECT subject, action, before FROM learning_event")
    assert (row.subject, row.action) == (ENTRY, "discarded")
    assert row.before["question"] == NEW["question"]
    missing = await staff.post(f"{PATH}/{ENTRY}/draft/submit", json={"version": 1})
    assert code(missing) == (404, "no_draft")


async def test_versions_say_what_changed_field_by_field_and_can_be_restored(rig: Rig) -> None:
    staff, key = await rig.staff("supervisor"), "order_cancel"
    before = (await staff.get(f"{PATH}/{key}")).json()["entry"]
    questions = [*before["questions"][1:], "我想把单撤了行不行呀"]
    body = {"answer": "新答案", "questions": questions, "note": "活动期间"}
    await staff.put(f"{PATH}/{key}", json=body)
    newest, first = (await staff.get(f"{PATH}/{key}/versions")).json()["items"]
    assert (first["version"], first["content"]["answer"]) == (1, before["answer"])
    assert (newest["note"], newest["staff"]["display_name"] != "") == ("活动期间", True)
    changed = {each["field"]: each for each in newest["changes"]}
    assert set(changed) == {"answer", "questions"}
    assert changed["questions"]["added"] == ["我想把单撤了行不行呀"]
    assert changed["questions"]["removed"] == before["questions"][:1]
    restored = (await staff.post(f"{PATH}/{key}/restore", json={"version": 1})).json()
    assert (restored["answer"], restored["version"]) == (before["answer"], 3)
    assert set(restored["questions"]) == set(before["questions"])
    assert (await staff.post(f"{PATH}/{key}/restore", json={"version": 9})).status_code == 404


async def test_an_edit_that_changes_nothing_is_no_version(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    await published(staff)
    same = (await staff.put(f"{PATH}/{ENTRY}", json={"answer": NEW["answer"]})).json()
    assert same["version"] == 1


async def test_the_question_of_another_entry_cannot_be_published(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    other = (await staff.get(f"{PATH}/order_cancel")).json()["entry"]
    wording = other["questions"][0]
    body = {"key": ENTRY, "content": {**NEW, "questions": [f"{wording}？"]}, "publish": True}
    refused = await staff.post(PATH, json=body)
    assert code(refused) == (409, "question_conflict")
    (conflict,) = refused.json()["error"]["details"]["conflicts"]
    assert conflict == {
        "text": f"{wording}？",
        "key": "order_cancel",
        "question": other["question"],
    }
    kept = await staff.post(PATH, json={**body, "publish": False})
    assert kept.status_code == 201
    refused = await staff.post(f"{PATH}/{ENTRY}/draft/publish", json={"version": 1})
    assert code(refused) == (409, "question_conflict")


async def test_of_two_that_publish_one_question_at_once_only_one_does(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    bodies = [{"key": f"k{n}", "content": NEW, "publish": True} for n in range(3)]
    answers = await asyncio.gather(*(staff.post(PATH, json=body) for body in bodies))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"category": "nowhere"}, 422),
        ({"task": "fly"}, 422),
        ({"question": " "}, 422),
        ({"answer": "x" * 4001}, 422),
        ({"buttons": [{"title": "t", "text": "x"}] * 6}, 422),
        ({"variants": {"sms": "x"}}, 422),
        ({"valid_from": "2026-12-01T00:00:00Z", "valid_to": "2026-11-01T00:00:00Z"}, 422),
        ({"owner_id": "01234567-89ab-7cde-8f01-23456789abcd"}, 422),
        ({"answer": "![图](attachment:01234567-89ab-7cde-8f01-23456789abcd)"}, 422),
    ],
)
async def test_what_an_entry_cannot_be_is_refused(
    rig: Rig, change: dict[str, Any], status: int
) -> None:
    staff = await rig.staff("supervisor")
    body = {"content": {**NEW, **change}, "publish": True}
    assert (await staff.post(PATH, json=body)).status_code == status
    await published(staff)
    assert (await staff.put(f"{PATH}/{ENTRY}", json=change)).status_code == status


async def test_customers_are_answered_only_while_an_entry_is_valid(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    soon, past = now() + timedelta(hours=1), now() - timedelta(hours=1)
    await published(staff, valid_from=soon.isoformat())
    assert await lookup(rig, ENTRY) == []
    for changes, state, live in (
        ({"valid_from": past.isoformat()}, "published", True),
        ({"valid_to": soon.isoformat()}, "published", True),
        ({"valid_from": None, "valid_to": past.isoformat()}, "expired", False),
        ({"valid_to": None}, "published", True),
        ({"active": False}, "off", False),
    ):
        shown = (await staff.put(f"{PATH}/{ENTRY}", json=changes)).json()
        assert (shown["state"], bool(await lookup(rig, ENTRY))) == (state, live)
        listed = (await staff.get(PATH, params={"state": state, "query": NEW["question"]})).json()
        assert [each["key"] for each in listed["items"]] == [ENTRY]


async def test_each_channel_is_given_its_answer_in_a_form_it_can_show(rig: Rig) -> None:
    await published(await rig.staff("supervisor"))
    visitor = await rig.visitor()
    (web,) = await lookup(rig, ENTRY, visitor.conversation_id)
    assert (web["answer"], web["buttons"]) == (NEW["answer"], NEW["buttons"])
    plain = "质量问题由我们承担，见说明（https://shop.test/a）。"
    for channel, answer in (("wechat", "· 质量问题我们出\n· 其他您出"), ("wechat_kf", plain)):
        await rig.rows("UPDATE conversation SET channel = :channel RETURNING id", channel=channel)
        assert (await lookup(rig, ENTRY, visitor.conversation_id))[0]["answer"] == answer
    assert (await lookup(rig, ENTRY))[0]["answer"] == plain


async def test_a_list_is_given_in_pages_and_finds_what_is_to_be_looked_at(rig: Rig) -> None:
    staff = await rig.staff("supervisor")
    await published(staff, review_on=today().isoformat())
    due = (await staff.get(PATH, params={"due_for_review": True})).json()["items"]
    assert [each["key"] for each in due] == [ENTRY]
    seen: list[str] = []
    cursor = None
    while True:
        asked = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        page = (await staff.get(PATH, params=asked)).json()
        seen += [each["key"] for each in page["items"]]
        if (cursor := page["next"]) is None:
            break
    everything = await rig.rows("SELECT key FROM knowledge_entry")
    assert sorted(seen) == sorted(row.key for row in everything)
    assert len(set(seen)) == len(seen)


async def test_a_picture_of_an_answer_is_seen_by_every_customer(rig: Rig) -> None:
    staff, visitor = await rig.staff("supervisor"), await rig.visitor()
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c"
        "63f8cfc0f01f0005000201f5735a410000000049454e44ae426082"
    )
    sent = await staff.post(f"{PATH}/pictures", files={"file": ("a.png", png, "image/png")})
    assert sent.status_code == 201, sent.text
    picture = sent.json()["id"]
    await published(staff, answer=f"看图：![入口](attachment:{picture})")
    assert (await visitor.http.get(f"/api/v1/visitor/attachments/{picture}")).content == png
    assert (await lookup(rig, ENTRY))[0]["answer"] == "看图：（图：入口）"
    text = await staff.post(f"{PATH}/pictures", files={"file": ("a.txt", b"x", "text/plain")})
    assert code(text) == (415, "file_not_allowed")
