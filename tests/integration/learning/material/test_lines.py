"""Lines are added once, under one label, masked; taken away, put back, and every change is kept."""

from __future__ import annotations

from uuid import uuid4

import pytest

from tests.support.material import LINES, add, line_of
from tests.support.rig import Rig

HISTORY = "/api/v1/learning/history"


async def test_lines_are_added_once_however_often_they_are_sent(rig: Rig) -> None:
    admin = await rig.staff("admin")
    texts = ["冰箱门关不严叫人来看", "冰箱门关不严，叫人来看！"]
    first = await add(admin, "intent", "request_repair", *texts)
    assert ([it["text"] for it in first["added"]], len(first["known"])) == (texts[:1], 1)
    again = await add(admin, "intent", "request_repair", *texts)
    assert (again["added"], len(again["known"]), again["refused"]) == ([], 2, [])
    found = await admin.get(LINES, params={"kind": "intent", "query": "关不严叫人"})
    assert [it["text"] for it in found.json()["items"]] == texts[:1]


async def test_numbers_are_masked_before_a_line_is_kept(rig: Rig) -> None:
    admin = await rig.staff("admin")
    done = await add(admin, "intent", "call_back", "打 13912345678 找我", "打13912345678找我！")
    assert [it["text"] for it in done["added"]] == ["打 139****5678 找我"]
    assert (
        await rig.scalar("SELECT count(*) FROM training_line WHERE text LIKE '%13912345678%'") == 0
    )
    bundled = await add(admin, "intent", "inform", "13900001234")
    assert (len(bundled["known"]), bundled["added"]) == (1, [])


async def test_what_is_learned_names_nobody(rig: Rig) -> None:
    admin = await rig.staff("admin")
    said = "我叫张三丰，发票寄到杭州市西湖区文三路90号，抄送 san.feng@qq.com"
    done = await add(admin, "triage", "invoice", said)
    (kept,) = [it["text"] for it in done["added"]]
    assert kept == "我叫某某，发票寄到某市某区某路1号，抄送 mail@example.com"
    again = await add(admin, "triage", "invoice", said)
    assert (again["added"], len(again["known"])) == ([], 1)


async def test_a_move_takes_a_text_from_all_labels_it_has(rig: Rig) -> None:
    """As it comes with the desk and masked it is two lines, which may have two labels."""
    admin = await rig.staff("admin")
    assert (await line_of(rig, "intent", "13900001234")).label == "inform"
    await add(admin, "intent", "call_back", "139****1234")
    for label in ("ask_human", "call_back", "inform"):
        await add(admin, "intent", label, "13900001234", move=True)
        rows = await rig.rows(
            """SELECT DISTINCT label FROM training_line WHERE kind = 'intent' AND state = 'active'
            AND text IN ('13900001234', '139****1234')"""
        )
        assert [row.label for row in rows] == [label]


async def test_what_cannot_be_is_named_and_the_rest_is_added(rig: Rig) -> None:
    admin = await rig.staff("admin")
    question = await rig.scalar("SELECT question FROM knowledge_entry ORDER BY key LIMIT 1")
    done = await add(
        admin, "intent", "request_repair",
        "", "修[冰箱](thing)", "修[冰箱](product", "我要退货", question, "阳台推拉门修一下",
    )  # fmt: skip
    assert [(it["index"], it["code"]) for it in done["refused"]] == [
        (0, "empty"),
        (1, "unknown_entity"),
        (2, "bad_mark"),
        (3, "other_label"),
        (4, "in_knowledge"),
    ]
    assert done["refused"][3]["label"] == "request_return"
    assert done["refused"][3]["line_id"] == str((await line_of(rig, "intent", "我要退货")).id)
    assert done["refused"][4]["label"].startswith("faq/")
    assert done["refused"][0]["message"] == "没有内容"
    assert [it["text"] for it in done["added"]] == ["阳台推拉门修一下"]
    unknown = await add(admin, "intent", "no_such_intent", "阳台推拉门再修一下")
    assert [it["code"] for it in unknown["refused"]] == ["unknown_label"]


async def test_a_text_is_moved_from_one_label_to_another_and_back(rig: Rig) -> None:
    admin = await rig.staff("admin")
    before = await line_of(rig, "intent", "我要退货")
    moved = await add(admin, "intent", "request_exchange", "我要退货", move=True)
    assert [(it["label"], it["state"]) for it in moved["added"]] == [("request_exchange", "active")]
    refused = await admin.post(f"{LINES}/{before.id}/restore")
    assert refused.status_code == 409
    assert refused.json()["error"]["code"] == "line_conflict"
    assert refused.json()["error"]["details"]["label"] == "request_exchange"
    back = await add(admin, "intent", "request_return", "我要退货", move=True)
    assert [it["id"] for it in back["added"]] == [str(before.id)]
    rows = await rig.rows("SELECT label, state FROM training_line WHERE text = '我要退货'"
                          " AND kind = 'intent'")  # fmt: skip
    assert {tuple(row) for row in rows} == {
        ("request_return", "active"),
        ("request_exchange", "removed"),
    }


async def test_a_request_is_given_labels_it_lacks_and_others_only_when_moved(rig: Rig) -> None:
    admin = await rig.staff("admin")
    text = "阳台的伸缩杆自己掉下来了"
    await add(admin, "triage", "quality", text)
    more = await add(admin, "triage", "quality", text, labels={"impact": "4", "urgency": 2})
    assert more["added"][0]["labels"] == {"category": "quality", "impact": "4", "urgency": "2"}
    other = await add(admin, "triage", "quality", text, labels={"impact": "3"})
    assert [it["code"] for it in other["refused"]] == ["other_label"]
    moved = await add(admin, "triage", "aftersales", text, labels={"impact": "3"}, move=True)
    assert moved["added"][0]["labels"] == {"category": "aftersales", "impact": "3"}


async def test_what_was_removed_is_put_back_and_all_of_it_is_in_the_history(rig: Rig) -> None:
    admin, supervisor = await rig.staff("admin"), await rig.staff("supervisor")
    line = (await add(admin, "intent", "greet", "哈喽呀各位"))["added"][0]
    for action, state in (("remove", "removed"), ("remove", "removed"), ("restore", "active")):
        answer = await admin.post(f"{LINES}/{line['id']}/{action}")
        assert (answer.status_code, answer.json()["state"]) == (200, state)
    changes = await supervisor.get(HISTORY, params={"kind": "line", "subject": line["id"]})
    items = changes.json()["items"]
    assert [it["action"] for it in items] == ["restored", "removed", "added"]
    assert items[1]["changes"] == [{"field": "state", "before": "active", "after": "removed"}]
    assert items[0]["by"]["display_name"] == "管理员"
    for action in ("remove", "restore"):
        assert (await admin.post(f"{LINES}/{uuid4()}/{action}")).status_code == 404


async def test_lines_are_turned_page_by_page(rig: Rig) -> None:
    supervisor = await rig.staff("supervisor")
    asked = {"kind": "intent", "label": "thank", "limit": 40}
    seen: list[str] = []
    cursor = None
    while True:
        page = await supervisor.get(
            LINES, params={**asked, **({"cursor": cursor} if cursor else {})}
        )
        seen += [it["id"] for it in page.json()["items"]]
        cursor = page.json()["next"]
        if cursor is None:
            break
    labels = (await supervisor.get("/api/v1/learning/labels", params={"kind": "intent"})).json()
    (thank,) = [it for it in labels["items"] if it["label"] == "thank"]
    assert (len(seen), len(set(seen))) == (thank["lines"], thank["lines"])
    assert thank["title"] == "致谢"


@pytest.mark.parametrize("query", ["%", "_", "\\"])
async def test_a_search_takes_its_words_literally(rig: Rig, query: str) -> None:
    supervisor = await rig.staff("supervisor")
    found = await supervisor.get(LINES, params={"kind": "triage", "query": query})
    assert all(query in item["text"] for item in found.json()["items"])


async def test_words_and_synonyms_are_lines_too(rig: Rig) -> None:
    admin = await rig.staff("admin")
    words = await add(admin, "word", "product", "空气循环扇", "立式 风扇")
    assert words["added"][0]["labels"] == {"frequency": 1000}
    assert [it["code"] for it in words["refused"]] == ["no_word"]
    same = await add(admin, "synonym", "空气循环扇", "循环扇")
    assert [it["label"] for it in same["added"]] == ["空气循环扇"]
