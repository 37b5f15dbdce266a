"""Generated requests against the visitor and the staff API: no server error, ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema

from api.app import create_app
from api.auth.dependencies import CSRF_HEADER
from api.settings import Settings
from tests.support.embedded import Postgres, running_valkey
from tests.support.rig import PASSWORD, served, settings_for

TEMPLATE = "desk_template"
EXAMPLES = 40


@pytest.fixture(scope="module")
def desk(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a desk for the whole file."""
    with postgres.copy_of(TEMPLATE) as url, running_valkey() as valkey:
        yield settings_for(url, valkey.connection_url, tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def base(desk: Settings) -> Iterator[str]:
    """Its URL."""
    with served(desk) as address:
        yield f"http://{address}"


@pytest.fixture(scope="module")
def visitor_headers(base: str) -> dict[str, str]:
    """A visitor's token."""
    token = httpx.post(f"{base}/api/v1/visitor/sessions", trust_env=False).json()["token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture(scope="module")
def staff_headers(base: str) -> dict[str, str]:
    """An admin's session."""
    body = {"username": "admin", "password": PASSWORD}
    answer = httpx.post(f"{base}/api/v1/auth/login", json=body, trust_env=False)
    cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    return {"Cookie": cookies, CSRF_HEADER: answer.json()["csrf_token"]}


def described(base_url: str | None = None) -> BaseSchema:
    from pathlib import Path

    app = create_app(settings_for("postgresql://", "redis://", Path()))
    return schemathesis.openapi.from_dict(app.openapi())


schema = described()
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@schema.include(path_regex="^/api/v1/visitor/").parametrize()
@fuzzed
def test_no_visitor_request_is_a_server_error(
    case: Any, base: str, visitor_headers: dict[str, str]
) -> None:
    if case.query and "wait" in case.query:
        case.query["wait"] = 0
    case.call_and_validate(base_url=base, headers=visitor_headers, checks=[not_a_server_error])


@schema.include(path_regex="^/api/v1/").exclude(path_regex="/visitor/|/auth/logout").parametrize()
@fuzzed
def test_no_staff_request_is_a_server_error(
    case: Any, base: str, staff_headers: dict[str, str]
) -> None:
    case.call_and_validate(base_url=base, headers=staff_headers, checks=[not_a_server_error])


def test_after_all_that_a_message_is_still_accepted(
    base: str, visitor_headers: dict[str, str]
) -> None:
    answer = httpx.post(
        f"{base}/api/v1/visitor/messages",
        json={"text": "你好", "client_id": "after-the-storm"},
        headers=visitor_headers,
        trust_env=False,
    )
    assert answer.status_code == 202
