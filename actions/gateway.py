"""What the actions ask of the desk: knowledge, tickets, handoffs (architecture §5).

When the desk does not answer, an action must fail: the turn is undone and tried again, the
customer is never told something that did not happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Literal, Protocol, TypeVar

import httpx
from pydantic import ValidationError

from actions.commerce import NotFound, NotPossible, NotVerified, TooManyAttempts
from actions.settings import Settings, read_settings
from actions.wire import (
    GatewayError,
    GatewayInvalid,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnreadable,
    Wire,
)

__all__ = [
    "Gateway",
    "GatewayError",
    "GatewayRefused",
    "GatewayUnavailable",
    "GatewayUnreadable",
    "Handoff",
    "HandoffRequest",
    "HttpGateway",
    "KnowledgeEntry",
    "Ticket",
    "TicketRequest",
]

TicketKind = Literal["request", "complaint", "repair", "feedback"]
HandoffReason = Literal[
    "customer_asked", "bot_failed", "answer_rejected", "anger", "p1", "complaint", "policy"
]


class AnswerButton(Wire):
    """A button below an answer; a tap says `text`."""

    title: str
    text: str


class KnowledgeEntry(Wire):
    """An active entry of the knowledge base, as the customer's channel shows it."""

    key: str
    category: str
    question: str
    answer: str
    buttons: tuple[AnswerButton, ...] = ()
    task: str | None = None
    """The task that does what the entry explains."""


class Ticket(Wire):
    """A ticket as promised to the customer; `created` is False when it was there already.

    They hear of it by `first_response_due_at`, so many minutes on the clock after it was opened.
    """

    number: str
    priority: str
    first_response_minutes: int
    first_response_due_at: datetime
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


Answer = TypeVar("Answer", bound=Wire)


class Gateway(Protocol):
    """The desk as the actions see it. Every method raises `GatewayError` and nothing else."""

    async def lookup(self, keys: Sequence[str], conversation_id: str) -> list[KnowledgeEntry]:
        """The active entries among `keys`, in that order, as that conversation shows them."""
        ...

    async def open_ticket(self, request: TicketRequest) -> Ticket:
        """Open a ticket, or return the one this message opened before."""
        ...

    async def hand_off(self, request: HandoffRequest) -> Handoff:
        """Hand the conversation to a person; the desk tells the customer itself."""
        ...

    async def shop(self, path: str, body: Mapping[str, Any], kind: type[Answer]) -> Answer:
        """Ask the shop: `path` below `/internal/v1/commerce`, read as `kind`.

        Also raises the refusals of `actions.commerce`.
        """
        ...


_KEPT_SECONDS = 3.0
"""Idle connections are given up before the desk's server (uvicorn: 5 s) does it."""


class _Entries(Wire):
    entries: list[KnowledgeEntry]


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

    async def lookup(self, keys: Sequence[str], conversation_id: str) -> list[KnowledgeEntry]:
        """See `Gateway.lookup`."""
        if not keys:
            return []
        body = {"keys": list(keys), "conversation_id": conversation_id}
        found = await self._post("/knowledge/lookup", body, _Entries)
        return found.entries

    async def open_ticket(self, request: TicketRequest) -> Ticket:
        """See `Gateway.open_ticket`."""
        return await self._post("/tickets", request.model_dump(), Ticket)

    async def hand_off(self, request: HandoffRequest) -> Handoff:
        """See `Gateway.hand_off`."""
        return await self._post("/handoffs", request.model_dump(exclude_none=True), Handoff)

    async def shop(self, path: str, body: Mapping[str, Any], kind: type[Answer]) -> Answer:
        """See `Gateway.shop`."""
        return await self._post(f"/commerce{path}", dict(body), kind)

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
        if not response.is_success:
            raise _refusal(path, response)
        try:
            return kind.model_validate_json(response.content)
        except ValidationError as error:
            raise GatewayUnreadable(f"{path}: {error.error_count()} unreadable fields") from error


def _refusal(path: str, response: httpx.Response) -> GatewayError:
    """The error of this seam that an answer without success stands for."""
    status, (code, reason) = response.status_code, _code(response)
    if status == 429 and code == "too_many_attempts":
        return TooManyAttempts(path)
    if status >= 500 or status == 429:
        return GatewayUnavailable(f"{path}: {status}")
    if code == "not_verified":
        return NotVerified(path)
    if code == "not_possible":
        return NotPossible(reason)
    if status == 404 and code.endswith("_not_found"):
        return NotFound(code)
    kind = GatewayInvalid if status == 422 else GatewayRefused
    return kind(f"{path}: {status}")


def _code(response: httpx.Response) -> tuple[str, str]:
    """Code and reason of the desk's error body, empty where it has none."""
    try:
        error = response.json()["error"]
        details = error.get("details") or {}
        return str(error.get("code") or ""), str(details.get("reason") or "")
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


@cache
def shared_gateway() -> HttpGateway:
    """The gateway of this process, made on first use."""
    return HttpGateway(read_settings())
