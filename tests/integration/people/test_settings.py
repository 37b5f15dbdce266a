"""Settings: the files' policies, what an admin puts over them, and who is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from api.conversations import wrap_up
from api.ids import now
from api.models import Setting
from api.policies.registry import KEYS
from api.policies.service import forget, policies
from tests.support.audit import note, recorded
from tests.support.customers import code
from tests.support.desk_work import ok, path_of, taken_by
from tests.support.rig import Rig
from tests.support.shop import ON_ITS_WAY, shopper
from triage.policy import sla_policy
from triage.policy.sla import Target

SETTINGS = "/api/v1/settings"
QUICKER = {
    "P1": {"minutes": 1, "clock": True},
    "P2": {"minutes": 1},
    "P3": {"minutes": 2},
    "P4": {"minutes": 3},
}


async def put(http: httpx.AsyncClient, key: str, version: int, **value: Any) -> httpx.Response:
    return await http.put(f"{SETTINGS}/{key}", json={"version": version, "value": value})


async def test_the_files_hold_until_something_is_set(rig: Rig) -> None:
    admin = await rig.staff("admin")
    items = (await admin.get(SETTINGS)).json()["items"]
    assert [item["key"] for item in items] == list(KEYS)
    for item in items:
        assert (item["version"], item["updated_by"]) == (0, None)
        assert item["value"] == item["default"]
        assert (await admin.get(f"{SETTINGS}/{item['key']}")).json() == item
    async with rig.database.transaction() as tx:
        assert (await policies(tx)).sla == sla_policy()


async def test_what_is_set_holds_for_whoever_reads_the_policies(rig: Rig) -> None:
    admin = await rig.staff("admin")
    async with rig.database.transaction() as tx:
        await policies(tx)
    changed = await put(admin, "sla", 0, chat_first_response=QUICKER)
    assert changed.status_code == 200, changed.text
    shown = changed.json()
    assert (shown["version"], shown["updated_by"]["display_name"]) == (1, "管理员")
    assert shown["value"] == shown["default"] | {"chat_first_response": QUICKER}
    async with rig.database.transaction() as tx:
        held = (await policies(tx)).sla
    assert held.chat_first_response["P4"] == Target(minutes=3)
    assert held.ticket_resolution == sla_policy().ticket_resolution


async def test_conversations_and_proofs_of_identity_go_by_what_was_set(rig: Rig) -> None:
    admin = await rig.staff("admin")
    agent, at = await rig.colleague("小雨"), await shopper(rig)
    visitor = await taken_by(rig, agent)
    for key, value in (("conversations", {"wrap_up_minutes": 1}), ("identity", {"wrong_tries": 2})):
        whole = (await admin.get(f"{SETTINGS}/{key}")).json()["value"] | value
        assert (await put(admin, key, 0, **whole)).status_code == 200
    async with rig.database.transaction() as tx:
        forget(tx)
    await ok(agent.post(path_of(visitor, "/wrap-up")))
    async with rig.database.transaction() as tx:
        assert await wrap_up.close_overdue(tx, now() + timedelta(minutes=2)) == 1
    order, _ = ON_ITS_WAY
    tried = await at.ask("verify", order_number=order, phone_last4="0000")
    assert tried["attempts_left"] == 1


async def test_a_part_that_is_left_out_is_as_in_the_file_again(rig: Rig) -> None:
    admin = await rig.staff("admin")
    await put(admin, "sla", 0, chat_first_response=QUICKER)
    whole = (await admin.get(f"{SETTINGS}/sla")).json()["value"]
    again = (await put(admin, "sla", 1, **whole)).json()
    assert again["value"] == whole
    back = (await put(admin, "sla", 2)).json()
    assert back["value"] == back["default"]


async def test_a_change_is_recorded_with_before_and_after(rig: Rig) -> None:
    admin = await rig.staff("admin")
    await put(admin, "privacy", 0, reveals_per_hour=5, least_reason=4)
    (line,) = await recorded(rig, "setting_changed")
    assert (line.subject_kind, line.subject_id) == ("setting", "privacy")
    assert line.data == {"changed": {"reveals_per_hour": {"before": 15, "after": 5}}}


async def test_one_of_two_that_change_at_once_has_to_look_again(rig: Rig) -> None:
    admin = await rig.staff("admin")
    answers = await asyncio.gather(
        put(admin, "privacy", 0, reveals_per_hour=5), put(admin, "privacy", 0, reveals_per_hour=6)
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("sla", {"warn_share": "0.5"}),
        ("sla", {"warn_share": 1.5}),
        ("sla", {"chat_first_response": {"P1": {"minutes": 1}}}),
        ("sla", {"chat_first_response": QUICKER | {"P4": {"minutes": -1}}}),
        ("sla", {"no_such_part": {}}),
        ("routing", {"lost_connection_seconds": 61}),
        ("calendar", {"zone": "Mars/Olympus"}),
        ("calendar", {"overrides": {"2027-02-30": "closed"}}),
        ("calendar", {"overrides": {"2027-02-20": [["16:00", "10:00"]]}}),
        ("identity", {"wrong_tries": 2.5}),
        ("privacy", {"least_reason": 0}),
        ("incidents", {"grades": []}),
    ],
)
async def test_a_policy_that_cannot_be_is_refused(
    rig: Rig, key: str, value: dict[str, Any]
) -> None:
    answer = await put(await rig.staff("admin"), key, 0, **value)
    assert code(answer) == (422, "policy_refused")
    assert answer.json()["error"]["details"]["problem"]
    assert await rig.scalar("SELECT count(*) FROM setting WHERE key = :key", key=key) == 0


async def test_only_admins_and_only_known_keys(rig: Rig) -> None:
    admin, supervisor = await rig.staff("admin"), await rig.staff("supervisor")
    await note(rig, "留下末条记录")
    for key in ("audit_head", "nothing"):
        assert code(await admin.get(f"{SETTINGS}/{key}")) == (404, "not_found")
        assert code(await put(admin, key, 0)) == (404, "not_found")
    assert code(await supervisor.get(f"{SETTINGS}/sla")) == (403, "forbidden")
    assert code(await put(supervisor, "sla", 0)) == (403, "forbidden")


async def test_a_setting_of_another_version_of_the_desk_does_not_stop_it(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        for key, value in (("sla", {"gone": 1}), ("privacy", {"reveals_per_hour": 3})):
            tx.add(Setting(key=key, value=value, version=1, updated_at=now()))
    async with rig.database.transaction() as tx:
        forget(tx)
        held = await policies(tx)
    assert held.sla == sla_policy()
    assert held.privacy.reveals_per_hour == 3
