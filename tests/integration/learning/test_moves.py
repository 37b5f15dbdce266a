"""Going live, back and on trial: through the gate, one at a time, each move kept."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from api.learning import releases
from api.learning.proof import service
from api.learning.proof.examining import Examined
from tests.support.releases import add_release, prove
from tests.support.rig import Rig

BASE = "/api/v1/learning"
WHY = "客户在等新的退款答案，先上线"


async def states(rig: Rig) -> dict[int, str]:
    rows = await rig.rows("SELECT number, state FROM release ORDER BY number")
    return {row.number: row.state for row in rows}


async def moves(rig: Rig) -> list[tuple[str, int, int | None, bool]]:
    rows = await rig.rows("SELECT * FROM release_move ORDER BY created_at, id")
    return [(row.action, row.release, row.before, row.overrode) for row in rows]


async def promote(admin: httpx.AsyncClient, number: int, **body: Any) -> httpx.Response:
    return await admin.post(f"{BASE}/releases/{number}/promote", json=body)


async def test_a_proven_release_goes_live_and_the_one_before_is_retired(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, second, first)
    admin = await rig.staff("admin")
    answer = await promote(admin, second)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["state"], shown["promoted_at"] is not None) == ("live", True)
    (move,) = shown["moves"]
    assert (move["action"], move["before"], move["overrode"]) == ("promote", first, False)
    assert move["by"]["display_name"]
    assert await states(rig) == {first: "retired", second: "live"}
    record = await rig.scalar("SELECT data FROM audit_record WHERE action = 'release_promoted'")
    assert record == {"before": first}
    assert (await promote(admin, second)).status_code == 200
    assert len(await moves(rig)) == 1, "what is live already does not move"


@pytest.mark.parametrize("proof", [None, False])
async def test_the_gate_blocks_what_is_not_proven_unless_an_admin_says_why(
    rig: Rig, proof: bool | None
) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    if proof is not None:
        await prove(rig, second, first, lost=4)
    admin = await rig.staff("admin")
    answer = await promote(admin, second)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (409, "gate_blocked")
    (reason,) = error["details"]["reasons"]
    assert reason["code"] == ("no_proof" if proof is None else "much_worse")
    assert (await promote(admin, second, override_reason="太短")).status_code == 422
    assert await states(rig) == {first: "live", second: "candidate"}
    assert (await promote(admin, second, override_reason=WHY)).status_code == 200
    assert await moves(rig) == [("promote", second, first, True)]
    record = await rig.scalar("SELECT data FROM audit_record WHERE action = 'release_promoted'")
    assert record == {"before": first, "override": True, "reason": WHY}


async def test_a_release_that_went_live_still_says_whom_it_was_compared_with(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, second, first)
    admin = await rig.staff("admin")
    assert (await promote(admin, second)).status_code == 200
    shown = (await admin.get(f"{BASE}/releases")).json()["items"]
    assert [each["compared_with"] for each in shown] == [first, None]


async def test_the_gate_decides_with_the_settings_of_now(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, second, first, lost=4)
    admin = await rig.staff("admin")

    async def passed() -> list[bool]:
        proof = (await admin.get(f"{BASE}/releases/{second}/proof")).json()
        listed = (await admin.get(f"{BASE}/releases")).json()["items"]
        return [proof["gate"]["passed"], *(each["passed"] for each in listed[:1])]

    assert await passed() == [False, False]
    lenient = {"version": 0, "value": {"most_points": 5.0}}
    assert (await admin.put("/api/v1/settings/gate", json=lenient)).status_code == 200
    assert await passed() == [True, True]
    strict = {"version": 1, "value": {"most_points": 1.0}}
    assert (await admin.put("/api/v1/settings/gate", json=strict)).status_code == 200
    blocked = await promote(admin, second)
    (reason,) = blocked.json()["error"]["details"]["reasons"]
    assert (reason["code"], reason["limit"]) == ("much_worse", 1.0)


async def test_a_release_of_which_nothing_was_compared_does_not_go_live(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    nothing = service.findings_of(Examined([], {}), Examined([], {}), [])
    async with rig.database.transaction() as tx:
        await service.enter(tx, second, first, nothing)
    answer = await promote(await rig.staff("admin"), second)
    (reason,) = answer.json()["error"]["details"]["reasons"]
    assert (answer.status_code, reason["code"]) == (409, "nothing_compared")


@pytest.mark.parametrize("part", [releases.MODEL, f"{releases.CLASSIFIER}/model.skops"])
async def test_a_release_whose_files_are_damaged_does_not_go_live(rig: Rig, part: str) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    await prove(rig, second, first)
    (releases.folder(rig.desk.settings, second) / part).write_bytes(b"damaged")
    admin = await rig.staff("admin")
    for path in ("promote", "canary"):
        answer = await admin.post(f"{BASE}/releases/{second}/{path}", json={"share": 0.1})
        assert answer.json()["error"]["code"] == "release_incomplete"
    assert await states(rig) == {first: "live", second: "candidate"}


async def test_a_rollback_leads_back_step_by_step_and_needs_no_proof(rig: Rig) -> None:
    first, second, third = (
        await add_release(rig, "live"),
        await add_release(rig),
        await add_release(rig),
    )
    admin = await rig.staff("admin")
    for number, against in ((second, first), (third, second)):
        await prove(rig, number, against)
        await promote(admin, number)
    shown = (await admin.get(f"{BASE}/releases")).json()["items"]
    assert [item["number"] for item in shown if item["rollback"]] == [second]
    for expected in (second, first):
        answer = await admin.post(f"{BASE}/rollback", json={"reason": "答案变差"})
        assert answer.json()["number"] == expected, answer.text
    answer = await admin.post(f"{BASE}/rollback", json={})
    assert answer.json()["error"]["code"] == "nothing_to_roll_back"
    assert await states(rig) == {first: "live", second: "retired", third: "retired"}
    assert [move[:3] for move in await moves(rig)][2:] == [
        ("rollback", second, third),
        ("rollback", first, second),
    ]


async def test_a_rollback_never_leads_to_a_release_that_was_taken_back(rig: Rig) -> None:
    good, bad, newer = (
        await add_release(rig, "live"),
        await add_release(rig),
        await add_release(rig),
    )
    admin = await rig.staff("admin")
    await promote(admin, bad, override_reason=WHY)
    assert (await admin.post(f"{BASE}/rollback", json={})).json()["number"] == good
    await promote(admin, newer, override_reason=WHY)
    shown = (await admin.get(f"{BASE}/releases")).json()["items"]
    assert [item["number"] for item in shown if item["rollback"]] == [good]
    assert (await admin.post(f"{BASE}/rollback", json={})).json()["number"] == good
    await promote(admin, bad, override_reason=WHY)
    await promote(admin, newer, override_reason=WHY)
    answer = await admin.post(f"{BASE}/rollback", json={})
    assert answer.json()["number"] == bad, "it was put live again since"


async def test_a_rollback_passes_over_a_release_whose_files_are_gone(rig: Rig) -> None:
    first = await add_release(rig, "live")
    admin = await rig.staff("admin")
    gone, third = await add_release(rig), await add_release(rig)
    for number, against in ((gone, first), (third, gone)):
        await prove(rig, number, against)
        await promote(admin, number)
    (releases.folder(rig.desk.settings, gone) / releases.MODEL).unlink()
    assert (await admin.post(f"{BASE}/rollback", json={})).json()["number"] == first


async def test_moves_at_the_same_moment_leave_one_live_release(rig: Rig) -> None:
    await add_release(rig, "live")
    others = [await add_release(rig) for _ in range(4)]
    admin = await rig.staff("admin")
    wishes = [promote(admin, number, override_reason=WHY) for number in others]
    wishes += [admin.post(f"{BASE}/rollback", json={}) for _ in range(3)]
    answers = await asyncio.gather(*wishes)
    assert {answer.status_code for answer in answers} <= {200, 409}
    found = list((await states(rig)).values())
    assert found.count("live") == 1
    assert found.count("retired") + found.count("candidate") == len(found) - 1


async def test_the_model_server_serves_live_and_canary(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    gateway, admin = await rig.gateway(), await rig.staff("admin")
    path = "/internal/v1/models/canary"
    assert (await gateway.get(path)).status_code == 204
    await admin.post(
        f"{BASE}/releases/{second}/canary", json={"share": 0.2, "override_reason": WHY}
    )
    served = await gateway.get(path)
    assert (
        served.content == (releases.folder(rig.desk.settings, second) / releases.MODEL).read_bytes()
    )
    again = await gateway.get(path, headers={"If-None-Match": served.headers["ETag"]})
    assert again.status_code == 304
    live = await gateway.get("/internal/v1/models/production")
    assert live.headers["filename"] == f"release-{first}.tar.gz"
    await admin.post(f"{BASE}/canary/stop", json={})
    assert (await gateway.get(path)).status_code == 204


async def test_an_agent_and_a_supervisor_move_nothing(rig: Rig) -> None:
    first, second = await add_release(rig, "live"), await add_release(rig)
    for username in ("agent", "supervisor"):
        staff = await rig.staff(username)
        for path in (f"releases/{second}/promote", "rollback", f"releases/{second}/canary"):
            answer = await staff.post(f"{BASE}/{path}", json={"share": 0.1, "override_reason": WHY})
            assert answer.status_code == 403
    assert await states(rig) == {first: "live", second: "candidate"}
