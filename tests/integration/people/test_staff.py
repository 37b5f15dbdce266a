"""Accounts and teams: who may change what, and what ends with an account."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from classifier.labels import LABELS
from cli.errors import Refused
from cli.inside import create_user
from tests.support.audit import recorded
from tests.support.rig import PASSWORD, Rig

AGENTS, TEAMS = "/api/v1/agents", "/api/v1/teams"
NEW = {
    "username": "xiaoyu",
    "display_name": " 小雨 ",
    "role": "agent",
    "password": "a-long-password-1",
}


async def items(http: httpx.AsyncClient, path: str = AGENTS, **wanted: Any) -> list[dict[str, Any]]:
    answer = await http.get(path, params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def account(http: httpx.AsyncClient, username: str) -> dict[str, Any]:
    (found,) = [each for each in await items(http, inactive=True) if each["username"] == username]
    return found


async def change(
    http: httpx.AsyncClient, username: str, admin: httpx.AsyncClient, **fields: Any
) -> httpx.Response:
    agent_id = (await account(admin, username))["id"]
    return await http.put(f"{AGENTS}/{agent_id}", json=fields)


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def login(rig: Rig, username: str, password: str) -> int:
    http = await rig.client()
    body = {"username": username, "password": password}
    return (await http.post("/api/v1/auth/login", json=body)).status_code


async def test_everybody_sees_who_works_here(rig: Rig) -> None:
    found = await items(await rig.staff("agent"))
    assert {each["username"] for each in found} == {"agent", "supervisor", "admin"}
    agent = next(each for each in found if each["username"] == "agent")
    assert (agent["capacity"], agent["load"], agent["team"]) == (8, 0, None)
    assert {each["level"] for each in agent["skills"]} == {3}
    assert [each["category"]["key"] for each in agent["skills"]] == sorted(LABELS["category"])
    assert (agent["presence"], agent["effective_presence"]) == ("online", "offline")


async def test_the_load_counts_conversations_at_hand(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff("agent")
    await visitor.say("你好")
    await agent.post(f"/api/v1/conversations/{visitor.conversation_id}/take")
    assert (await account(agent, "agent"))["load"] == 1


async def test_a_sign_of_life_makes_the_chosen_presence_hold(rig: Rig) -> None:
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE staff SET last_seen_at = now(), presence = 'break' WHERE username = 'agent'"
        )
    assert (await account(await rig.staff("admin"), "agent"))["effective_presence"] == "break"


async def test_an_admin_makes_an_account_that_signs_in(rig: Rig) -> None:
    admin = await rig.staff("admin")
    made = await admin.post(AGENTS, json=NEW)
    assert made.status_code == 201, made.text
    assert (made.json()["display_name"], made.json()["capacity"]) == ("小雨", 8)
    assert await login(rig, "xiaoyu", NEW["password"]) == 200
    assert code(await admin.post(AGENTS, json=NEW)) == (409, "name_taken")
    (line,) = await recorded(rig, "staff_changed")
    assert line.data == {"created": {"username": "xiaoyu", "role": "agent"}}
    assert NEW["password"] not in str(line)


@pytest.mark.parametrize(
    "wrong",
    [
        {"username": ""},
        {"username": "小雨"},
        {"username": "a b"},
        {"display_name": "  "},
        {"role": "king"},
        {"password": "short"},
    ],
)
async def test_an_account_that_cannot_be_is_refused(rig: Rig, wrong: dict[str, str]) -> None:
    admin = await rig.staff("admin")
    assert code(await admin.post(AGENTS, json=NEW | wrong)) == (422, "validation_failed")


async def test_a_supervisor_sets_what_routing_needs_and_nothing_else(rig: Rig) -> None:
    admin, supervisor = await rig.staff("admin"), await rig.staff("supervisor")
    skills = [{"category": "refund", "level": 4}, {"category": "order", "level": 2}]
    changed = await change(supervisor, "agent", admin, capacity=3, skills=skills, languages=["zh"])
    assert changed.status_code == 200, changed.text
    shown = changed.json()
    assert shown["capacity"] == 3
    assert [(each["category"]["name"], each["level"]) for each in shown["skills"]] == [
        ("退款退货", 4),
        ("订单", 2),
    ]
    for fields in (
        {"role": "admin"},
        {"active": False},
        {"email": "a@b.cn"},
        {"password": "x" * 12},
    ):
        assert code(await change(supervisor, "agent", admin, **fields)) == (403, "forbidden")
    agent = await rig.staff("agent")
    assert code(await change(agent, "agent", admin, capacity=9)) == (403, "forbidden")
    (line,) = await recorded(rig, "staff_changed")
    assert {each["field"] for each in line.data["changed"]} == {"capacity", "skills"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"capacity": 51},
        {"capacity": -1},
        {"skills": [{"category": "refund", "level": 6}]},
        {"skills": [{"category": "refund", "level": 0}]},
        {"email": "nobody"},
        {"languages": ["中文"]},
    ],
)
async def test_a_change_that_cannot_be_changes_nothing(rig: Rig, wrong: dict[str, Any]) -> None:
    admin = await rig.staff("admin")
    before = await account(admin, "agent")
    assert (await change(admin, "agent", admin, display_name="新名字", **wrong)).status_code == 422
    assert await account(admin, "agent") == before


async def test_skills_are_replaced_as_a_whole(rig: Rig) -> None:
    admin = await rig.staff("admin")
    await change(admin, "agent", admin, skills=[{"category": "refund", "level": 4}])
    shown = await change(admin, "agent", admin, skills=[{"category": "order", "level": 1}])
    assert [each["category"]["key"] for each in shown.json()["skills"]] == ["order"]


async def test_closing_an_account_ends_its_sessions(rig: Rig) -> None:
    admin, agent = await rig.staff("admin"), await rig.staff("agent")
    assert (await change(admin, "agent", admin, active=False)).status_code == 200
    assert (await agent.get("/api/v1/auth/me")).status_code == 401
    assert await login(rig, "agent", PASSWORD) == 401
    assert "agent" not in {each["username"] for each in await items(admin)}
    assert not (await account(admin, "agent"))["active"]
    assert (
        await rig.scalar(
            "SELECT count(*) FROM staff_session JOIN staff ON staff.id = staff_id "
            "WHERE username = 'agent'"
        )
        == 0
    )


async def test_a_new_password_ends_the_sessions_too(rig: Rig) -> None:
    admin, agent = await rig.staff("admin"), await rig.staff("agent")
    await change(admin, "agent", admin, password="another-long-one")
    assert (await agent.get("/api/v1/auth/me")).status_code == 401
    assert await login(rig, "agent", "another-long-one") == 200
    (line,) = await recorded(rig, "staff_changed")
    assert line.data == {"changed": [{"field": "password"}]}


@pytest.mark.parametrize("fields", [{"active": False}, {"role": "agent"}])
async def test_the_last_admin_stays(rig: Rig, fields: dict[str, Any]) -> None:
    admin = await rig.staff("admin")
    assert code(await change(admin, "admin", admin, **fields)) == (409, "last_admin")
    await change(admin, "supervisor", admin, role="admin")
    assert (await change(admin, "admin", admin, **fields)).status_code == 200


async def test_two_admins_who_close_each_other_at_once_leave_one(rig: Rig) -> None:
    first, second = await rig.staff("admin"), await rig.staff("supervisor")
    assert (await change(first, "supervisor", first, role="admin")).status_code == 200
    ids = {each["username"]: each["id"] for each in await items(first)}
    answers = await asyncio.gather(
        first.put(f"{AGENTS}/{ids['supervisor']}", json={"active": False}),
        second.put(f"{AGENTS}/{ids['admin']}", json={"active": False}),
    )
    assert 200 in {answer.status_code for answer in answers}
    left = await rig.scalar("SELECT count(*) FROM staff WHERE role = 'admin' AND active")
    assert left == 1


async def test_everybody_sets_where_they_are_told(rig: Rig) -> None:
    agent = await rig.staff("agent")
    wanted = {"email": "xiaoyun@example.com", "notify": {"email": ["mentioned", "sla_breach"]}}
    shown = (await agent.put(f"{AGENTS}/me", json=wanted)).json()
    assert (shown["email"], shown["notify"]) == (wanted["email"], wanted["notify"])
    assert (await agent.get(f"{AGENTS}/me")).json() == shown
    assert (await agent.put(f"{AGENTS}/me", json={"notify": {"email": ["x"]}})).status_code == 422
    await agent.put(f"{AGENTS}/me", json={"notify": {"email": []}})
    assert (await agent.get(f"{AGENTS}/me")).json()["email"] == wanted["email"]
    cleared = await agent.put(f"{AGENTS}/me", json={"email": ""})
    assert cleared.json()["email"] is None


async def test_an_address_is_for_supervisors_and_its_owner(rig: Rig) -> None:
    agent, admin = await rig.staff("agent"), await rig.staff("admin")
    await change(admin, "supervisor", admin, email="zhuguan@example.com")
    assert (await account(agent, "supervisor"))["email"] is None
    assert (await account(admin, "supervisor"))["email"] == "zhuguan@example.com"
    (line,) = await recorded(rig, "staff_changed")
    assert "zhuguan" not in str(line.data)


async def test_a_team_has_a_lead_and_members(rig: Rig) -> None:
    admin = await rig.staff("admin")
    lead = (await account(admin, "supervisor"))["id"]
    made = (await admin.post(TEAMS, json={"name": "售后组", "lead_id": lead})).json()
    assert (made["name"], made["lead"]["display_name"], made["members"]) == (
        "售后组",
        "值班主管",
        0,
    )
    shown = (await change(admin, "agent", admin, team_id=made["id"])).json()
    assert shown["team"] == {"id": made["id"], "name": "售后组"}
    await admin.put(f"{TEAMS}/{made['id']}", json={"name": "售后一组"})
    (team,) = await items(await rig.staff("agent"), TEAMS)
    assert (team["name"], team["lead"], team["members"]) == ("售后一组", None, 1)
    assert (await change(admin, "agent", admin, team_id=None)).json()["team"] is None


async def test_teams_that_cannot_be_are_refused(rig: Rig) -> None:
    admin, unknown = await rig.staff("admin"), "01900000-0000-7000-8000-000000000000"
    await admin.post(TEAMS, json={"name": "售后组"})
    assert code(await admin.post(TEAMS, json={"name": "售后组"})) == (409, "name_taken")
    wanted = {"name": "二组", "lead_id": unknown}
    assert code(await admin.post(TEAMS, json=wanted)) == (422, "unknown_staff")
    assert code(await admin.put(f"{TEAMS}/{unknown}", json={"name": "x"})) == (404, "not_found")
    assert code(await change(admin, "agent", admin, team_id=unknown)) == (422, "unknown_team")
    supervisor = await rig.staff("supervisor")
    assert code(await supervisor.post(TEAMS, json={"name": "三组"})) == (403, "forbidden")


async def test_the_command_line_makes_an_account_that_signs_in(rig: Rig) -> None:
    def make(username: str, password: str) -> None:
        create_user(rig.desk.settings, username, "新主管", "supervisor", password)

    await asyncio.to_thread(make, "boss", "a-long-password-1")
    assert await login(rig, "boss", "a-long-password-1") == 200
    (line,) = await recorded(rig, "staff_changed")
    assert (line.staff_id, line.data["created"]["role"]) == (None, "supervisor")
    for username, password in (
        ("boss", "a-long-password-1"),
        ("other", "short"),
        ("a b", "a-long-password-1"),
    ):
        with pytest.raises(Refused):
            await asyncio.to_thread(make, username, password)
