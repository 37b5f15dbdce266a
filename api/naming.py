"""Names: of rows that have one of their own, and of customers who have told none."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from api.db import Transaction
from api.errors import NameTaken
from api.i18n import say


async def flush_named(tx: Transaction) -> None:
    """Store what was added or renamed; raises NameTaken when another row has the name already."""
    try:
        await tx.flush()
    except IntegrityError as error:
        if isinstance(error.orig, UniqueViolation):
            raise NameTaken from error
        raise


Newcomer = Literal["customer", "wechat_customer"]

_NEWCOMERS: tuple[Newcomer, ...] = ("customer", "wechat_customer")
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that look like another."""
_TAIL = 4


def newcomer(kind: Newcomer, customer_id: UUID) -> str:
    """What somebody is called who has told no name: 「访客 7K2M」, always the same for an id."""
    number, tail = customer_id.int, ""
    for _ in range(_TAIL):
        number, place = divmod(number, len(_SIGNS))
        tail += _SIGNS[place]
    return f"{say(f'author.{kind}')} {tail}"


def address(name: str, customer_id: UUID) -> str:
    """How a customer is spoken to: the tail that tells newcomers apart is for staff alone."""
    for kind in _NEWCOMERS:
        if name == newcomer(kind, customer_id):
            return say(f"author.{kind}")
    return name
