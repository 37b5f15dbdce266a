"""Links to a ticket's status page: whoever has the key may read it without signing in."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote
from uuid import UUID

from api.auth.tokens import same
from api.models import Ticket
from api.settings import Settings

_PURPOSE = b"ticket-status:"
_LENGTH = 32
"""Hexadecimal digits of a key: 128 bits."""


def status_key(settings: Settings, ticket_id: UUID) -> str:
    """The key of a ticket: HMAC-SHA256 of its id with the desk's secret, for this purpose only."""
    secret = settings.service_token.get_secret_value().encode()
    return hmac.new(secret, _PURPOSE + ticket_id.bytes, hashlib.sha256).hexdigest()[:_LENGTH]


def key_fits(settings: Settings, ticket_id: UUID, key: str) -> bool:
    """Is `key` the ticket's? Compared in constant time."""
    return same(key, status_key(settings, ticket_id))


def status_url(settings: Settings, ticket: Ticket) -> str:
    """The address of the customer's status page."""
    number = quote(ticket.number, safe="")
    return f"{settings.base_url}/t/{number}?key={status_key(settings, ticket.id)}"
