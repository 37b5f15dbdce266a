"""Rows that have a name of their own."""

from __future__ import annotations

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from api.db import Transaction
from api.errors import NameTaken


async def flush_named(tx: Transaction) -> None:
    """Store what was added or renamed; raises NameTaken when another row has the name already."""
    try:
        await tx.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise NameTaken from error
        raise
