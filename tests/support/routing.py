"""Agents at work and conversations in the queue, as the tests of routing need them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from api.handoffs.corrections import keep_informed
from api.handoffs.lost import requeue_lost
from api.ids import now
from tests.support.desk_work import agent_of, ok, path_of, waiting_visitor
from tests.support.rig import Rig, Visitor


async def at_work(
    rig: Rig, username: str, capacity: int = 8, presence: str = "online", team: str | None = None
) -> tuple[httpx.AsyncClient, UUID]:
    """An agent with a console open, signed in; and their id. Nothing is routed by this."""
    client, staff_id = await agent_of(rig, username, team)
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(
            "UPDATE staff SET capacity = %s, presence = %s, last_seen_at = now(),"
            " presence_since = now() WHERE id = %s",
            (capacity, presence, UUID(staff_id)),
        )
    return client, UUID(staff_id)


async def change(rig: Rig, statement: str, *values: Any) -> None:
    """Change rows behind the desk's back."""
    async with rig.database.transaction() as tx:
        await (await tx.connection()).exec_driver_sql(statement, values)


async def lose(rig: Rig, staff_id: UUID, seconds: float) -> None:
    """The agent's last sign of life was so long ago, and so was everything they took."""
    ago = now() - timedelta(seconds=seconds)
    await change(
        rig,
        "UPDATE staff SET last_seen_at = %s, presence_since = %s WHERE id = %s",
        *(ago, ago, staff_id),
    )


async def api_has_lived(rig: Rig, since: datetime) -> None:
    """The api processes have lived without a break since then, and live now."""
    await change(rig, "UPDATE pulse SET since = %s, beat_at = now()", since)


async def sweep(rig: Rig, after_seconds: float = 0.0) -> int:
    """What the worker does about lost agents; returns how many conversations went back."""
    moment = now() + timedelta(seconds=after_seconds)
    await change(rig, "UPDATE pulse SET beat_at = %s", moment)
    async with rig.database.transaction() as tx:
        return await requeue_lost(tx, moment)


async def look_at_queue(rig: Rig) -> None:
    """What the worker does about waiting customers every other second."""
    await keep_informed(rig.database, now())


async def detail(client: httpx.AsyncClient, visitor: Visitor) -> dict[str, Any]:
    """The conversation as its agent sees it."""
    return await ok(client.get(path_of(visitor)))


async def owners(rig: Rig) -> list[UUID | None]:
    """Who has each conversation, oldest first."""
    rows = await rig.rows("SELECT owner_id FROM conversation ORDER BY id")
    return [row.owner_id for row in rows]


async def waiting(rig: Rig, count: int) -> list[Visitor]:
    """Customers who asked for a person one after the other."""
    return [await waiting_visitor(rig) for _ in range(count)]
