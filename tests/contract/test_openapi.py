"""The description of the API: valid, stored as it is, honest about errors."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

REPOSITORY = Path(__file__).resolve().parents[2]
STORED = REPOSITORY / "docs" / "openapi.json"
COMMERCE = REPOSITORY / "docs" / "commerce-openapi.yaml"
SCRIPT = REPOSITORY / "scripts" / "openapi"


def described() -> str:
    document = runpy.run_path(str(SCRIPT))["document"]
    return str(document())


DOCUMENT: dict[str, Any] = json.loads(described())
OPERATIONS = [
    (method.upper(), path) for path, methods in DOCUMENT["paths"].items() for method in methods
]


def named(operations: list[tuple[str, str]]) -> list[Any]:
    """Parameters whose test ids read `GET /path`."""
    return [pytest.param(*each, id=" ".join(each)) for each in operations]


OPEN = {
    ("POST", "/api/v1/visitor/sessions"),
    ("GET", "/api/v1/visitor/tickets/{number}"),  # by the key of the link
    ("POST", "/api/v1/visitor/tickets/{number}/answers"),
    ("GET", "/channels/wechat/{account}"),  # by their signature
    ("POST", "/channels/wechat/{account}"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
}
FIXED = {
    ("POST", "/api/v1/visitor/sessions"),
    ("POST", "/api/v1/visitor/messages"),
    ("GET", "/api/v1/visitor/messages"),
    ("POST", "/api/v1/visitor/rating"),
    ("POST", "/api/v1/auth/login"),
    ("GET", "/api/v1/auth/me"),
    ("POST", "/api/v1/auth/logout"),
    ("GET", "/api/v1/conversations"),
    ("GET", "/api/v1/conversations/{conversation_id}"),
    ("GET", "/api/v1/conversations/{conversation_id}/messages"),
    ("POST", "/api/v1/conversations/{conversation_id}/take"),
    ("POST", "/api/v1/conversations/{conversation_id}/messages"),
    ("POST", "/api/v1/conversations/{conversation_id}/return-to-bot"),
    ("POST", "/api/v1/conversations/{conversation_id}/close"),
    ("POST", "/api/v1/conversations/{conversation_id}/typing"),
    ("POST", "/api/v1/conversations/{conversation_id}/read"),
    ("GET", "/api/v1/handoffs"),
    ("GET", "/api/v1/tickets"),
    ("GET", "/api/v1/tickets/{number}"),
    ("POST", "/api/v1/tickets"),
    ("PATCH", "/api/v1/tickets/{number}"),
    ("POST", "/api/v1/tickets/{number}/state"),
    ("POST", "/api/v1/tickets/{number}/notes"),
    ("POST", "/api/v1/tickets/{number}/watch"),
    ("POST", "/api/v1/tickets/{number}/unwatch"),
    ("POST", "/api/v1/tickets/{number}/checklist"),
    ("POST", "/api/v1/tickets/{number}/links"),
    ("POST", "/api/v1/tickets/{number}/parent"),
    ("POST", "/api/v1/tickets/{number}/merge"),
    ("POST", "/api/v1/tickets/{number}/unmerge"),
    ("POST", "/api/v1/tickets/{number}/attachments"),
    ("POST", "/api/v1/tickets/{number}/complaint-steps/{step}"),
    ("POST", "/api/v1/tickets/{number}/reveal"),
    ("PATCH", "/api/v1/tickets/{number}/checklist/{item_id}"),
    ("DELETE", "/api/v1/tickets/{number}/checklist/{item_id}"),
    ("DELETE", "/api/v1/tickets/{number}/links/{other}"),
    ("GET", "/api/v1/tickets/{number}/history"),
    ("POST", "/api/v1/conversations/{conversation_id}/attachments"),
    ("GET", "/api/v1/attachments/{attachment_id}"),
    ("POST", "/api/v1/visitor/attachments"),
    ("GET", "/api/v1/visitor/attachments/{attachment_id}"),
    ("GET", "/api/v1/customers/{customer_id}"),
    ("GET", "/api/v1/knowledge"),
    ("PUT", "/api/v1/knowledge/{key}"),
    ("GET", "/api/v1/learning/releases"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
}
"""The addresses of docs/architecture.md §2 and §3."""


def operation(method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = DOCUMENT["paths"][path][method.lower()]
    return found


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_the_stored_document_is_the_present_one() -> None:
    assert STORED.read_text("utf-8") == described(), "run scripts/openapi"


def test_the_contract_of_the_shop_is_valid_and_the_present_one() -> None:
    stored = COMMERCE.read_text("utf-8")
    assert stored == runpy.run_path(str(SCRIPT))["commerce_document"](), "run scripts/openapi"
    validate(yaml.safe_load(stored))


def test_the_addresses_of_the_architecture_exist() -> None:
    assert set(OPERATIONS) >= FIXED


def test_the_gateway_is_not_described() -> None:
    assert not [path for _, path in OPERATIONS if path.startswith("/internal")]


@pytest.mark.parametrize(
    ("method", "path"), named([each for each in OPERATIONS if each not in OPEN])
)
def test_what_is_not_open_declares_401(method: str, path: str) -> None:
    assert "401" in operation(method, path)["responses"]


@pytest.mark.parametrize(
    ("method", "path"),
    named([each for each in OPERATIONS if each[0] != "GET" and "/api/v1/visitor" not in each[1]]),
)
def test_unsafe_staff_endpoints_declare_403(method: str, path: str) -> None:
    if path != "/api/v1/auth/login":
        assert "403" in operation(method, path)["responses"]


@pytest.mark.parametrize(("method", "path"), named(OPERATIONS))
def test_every_declared_error_has_the_error_form(method: str, path: str) -> None:
    for status, response in operation(method, path)["responses"].items():
        if not status.startswith("4"):
            continue
        schema = response["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/ErrorResponse"}, status


@pytest.mark.parametrize(("method", "path"), named(OPERATIONS))
def test_every_operation_says_what_it_does(method: str, path: str) -> None:
    described_as = operation(method, path)
    assert described_as.get("description"), "no docstring"
    assert described_as["operationId"]


def test_the_operation_ids_are_all_different() -> None:
    ids = [operation(*each)["operationId"] for each in OPERATIONS]
    assert len(ids) == len(set(ids))
