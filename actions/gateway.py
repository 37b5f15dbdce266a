"""What the actions ask of the desk: knowledge, tickets, handoffs (architecture §5).

When the desk does not answer, an action must fail: the turn is undone and tried again, the
customer is never told something that did not happen.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, Protocol, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from actions.settings import Settings, read_settings

TicketKind = Literal["request", "complaint"]
HandoffReason = Literal[
    "customer_asked", "bot_failed", "answer_rejected", "anger", "p1", "complaint", "policy"
]


class GatewayError(Exception):
    """The desk did not do what was asked."""


class GatewayUnavailable(GatewayError):
    """The desk cannot be reached, takes too long or is in trouble itself."""


class GatewayRefused(GatewayError):
    """The desk understood the request and refuses it."""


class GatewayUnreadable(GatewayError):
    """The desk's answer is not what architecture §5 says."""


class Wire(BaseModel):
    """Base of what goes over the wire; new fields of the desk do no harm."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class KnowledgeEntry(Wire):
    """An active entry of the knowledge base."""

    key: str
    category: str
    question: str
    answer: str


class Ticket(Wire):
    """A ticket as promised to the customer; `created` is False when it was there already."""

    number: str
    priority: str
    first_response_minutes: int
    created: bool


class Handoff(Wire):
    """Where the conversation stands after the handoff; `position` counts from 1."""

    state: str
    position: int | None = None
    expected_wait_seconds: int | None = None
    created: bool


class TicketRequest(Wire):
    """What a ticket is opened with; the same conversation, message and kind give one ticket."""

    conversation_id: str
    message_id: str
    kind: TicketKind
    description: str
    order_number: str | None
    contact: str | None


class HandoffRequest(Wire):
    """Why the conversation goes to a person; the same conversation and message give one hop."""

    conversation_id: str
    message_id: str
    reason: HandoffReason
    note: str | None = None


class Gateway(Protocol):
    """The desk as the actions see it. Every method raises `GatewayError` and nothing else."""

    async def lookup(self, keys: Sequence[str]) -> list[KnowledgeEntry]:
        """The active entries among `keys`, in that order."""
        ...

    async def open_ticket(self, request: TicketRequest) -> Ticket:
        """Open a ticket, or return the one this message opened before."""
        ...

    async def hand_off(self, request: HandoffRequest) -> Handoff:
        """Hand the conversation to a person; the desk tells the customer itself."""
        ...


_KEPT_SECONDS = 3.0
"""Idle connections are given up before the desk's server (uvicorn: 5 s) does it."""


class _Entries(Wire):
    entries: list[KnowledgeEntry]


Answer = TypeVar("Answer", bound=Wire)


class HttpGateway:
    """The desk over HTTP, connections kept open."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None):
        self._client = httpx.AsyncClient(
            base_url=f"{settings.api_url}/internal/v1",
            headers={"Authorization": f"Bearer {settings.service_token}"},
            timeout=settings.timeout_seconds,
            limits=httpx.Limits(keepalive_expiry=_KEPT_SECONDS),
            transport=transport,
            trust_env=False,
        )

    async def lookup(self, keys: Sequence[str]) -> list[KnowledgeEntry]:
        """See `Gateway.lookup`."""
        if not keys:
            return []
        found = await self._post("/knowledge/lookup", {"keys": list(keys)}, _Entries)
        return found.entries

    async def open_ticket(self, request: TicketRequest) -> Ticket:
        """See `Gateway.open_ticket`."""
        return await self._post("/tickets", request.model_dump(), Ticket)

    async def hand_off(self, request: HandoffRequest) -> Handoff:
        """See `Gateway.hand_off`."""
        return await self._post("/handoffs", request.model_dump(exclude_none=True), Handoff)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _send(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Send once more when a kept connection was being closed by the desk just then.

        Every request may arrive twice without harm (architecture §5).
        """
        try:
            return await self._client.post(path, json=body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return await self._client.post(path, json=body)

    async def _post(self, path: str, body: dict[str, Any], kind: type[Answer]) -> Answer:
        try:
            response = await self._send(path, body)
        except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
            raise GatewayUnavailable(f"{path}: {type(error).__name__}") from error
        if response.status_code >= 500 or response.status_code == 429:
            raise GatewayUnavailable(f"{path}: {response.status_code}")
        if not response.is_success:
            raise GatewayRefused(f"{path}: {response.status_code}")
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise GatewayUnreadable(f"{path}: {error.error_count()} unreadable fields") from error


@cache
def shared_gateway() -> HttpGateway:
    """The gateway of this process, made on first use."""
    return HttpGateway(read_settings())
