"""A canary gets its share of new conversations, is compared with live, and is stopped when worse."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from api.learning.rollout import watching
from api.learning.rollout.tracks import drawn
from tests.support.labelling import labels_of
from tests.support.releases import BotOfReleases, LabelledByRelease, add_release, prove
from tests.support.rig import Rig, Visitor

BASE = "/api/v1/learning"


async def on_trial(rig: Rig, share: float = 0.5) -> tuple[httpx.AsyncClient, int, int]:
    """An admin, the live release and the canary."""
    live, canary = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, canary, live)
    admin = await rig.staff("admin")
    answer = await admin.post(f"{BASE}/releases/{canary}/canary", json={"share": share})
    assert answer.status_code == 200, answer.text
    return admin, live, canary


async def track(rig: Rig, visitor: Visitor) -> str:
    query = "SELECT track FROM conversation WHERE id = :id"
    return str(await rig.scalar(query, id=visitor.conversation_id))


def test_the_share_is_kept_and_a_conversation_always_draws_the_same() -> None:
    ids = [UUID(int=number << 64 | 7 << 76 | 2 << 62) for number in range(20_000)]
    for share in (0.01, 0.1, 0.5):
        drawn_ids = [each for each in ids if drawn(each, 3, share)]
        assert abs(len(drawn_ids) / len(ids) - share) < 0.012
        assert drawn_ids == [each for each in ids if drawn(each, 3, share)]
    assert not any(drawn(each, 3, 0.0) for each in ids)
    assert [drawn(each, 3, 0.5) for each in ids] != [drawn(each, 4, 0.5) for each in ids]


async def test_only_new_conversations_are_given_to_the_canary(rig: Rig) -> None:
    before = [await rig.visitor() for _ in range(8)]
    admin, live, canary = await on_trial(rig)
    after = [await rig.visitor() for _ in range(24)]
    assert {await track(rig, each) for each in before} == {"live"}
    tracks = [await track(rig, each) for each in after]
    assert set(tracks) == {"live", "canary"}
    expected = [drawn(each.conversation_id, canary, 0.5) for each in after]
    assert [each == "canary" for each in tracks] == expected
    await admin.post(f"{BASE}/canary/stop", json={})
    assert {await track(rig, each) for each in after} == {"live"}
    assert {await track(rig, await rig.visitor()) for _ in range(8)} == {"live"}
    assert (await admin.get(f"{BASE}/releases/{canary}")).json()["state"] == "candidate"
    assert (await admin.get(f"{BASE}/releases/{live}")).json()["state"] == "live"


async def test_a_conversation_that_begins_again_is_drawn_anew(rig: Rig) -> None:
    visitors = [await rig.visitor() for _ in range(12)]
    for each in visitors:
        await each.say("你好")
    await rig.run_turns()
    await rig.rows("UPDATE conversation SET state = 'closed' RETURNING id")
    _, _, canary = await on_trial(rig)
    for each in visitors:
        await each.say("又来了")
    expected = [drawn(each.conversation_id, canary, 0.5) for each in visitors]
    assert [await track(rig, each) == "canary" for each in visitors] == expected
    assert True in expected


async def test_one_canary_at_a_time_and_never_the_live_one(rig: Rig) -> None:
    admin, live, canary = await on_trial(rig)
    other = await add_release(rig)
    await prove(rig, other, live)
    for number in (other, live, canary):
        answer = await admin.post(f"{BASE}/releases/{number}/canary", json={"share": 0.1})
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (409, "canary_not_possible")
    for share in (0, 0.009, 0.51, 1):
        answer = await admin.post(f"{BASE}/releases/{other}/canary", json={"share": share})
        assert answer.status_code == 422


async def test_the_gate_is_in_front_of_a_canary_too(rig: Rig) -> None:
    live, canary = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, canary, live, lost=4)
    admin, path = await rig.staff("admin"), f"{BASE}/releases/{canary}/canary"
    answer = await admin.post(path, json={"share": 0.1})
    assert answer.json()["error"]["code"] == "gate_blocked"
    forced = {"share": 0.1, "override_reason": "想看看真实客户的反应如何"}
    assert (await admin.post(path, json=forced)).status_code == 200


async def test_a_canary_that_is_promoted_is_live_for_everybody(rig: Rig) -> None:
    admin, live, canary = await on_trial(rig)
    visitors = [await rig.visitor() for _ in range(8)]
    answer = await admin.post(f"{BASE}/releases/{canary}/promote", json={})
    assert answer.json()["state"] == "live"
    assert {await track(rig, each) for each in visitors} == {"live"}
    assert (await admin.get(f"{BASE}/canary")).json() == {"running": None, "last": None}
    assert (await admin.get(f"{BASE}/releases/{live}")).json()["state"] == "retired"


async def test_a_canary_ends_when_what_it_is_compared_with_changes(rig: Rig) -> None:
    admin, live, canary = await on_trial(rig)
    other = await add_release(rig)
    await prove(rig, other, live)
    await admin.post(f"{BASE}/releases/{other}/promote", json={})
    found = (await admin.get(f"{BASE}/canary")).json()
    assert found["running"] is None
    assert (found["last"]["move"]["reason"], found["last"]["figures"]["live"]) == (
        "live_changed",
        live,
    )
    assert (await admin.get(f"{BASE}/releases/{canary}")).json()["state"] == "candidate"


async def test_a_trial_of_more_conversations_than_a_statement_has_parameters_ends(rig: Rig) -> None:
    visitor = await rig.visitor()
    admin, _, _ = await on_trial(rig)
    await rig.rows(
        """WITH copies AS MATERIALIZED (
            SELECT (to_jsonb(conversation) || '{"track": "canary"}') AS row
            FROM conversation WHERE id = :id
        ), made AS (
            INSERT INTO conversation SELECT filled.* FROM copies, generate_series(1, 66000) copy,
            jsonb_populate_record(NULL::conversation,
                row || jsonb_build_object('id', gen_random_uuid(), 'copy', copy)) filled
            RETURNING 1
        ) SELECT count(*) FROM made""",
        id=visitor.conversation_id,
    )
    assert (await admin.post(f"{BASE}/canary/stop", json={})).status_code == 200
    assert await rig.scalar("SELECT count(*) FROM conversation WHERE track = 'canary'") == 0


async def talk(rig: Rig, live: int, canary: int, count: int, bad: str | None) -> None:
    """`count` customers; with the canary on trial those it answers are treated `bad`ly."""
    visitors = [await rig.visitor() for _ in range(count)]
    for each in visitors:
        await each.say("退款多久到账")
    calm = labels_of(impact=1, urgency=1)
    labeller = LabelledByRelease({live: calm, canary: calm}, live, canary)
    await rig.run_turns(BotOfReleases(live, canary), labeller)
    answered: dict[str, Any] = {"id": [each.conversation_id for each in visitors]}
    await rig.rows(
        "UPDATE turn SET outcome = 'faq' WHERE conversation_id = ANY(:id) RETURNING 1", **answered
    )
    on_canary = """conversation_id IN (
        SELECT id FROM conversation WHERE track = 'canary' AND id = ANY(:id)) RETURNING 1"""
    if bad == "handed_off":
        await rig.rows(f"UPDATE turn SET outcome = 'handoff' WHERE {on_canary}", **answered)
    if bad == "failed":
        await rig.rows(f"UPDATE turn SET outcome = 'bot_unavailable' WHERE {on_canary}", **answered)
    if bad == "rejected":
        wrong = '{"intent": {"name": "answer_not_helpful", "confidence": 1}}'
        await rig.rows(f"UPDATE turn SET nlu = '{wrong}' WHERE {on_canary}", **answered)
    await rig.rows(
        "UPDATE conversation SET rating = 5 - 4 * (track = 'canary' AND :bad)::int"
        " WHERE id = ANY(:id) RETURNING 1",
        bad=bad == "dissatisfied",
        **answered,
    )


@pytest.mark.parametrize("bad", ["handed_off", "rejected", "failed", "dissatisfied"])
async def test_a_canary_that_is_worse_is_stopped_and_its_leaders_are_told(
    rig: Rig, bad: str
) -> None:
    admin, live, canary = await on_trial(rig)
    await talk(rig, live, canary, 40, bad)
    running = (await admin.get(f"{BASE}/canary")).json()["running"]
    found = {each["measure"]: each for each in running["measures"]}
    assert {name: each["verdict"] for name, each in found.items() if name != bad} == {
        name: "unsure" for name in found if name != bad
    }
    assert (found[bad]["verdict"], found[bad]["canary"]["share"]) == ("worse", 1.0)
    tracks = running["tracks"]
    assert tracks["live"]["begun"] + tracks["canary"]["begun"] == 40
    assert tracks["canary"]["by_canary"] == tracks["canary"]["turns"] > 0
    assert tracks["live"]["by_canary"] == 0
    async with rig.database.transaction() as tx:
        assert await watching.watch(tx) is not None
    ended = (await admin.get(f"{BASE}/canary")).json()
    assert ended["running"] is None
    assert ended["last"]["move"]["reason"] == f"worse:{bad}"
    assert ended["last"]["move"]["by"] is None
    assert ended["last"]["figures"] == running
    assert await rig.scalar("SELECT count(*) FROM conversation WHERE track = 'canary'") == 0
    for username in ("admin", "supervisor"):
        told = (await (await rig.staff(username)).get("/api/v1/notifications")).json()["items"]
        assert f"版本 {canary} 的灰度已自动停止" in told[0]["text"]
        assert "100%" in told[0]["text"]
    assert (await (await rig.staff("agent")).get("/api/v1/notifications")).json()["items"] == []


async def test_a_canary_that_is_as_good_goes_on(rig: Rig) -> None:
    admin, live, canary = await on_trial(rig)
    await talk(rig, live, canary, 30, None)
    async with rig.database.transaction() as tx:
        assert await watching.watch(tx) is None
    running = (await admin.get(f"{BASE}/canary")).json()["running"]
    assert running["tracks"]["canary"]["containment"] == 1.0
    assert running["tracks"]["canary"]["csat"] == 5.0


async def test_conversations_from_before_the_trial_do_not_count(rig: Rig) -> None:
    early = await rig.visitor()
    await early.say("你好")
    await rig.run_turns()
    admin, _, _ = await on_trial(rig)
    await early.say("还在吗")
    await rig.run_turns()
    running = (await admin.get(f"{BASE}/canary")).json()["running"]
    assert {each["begun"] for each in running["tracks"].values()} == {0}
    assert {each["p"] for each in running["measures"]} == {1.0}
