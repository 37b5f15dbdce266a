"""Who may read the audit log, and what gets into it by signing in."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from api.auth.dependencies import CSRF_HEADER
from tests.support.audit import note
from tests.support.rig import PASSWORD, Rig

AUDIT = "/api/v1/audit"


async def login(rig: Rig, username: str, password: str) -> httpx.AsyncClient:
    http = await rig.client()
    answer = await http.post(
        "/api/v1/auth/login", json={"username": username, "password": password}
    )
    if answer.status_code == 200:
        http.headers[CSRF_HEADER] = answer.json()["csrf_token"]
    return http


async def read(http: httpx.AsyncClient, **wanted: Any) -> dict[str, Any]:
    answer = await http.get(AUDIT, params=wanted)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_signing_in_and_out_is_recorded(rig: Rig) -> None:
    http = await login(rig, "agent", PASSWORD)
    await http.post("/api/v1/auth/logout")
    items = (await read(await rig.staff("admin")))["items"]
    assert [item["action"] for item in items] == ["sign_out", "sign_in"]
    assert items[0]["action_name"] == "退出登录"
    assert items[0]["staff"]["display_name"] == "小云"
    assert items[0]["subject_id"] == items[0]["staff"]["id"]
    assert items[0]["address"] == "127.0.0.1"


async def test_a_wrong_password_is_recorded_for_the_account_it_was_tried_on(rig: Rig) -> None:
    await login(rig, "agent", "wrong")
    (item,) = (await read(await rig.staff("admin"), action="sign_in_failed"))["items"]
    assert (item["staff"], item["data"]) == (None, {"username": "agent"})


async def test_an_unknown_name_is_not_kept_it_may_be_a_password(rig: Rig) -> None:
    await login(rig, "my-secret-passphrase", "x")
    (item,) = (await read(await rig.staff("admin"), action="sign_in_failed"))["items"]
    assert (item["subject_id"], item["data"]) == ("unknown", {})


async def test_agents_do_not_read_the_log(rig: Rig) -> None:
    agent = await rig.staff("agent")
    for path in (AUDIT, f"{AUDIT}/verify"):
        assert (await agent.get(path)).status_code == 403
    assert (await (await rig.staff("supervisor")).get(f"{AUDIT}/verify")).status_code == 403


async def test_only_admins_see_whose_data_others_have_looked_at(rig: Rig) -> None:
    await note(rig, "回电")
    assert (await read(await rig.staff("supervisor")))["items"] == []
    assert len((await read(await rig.staff("admin")))["items"]) == 1


async def test_pages_follow_each_other_without_gap_or_repeat(rig: Rig) -> None:
    await note(rig, *map(str, range(7)))
    admin, seen, cursor = await rig.staff("admin"), [], None
    for _ in range(3):
        page = await read(admin, limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [item["seq"] for item in page["items"]]
        cursor = page["next"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]
    assert cursor is None


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        ({"subject_kind": "customer", "subject_id": "c1"}, 2),
        ({"subject_kind": "ticket"}, 0),
        ({"action": "reveal"}, 2),
        ({"action": "merge"}, 0),
        ({"staff_id": "01900000-0000-7000-8000-000000000000"}, 0),
    ],
)
async def test_the_list_can_be_narrowed(rig: Rig, wanted: dict[str, str], count: int) -> None:
    await note(rig, "一", "二")
    assert len((await read(await rig.staff("admin"), **wanted))["items"]) == count


async def test_an_admin_has_the_log_verified(rig: Rig) -> None:
    await note(rig, "一", "二")
    state = (await (await rig.staff("admin")).get(f"{AUDIT}/verify")).json()
    assert (state["whole"], state["seq"], state["problems"]) == (True, 2, [])
    assert state["hash"] == (
        await rig.scalar("SELECT encode(hash, 'hex') FROM audit_record WHERE seq = 2")
    )
