"""Staff who work on tickets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import select

from api.ids import new_id
from api.models import Staff, Team
from tests.support.rig import Rig

TICKETS = "/api/v1/tickets"
Opener = Callable[..., Awaitable[dict[str, Any]]]


@dataclass(frozen=True)
class Person:
    """Somebody of the staff, signed in."""

    http: httpx.AsyncClient
    id: UUID

    async def get(self, path: str, **params: Any) -> dict[str, Any]:
        """What is at `path` below the tickets."""
        answer = await self.http.get(TICKETS + path, params=params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def do(
        self, path: str, body: dict[str, Any] | None = None, method: str = "POST"
    ) -> dict[str, Any]:
        """Do it, and make sure that it was done."""
        answer = await self.http.request(method, TICKETS + path, json=body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def refused(
        self, path: str, body: dict[str, Any] | None = None, method: str = "POST"
    ) -> tuple[int, str]:
        """Try it: status and code of the refusal."""
        answer = await self.http.request(method, TICKETS + path, json=body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["error"]["code"]

    async def move(self, ticket: dict[str, Any], *states: str, **more: Any) -> dict[str, Any]:
        """The ticket after it went through `states`."""
        for state in states:
            body = {"version": ticket["version"], "state": state, "result": "已退款", **more}
            ticket = await self.do(f"/{ticket['number']}/state", body)
        return ticket

    async def change(self, ticket: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """The ticket with these fields changed."""
        body = {"version": ticket["version"], **fields}
        return await self.do(f"/{ticket['number']}", body, "PATCH")


async def person(rig: Rig, username: str, team: UUID | None = None) -> Person:
    """A member of staff, a new agent if there is none of that name."""
    async with rig.database.transaction() as tx:
        found = await tx.scalar(select(Staff).where(Staff.username == username))
        if found is None:
            found = Staff(
                id=new_id(),
                username=username,
                display_name=username,
                role="agent",
                password_hash="-",
            )
            tx.add(found)
        found.team_id = team
    return Person(await rig.staff(username), found.id)


async def team(rig: Rig, name: str) -> UUID:
    """A new team."""
    async with rig.database.transaction() as tx:
        made = Team(id=new_id(), name=name)
        tx.add(made)
    return made.id
