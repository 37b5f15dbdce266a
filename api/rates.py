"""How much one network address may ask for in a minute, where nobody has to sign in."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from limits import RateLimitItemPerMinute
from starlette.requests import HTTPConnection

from api.auth.dependencies import address_of
from api.context import desk_of
from api.errors import TooManyAttempts

_ONE_CUSTOMER_V6 = 64
"""Bits: whoever has an IPv6 address has a whole network of this size."""


async def check(connection: HTTPConnection, purpose: str, per_minute: int) -> None:
    """Count one more request for `purpose`; raises TooManyAttempts above `per_minute`.

    This machine itself is not counted: what it asks for on behalf of others comes through a
    trusted proxy (`FENZHEN_TRUSTED_PROXIES`), which says for whom.
    """
    caller = caller_of(address_of(connection))
    if caller is None:
        return
    rates = desk_of(connection).rates
    if not await rates.hit(RateLimitItemPerMinute(per_minute), purpose, caller):
        raise TooManyAttempts


def caller_of(address: str | None) -> str | None:
    """Whom `address` is counted for; None for this machine, and where there is none."""
    try:
        known: IPv4Address | IPv6Address = ip_address(address or "127.0.0.1")
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        known = known.ipv4_mapped or known
    if known.is_loopback:
        return None
    if isinstance(known, IPv6Address):
        return str(IPv6Network((known, _ONE_CUSTOMER_V6), strict=False))
    return str(known)
