"""What the demo shop does once: results kept under the caller's key, and numbers given out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_jsonable_python
from sqlalchemy import select

from api.commerce import rules
from api.commerce.once import serialise
from api.db import Transaction
from api.ids import new_id, now
from api.models import REFERENCES, ShopAct

R = TypeVar("R")


async def once(
    tx: Transaction,
    key: str,
    act: str,
    shape: type[R],
    perform: Callable[[], Awaitable[R]],
    customer_id: UUID | None = None,
    **details: str,
) -> R:
    """The result kept under `key`, or that of `perform`, kept in the same transaction."""
    await serialise(tx, f"shop:{key}")
    known = await tx.scalar(select(ShopAct).where(ShopAct.key == key))
    if known is not None:
        return TypeAdapter(shape).validate_python(known.result)
    result = await perform()
    tx.add(
        ShopAct(
            id=new_id(),
            key=key,
            act=act,
            customer_id=customer_id,
            details=details,
            result=to_jsonable_python(result),
            created_at=now(),
        )
    )
    await tx.flush()
    return result


async def reference(tx: Transaction, prefix: str) -> str:
    """The next number, such as CX20260310-00012."""
    count = await tx.scalar(select(REFERENCES.next_value()))
    return f"{prefix}{rules.day_of(now()):%Y%m%d}-{count:05d}"
