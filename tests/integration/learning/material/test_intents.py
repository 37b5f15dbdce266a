"""Intents of one's own have an answer or a person; those of the bot keep their dialogues."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from api.learning.material import snapshot
from api.learning.wishes import write_wishes
from tests.support.material import add
from tests.support.rig import Rig

INTENTS = "/api/v1/learning/intents"
RESPONSES = "/api/v1/learning/responses"
OPENING = {
    "name": "opening_hours",
    "title": "问营业时间",
    "kind": "chitchat",
    "texts": ["我们全年无休，每天 8 点到 22 点有人工客服。"],
    "examples": [f"你们{when}开门吗" for when in ("周日", "春节", "国庆", "晚上", "元旦")],
}


async def listed(http: httpx.AsyncClient) -> dict[str, Any]:
    return {it["name"]: it for it in (await http.get(INTENTS)).json()["items"]}


async def taken(rig: Rig, folder: Path) -> Path:
    async with rig.database.transaction() as tx:
        snapshot.write(folder, await snapshot.read(tx))
    return folder


async def test_an_intent_of_ones_own_is_taken_in_once_it_has_examples(
    rig: Rig, tmp_path: Path
) -> None:
    admin = await rig.staff("admin")
    few = {**OPENING, "examples": OPENING["examples"][:4]}
    made = await admin.post(INTENTS, json=few)
    assert made.status_code == 201, made.text
    assert (made.json()["name"], made.json()["taken_in"]) == ("chat_opening_hours", False)
    before = await taken(rig, tmp_path / "before")
    assert not (before / "bot" / "domain" / "own.yml").exists()
    assert "开门吗" not in (before / "intents" / "examples.yml").read_text("utf-8")
    await add(admin, "intent", "chat_opening_hours", OPENING["examples"][4])
    assert (await listed(admin))["chat_opening_hours"]["taken_in"]
    after = await taken(rig, tmp_path / "after")
    domain = yaml.safe_load((after / "bot" / "domain" / "own.yml").read_text("utf-8"))
    assert domain["responses"] == {"utter_chat_opening_hours": [{"text": OPENING["texts"][0]}]}
    assert (await admin.post(INTENTS, json=few)).json()["error"]["code"] == "name_taken"
    changed = {"version": 1, "texts": ["周一到周日都在。"]}
    answer = await admin.put(f"{RESPONSES}/utter_chat_opening_hours", json=changed)
    assert answer.json()["texts"] == changed["texts"]
    off = await admin.patch(f"{INTENTS}/chat_opening_hours", json={"version": 1, "active": False})
    assert off.json()["taken_in"] is False
    gone = await taken(rig, tmp_path / "gone")
    assert "开门吗" not in (gone / "intents" / "examples.yml").read_text("utf-8")


async def test_what_goes_to_a_person_is_no_wish_for_one(rig: Rig, tmp_path: Path) -> None:
    admin = await rig.staff("admin")
    examples = [f"{what}找你们招商经理谈" for what in ("加盟", "代理", "批发", "供货", "合作")]
    wanted = {"name": "wholesale", "title": "招商合作", "kind": "handoff", "examples": examples}
    made = await admin.post(INTENTS, json=wanted)
    assert made.json()["name"] == "ask_human_wholesale"
    data = await taken(rig, tmp_path / "data")
    rules = yaml.safe_load((data / "bot" / "rules" / "own.yml").read_text("utf-8"))["rules"]
    assert rules[0]["steps"][1] == {"action": "action_transfer_to_human"}
    write_wishes(data, tmp_path / "wishes.tsv")
    assert "招商经理" not in (tmp_path / "wishes.tsv").read_text("utf-8")


@pytest.mark.parametrize(
    "change",
    [{"texts": []}, {"kind": "handoff"}, {"kind": "task", "texts": []}, {"name": "Opening"}],
)
async def test_an_intent_that_leads_nowhere_is_refused(rig: Rig, change: dict[str, Any]) -> None:
    admin = await rig.staff("admin")
    assert (await admin.post(INTENTS, json={**OPENING, **change})).status_code == 422


async def test_examples_that_cannot_be_are_named_and_nothing_is_added(rig: Rig) -> None:
    admin = await rig.staff("admin")
    good, long = "你们周日开门吗", "长" * 1_500
    examples = [good, "你们[周日](weekday", "你好", long]
    refused = await admin.post(INTENTS, json={**OPENING, "examples": examples})
    assert refused.status_code == 422, refused.text
    error = refused.json()["error"]
    assert error["code"] == "bad_examples"
    found = [(it["index"], it["text"], it["code"]) for it in error["details"]["examples"]]
    assert found == [
        (1, examples[1], "bad_mark"),
        (2, "你好", "other_label"),
        (3, long, "too_long"),
    ]
    assert [it["label"] for it in error["details"]["examples"]] == [None, "greet", None]
    assert all(it["message"] for it in error["details"]["examples"])
    assert "chat_opening_hours" not in await listed(admin)
    history = await admin.get("/api/v1/learning/history", params={"kind": "intent"})
    assert history.json()["items"] == []
    again = await admin.post(INTENTS, json={**OPENING, "examples": [good]})
    assert (again.status_code, again.json()["lines"]) == (201, 1)


async def test_a_task_is_switched_off_but_nothing_dialogues_need(rig: Rig, tmp_path: Path) -> None:
    admin = await rig.staff("admin")
    off = {"version": 1, "active": False}
    refused = await admin.patch(f"{INTENTS}/affirm", json=off)
    assert refused.json()["error"]["code"] == "intent_needed"
    assert (await admin.patch(f"{INTENTS}/request_repair", json=off)).json()["taken_in"] is False
    data = await taken(rig, tmp_path / "data")
    for path in [*(data / "intents").glob("*.yml"), *(data / "bot" / "data").glob("*.yml")]:
        blocks = yaml.safe_load(path.read_text("utf-8"))["nlu"]
        assert "request_repair" not in {block.get("intent") for block in blocks}
    again = await admin.patch(f"{INTENTS}/request_repair", json={"version": 1, "active": True})
    assert again.json()["error"]["code"] == "conflict"


async def test_the_bot_says_something_else_and_what_it_said_again(rig: Rig, tmp_path: Path) -> None:
    admin = await rig.staff("admin")
    place = f"{RESPONSES}/utter_goodbye"
    before = (await admin.get(place)).json()
    texts = ["再见，欢迎下次再来。"]
    changed = await admin.put(place, json={"version": 0, "texts": texts})
    assert (changed.json()["texts"], changed.json()["changed"]) == (texts, True)
    data = await taken(rig, tmp_path / "data")
    domain = yaml.safe_load((data / "bot" / "domain" / "small_talk.yml").read_text("utf-8"))
    assert [it["text"] for it in domain["responses"]["utter_goodbye"]] == texts
    assert (await admin.put(place, json={"version": 0, "texts": texts})).status_code == 409
    back = (await admin.put(place, json={"version": 1, "texts": []})).json()
    assert (back["texts"], back["changed"], back["version"]) == (before["texts"], False, 2)
    history = await admin.get("/api/v1/learning/history", params={"subject": "utter_goodbye"})
    assert [it["changes"][0]["after"] for it in history.json()["items"]] == [
        before["texts"],
        texts,
    ]


async def test_a_text_has_only_what_can_be_filled_in(rig: Rig) -> None:
    admin = await rig.staff("admin")
    refused = await admin.put(
        f"{RESPONSES}/utter_goodbye", json={"version": 0, "texts": ["再见，{name}"]}
    )
    assert refused.json()["error"]["code"] == "unknown_placeholder"
    assert refused.json()["error"]["details"]["unknown"] == ["name"]
    assert (await admin.get(f"{RESPONSES}/utter_no_such")).status_code == 404
    with_names = next(
        it for it in (await admin.get(RESPONSES)).json()["items"] if it["placeholders"]
    )
    kept = {"version": 0, "texts": [f"好的 {{{with_names['placeholders'][0]}}}"]}
    assert (await admin.put(f"{RESPONSES}/{with_names['key']}", json=kept)).status_code == 200
