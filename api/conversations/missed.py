"""Finds changes no event told of: a process that dies after its commit can say nothing any more.

Only what stands in agents' lists is looked at. What was told is known by the `updated_at` it had:
clocks of different machines are never compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from api.conversations.audience import LISTED
from api.db import Transaction
from api.ids import now
from api.models import Conversation

LOOK_SECONDS = 5.0
_BACK = timedelta(seconds=60)


class Missed:
    """What consoles of this process were told of each conversation, and what they were not."""

    def __init__(self) -> None:
        self._since = now()
        self._told: dict[UUID, datetime] = {}
        self._suspects: set[tuple[UUID, datetime]] = set()

    def told(self, summary: Mapping[str, Any]) -> None:
        """Consoles are told of a conversation as it is in `summary` (JSON)."""
        self._told[UUID(summary["id"])] = datetime.fromisoformat(summary["updated_at"])

    def begin(self) -> None:
        """The first console is opened: it reads for itself what has happened before."""
        self._since = now()
        self._told.clear()
        self._suspects.clear()

    async def look(self, tx: Transaction) -> bool:
        """Whether something has changed that nobody was told of by this look nor the one before."""
        from_here = max(self._since, now() - _BACK)
        query = select(Conversation.id, Conversation.updated_at).where(
            Conversation.state.in_(sorted(LISTED)), Conversation.updated_at > from_here
        )
        rows = {row.id: row.updated_at for row in await tx.execute(query)}
        self._told = {each: at for each, at in self._told.items() if at > from_here}
        unknown = {
            (each, at)
            for each, at in rows.items()
            if each not in self._told or self._told[each] < at
        }
        missed = unknown & self._suspects
        self._told |= dict(missed)
        self._suspects = unknown - missed
        return bool(missed)
