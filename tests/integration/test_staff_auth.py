"""Sign-in and sessions of staff."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from api.auth.dependencies import COOKIE, CSRF_HEADER
from api.settings import Settings
from tests.support.rig import PASSWORD, Rig, rig_for

LOGIN = "/api/v1/auth/login"


async def login(http: httpx.AsyncClient, username: str, password: str) -> httpx.Response:
    return await http.post(LOGIN, json={"username": username, "password": password})


async def test_signing_in_tells_who_one_is(rig: Rig) -> None:
    http = await rig.client()
    signed_in = (await login(http, "supervisor", PASSWORD)).json()
    assert signed_in.keys() == {"user", "csrf_token", "time_zone"}
    assert signed_in["time_zone"] == "Asia/Shanghai"
    assert signed_in["user"].keys() == {"id", "username", "display_name", "role"}
    assert (signed_in["user"]["username"], signed_in["user"]["role"]) == ("supervisor",) * 2
    assert (await http.get("/api/v1/auth/me")).json() == signed_in


async def test_the_cookie_cannot_be_read_by_scripts_nor_sent_by_other_sites(rig: Rig) -> None:
    answer = await login(await rig.client(), "agent", PASSWORD)
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith(f"{COOKIE}=")
    flags = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/", "max-age=43200"} <= flags
    assert "secure" not in flags
    assert PASSWORD not in answer.text


async def test_behind_https_the_cookie_is_for_https_only(settings: Settings) -> None:
    async with rig_for(settings.model_copy(update={"secure_cookies": True})) as rig:
        answer = await login(await rig.client(), "agent", PASSWORD)
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("agent", "wrong"),
        ("nobody", PASSWORD),
        ("agent", PASSWORD.upper()),
        ("' OR 1=1 --", "x"),
        ("AGENT", PASSWORD),
        ("agent", PASSWORD + "\u0000"),
    ],
)
async def test_a_wrong_name_or_password_gives_the_same_answer(
    rig: Rig, username: str, password: str
) -> None:
    answer = await login(await rig.client(), username, password)
    assert answer.status_code == 401
    assert answer.json()["error"] == {
        "code": "sign_in_failed",
        "message": "用户名或密码不正确",
        "details": {},
    }
    assert "set-cookie" not in answer.headers


async def test_after_ten_failures_a_name_has_to_wait(rig: Rig) -> None:
    http, name = await rig.client(), f"user-{uuid4().hex}"
    answers = [(await login(http, name, "wrong")).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert (await login(http, "agent", PASSWORD)).status_code == 200


async def test_a_deactivated_account_is_out_at_once(rig: Rig) -> None:
    agent = await rig.staff()
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql("UPDATE staff SET active = false")
    assert (await agent.get("/api/v1/auth/me")).status_code == 401
    assert (await login(await rig.client(), "agent", PASSWORD)).status_code == 401


async def test_an_expired_session_is_over(rig: Rig) -> None:
    agent = await rig.staff()
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE staff_session SET expires_at = now() - interval '1 second'"
        )
    assert (await agent.get("/api/v1/auth/me")).status_code == 401


async def test_signing_out_ends_this_session_and_no_other(rig: Rig) -> None:
    here, there = await rig.client(), await rig.staff()
    here.headers[CSRF_HEADER] = (await login(here, "agent", PASSWORD)).json()["csrf_token"]
    stolen = here.cookies[COOKIE]
    assert (await here.post("/api/v1/auth/logout")).status_code == 204
    assert COOKIE not in here.cookies
    here.cookies.set(COOKIE, stolen)
    assert (await here.get("/api/v1/auth/me")).status_code == 401
    assert (await there.get("/api/v1/auth/me")).status_code == 200


async def test_only_hashes_of_passwords_and_cookies_are_stored(rig: Rig) -> None:
    agent = await rig.staff()
    rows = await rig.rows("SELECT password_hash FROM staff")
    assert all(row.password_hash.startswith("$argon2id$") for row in rows)
    (session,) = await rig.rows("SELECT staff_session::text AS line FROM staff_session")
    assert agent.cookies[COOKIE] not in session.line


@pytest.mark.parametrize("cookie", ["", "x", "A" * 43, "%00", "令"])
async def test_a_forged_cookie_is_no_session(rig: Rig, cookie: str) -> None:
    http = await rig.client()
    answer = await http.get("/api/v1/auth/me", headers={b"Cookie": f"{COOKIE}={cookie}".encode()})
    assert answer.status_code == 401
