"""Locks that last as long as a transaction."""

from __future__ import annotations

from sqlalchemy import text

from api.db import Transaction

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")


async def serialise(tx: Transaction, name: str) -> None:
    """Wait until no other transaction holds `name`, then hold it until this one ends.

    No row is locked: accepting the customer's next message never waits for a shop.
    """
    await tx.execute(_LOCK, {"name": name})
