"""Searches as staff make them."""

from __future__ import annotations

from typing import Any

import httpx


async def found(http: httpx.AsyncClient, q: str, **more: Any) -> list[dict[str, Any]]:
    """What a search finds."""
    answer = await http.get("/api/v1/search", params={"q": q, **more})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def ids(http: httpx.AsyncClient, q: str, **more: Any) -> list[str]:
    """The ids of what a search finds."""
    return [item["id"] for item in await found(http, q, **more)]
