"""Staff of the demo on a running desk."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

API = "/api/v1"


@asynccontextmanager
async def signed_in(url: str, username: str = "admin") -> AsyncIterator[httpx.AsyncClient]:
    """A client of the desk at `url`, signed in with the password in `FENZHEN_DEMO_PASSWORD`."""
    async with httpx.AsyncClient(base_url=url, timeout=30, trust_env=False) as http:
        body = {"username": username, "password": os.environ["FENZHEN_DEMO_PASSWORD"]}
        (await http.post(f"{API}/auth/login", json=body)).raise_for_status()
        me = await http.get(f"{API}/auth/me")
        http.headers["X-CSRF-Token"] = me.json()["csrf_token"]
        yield http
