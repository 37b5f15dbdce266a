"""A customer of the demo shop in a conversation, seen from the action server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.support.rig import Rig

ON_ITS_WAY = ("880100100011", "6021")
WAITING = ("880100100022", "7342")
ARRIVED = ("880100100033", "8056")
"""Orders of the demo page: number and the last four digits of the phone."""


@dataclass(frozen=True)
class Shopper:
    """A conversation at the counter."""

    gateway: httpx.AsyncClient
    conversation_id: UUID
    message_id: UUID = field(default_factory=uuid4)

    async def post(self, path: str, **body: Any) -> httpx.Response:
        """Ask as the action server does; a `message_id` of its own unless one is given."""
        return await self.gateway.post(
            f"/internal/v1/commerce/{path}",
            json={
                "conversation_id": str(self.conversation_id),
                "message_id": str(uuid4()),
                **body,
            },
        )

    async def ask(self, path: str, **body: Any) -> Any:
        """The body of a good answer."""
        answer = await self.post(path, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def refused(self, path: str, **body: Any) -> tuple[int, str, str | None]:
        """Status, code and reason of an answer that is none."""
        answer = await self.post(path, **body)
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["details"].get("reason")

    async def prove(self, order: tuple[str, str]) -> dict[str, Any]:
        """Verify with the order's number and the last four digits."""
        proved: dict[str, Any] = await self.ask(
            "verify", order_number=order[0], phone_last4=order[1]
        )
        return proved


async def shopper(rig: Rig, proof: tuple[str, str] | None = None) -> Shopper:
    """A new conversation, verified by `proof` if given."""
    visitor = await rig.visitor()
    made = Shopper(await rig.gateway(), visitor.conversation_id)
    if proof is not None:
        assert (await made.prove(proof))["verified"]
    return made
