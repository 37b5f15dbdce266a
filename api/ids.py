"""Identifiers and time: UUIDv7 and aware UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

SHOP_TIME = ZoneInfo("Asia/Shanghai")
"""Whose days and hours customers mean."""


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by the time it was made."""
    return uuid7()


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day where the customers are."""
    return now().astimezone(SHOP_TIME).date()
