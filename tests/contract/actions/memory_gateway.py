"""The desk in memory: the harmless twin of `actions.gateway.HttpGateway`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from actions.gateway import (
    GatewayUnavailable,
    Handoff,
    HandoffRequest,
    KnowledgeEntry,
    Ticket,
    TicketRequest,
)
from actions.wire import Wire
from tests.contract.actions.memory_shop import MemoryShop

Answer = TypeVar("Answer", bound=Wire)
OPENED = datetime(2026, 11, 18, 6, 0, tzinfo=UTC)
"""When every ticket was opened: a Wednesday, 14:00 in Shanghai."""


class MemoryGateway:
    """Keeps what it is told; `down` makes every call fail, `inactive` hides entries."""

    def __init__(self, entries: Iterable[KnowledgeEntry] = (), minutes: int = 15) -> None:
        self.entries = {entry.key: entry for entry in entries}
        self.inactive: set[str] = set()
        self.tickets: dict[tuple[str, str, str], TicketRequest] = {}
        self.handoffs: dict[tuple[str, str], HandoffRequest] = {}
        self.store = MemoryShop()
        self.down = False
        self.minutes = minutes

    async def lookup(self, keys: Sequence[str], conversation_id: str) -> list[KnowledgeEntry]:
        """See `Gateway.lookup`."""
        self._check()
        return [
            self.entries[key] for key in keys if key in self.entries and key not in self.inactive
        ]

    async def open_ticket(self, request: TicketRequest) -> Ticket:
        """See `Gateway.open_ticket`."""
        self._check()
        place = (request.conversation_id, request.message_id, request.kind)
        created = place not in self.tickets
        self.tickets.setdefault(place, request)
        number = f"T{1 + list(self.tickets).index(place):06d}"
        return Ticket(
            number=number,
            priority="P3",
            first_response_minutes=self.minutes,
            first_response_due_at=OPENED + timedelta(minutes=self.minutes),
            created=created,
        )

    async def hand_off(self, request: HandoffRequest) -> Handoff:
        """See `Gateway.hand_off`."""
        self._check()
        place = (request.conversation_id, request.message_id)
        created = place not in self.handoffs
        self.handoffs.setdefault(place, request)
        return Handoff(state="queued", position=1, expected_wait_seconds=60, created=created)

    async def shop(self, path: str, body: Mapping[str, Any], kind: type[Answer]) -> Answer:
        """See `Gateway.shop`."""
        return kind.model_validate(await self.shop_answer(path, body))

    async def shop_answer(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """What goes over the wire."""
        self._check()
        return self.store.answer(path, body)

    def _check(self) -> None:
        if self.down:
            raise GatewayUnavailable("switched off")
