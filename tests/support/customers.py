"""Customers' records over the staff API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from tests.support.rig import Rig

CUSTOMERS = "/api/v1/customers"


async def customer_of(rig: Rig, conversation_id: UUID) -> str:
    """Id of the customer of a conversation."""
    found = await rig.scalar(
        "SELECT customer_id FROM conversation WHERE id = :id", id=conversation_id
    )
    return str(found)


async def show(http: httpx.AsyncClient, customer_id: str) -> dict[str, Any]:
    """The record."""
    answer = await http.get(f"{CUSTOMERS}/{customer_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def change(http: httpx.AsyncClient, customer_id: str, **fields: Any) -> httpx.Response:
    """Change fields of the present version, or of `version`."""
    version = fields.pop("version", None) or (await show(http, customer_id))["version"]
    return await http.patch(f"{CUSTOMERS}/{customer_id}", json={"version": version, **fields})


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error."""
    return answer.status_code, answer.json()["error"]["code"]
