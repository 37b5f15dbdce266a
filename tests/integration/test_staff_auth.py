"""Sign-in, sessions, CSRF and roles on every staff endpoint."""

from __future__ import annotations

import re
from uuid import uuid4

import httpx
import pytest

from api.app import create_app
from api.auth.dependencies import COOKIE, CSRF_HEADER
from api.settings import Settings
from tests.support.rig import PASSWORD, Rig, rig_for, settings_for

LOGIN = "/api/v1/auth/login"
PUBLIC = ("/api/v1/visitor/", "/health/", LOGIN)
SUPERVISORS = {("PUT", "/api/v1/knowledge/{key}"), ("GET", "/api/v1/learning/releases")}


def staff_operations() -> list[tuple[str, str]]:
    """Every operation of the API but the public ones."""
    from pathlib import Path

    paths = create_app(settings_for("postgresql://", "redis://", Path())).openapi()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if not path.startswith(PUBLIC)
    ]


OPERATIONS = staff_operations()
UNSAFE = [operation for operation in OPERATIONS if operation[0] != "GET"]


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", str(uuid4()), path)


async def ask(http: httpx.AsyncClient, operation: tuple[str, str]) -> httpx.Response:
    method, path = operation
    body = None if method == "GET" else {"text": "x", "client_id": "x", "seq": 1, "answer": "x"}
    return await http.request(method, filled(path), json=body)


async def login(http: httpx.AsyncClient, username: str, password: str) -> httpx.Response:
    return await http.post(LOGIN, json={"username": username, "password": password})


def test_there_are_staff_endpoints_to_try() -> None:
    assert set(OPERATIONS) > SUPERVISORS
    assert len(OPERATIONS) >= 15


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_without_a_session_nothing_is_answered(rig: Rig, operation: tuple[str, str]) -> None:
    answer = await ask(await rig.client(), operation)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_a_visitors_token_is_no_session(rig: Rig, operation: tuple[str, str]) -> None:
    visitor = await rig.visitor()
    visitor.http.cookies.set(COOKIE, visitor.token)
    assert (await ask(visitor.http, operation)).status_code == 401


@pytest.mark.parametrize("operation", UNSAFE, ids=" ".join)
@pytest.mark.parametrize("token", [None, "", "wrong"])
async def test_an_unsafe_request_without_the_csrf_token_is_refused(
    rig: Rig, operation: tuple[str, str], token: str | None
) -> None:
    admin = await rig.staff("admin")
    del admin.headers[CSRF_HEADER]
    if token is not None:
        admin.headers[CSRF_HEADER] = token
    answer = await ask(admin, operation)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "csrf_failed")


@pytest.mark.parametrize("operation", sorted(SUPERVISORS), ids=" ".join)
async def test_an_agent_is_kept_from_what_supervisors_do(
    rig: Rig, operation: tuple[str, str]
) -> None:
    answer = await ask(await rig.staff("agent"), operation)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "forbidden")


@pytest.mark.parametrize("username", ["supervisor", "admin"])
@pytest.mark.parametrize("operation", sorted(SUPERVISORS), ids=" ".join)
async def test_supervisors_and_admins_are_let_in(
    rig: Rig, operation: tuple[str, str], username: str
) -> None:
    assert (await ask(await rig.staff(username), operation)).status_code in (200, 404)


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - SUPERVISORS), ids=" ".join)
async def test_everything_else_is_open_to_agents(rig: Rig, operation: tuple[str, str]) -> None:
    assert (await ask(await rig.staff("agent"), operation)).status_code not in (401, 403)


async def test_signing_in_tells_who_one_is(rig: Rig) -> None:
    http = await rig.client()
    signed_in = (await login(http, "supervisor", PASSWORD)).json()
    assert signed_in.keys() == {"user", "csrf_token"}
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
