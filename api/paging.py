"""Keyset paging: the next page begins after the last row of this one.

However deep a page lies and however many rows were added meanwhile, it costs the same and shows
nothing twice.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, Protocol, TypeVar, TypeVarTuple
from uuid import UUID

from fastapi import Query
from sqlalchemy import ColumnElement, Select, tuple_

from api.errors import ValidationFailed

Limit = Annotated[int, Query(ge=1, le=100)]
"""Rows of a page."""
CursorParameter = Annotated[str | None, Query(max_length=200)]
_NO_CURSOR = [{"field": "query.cursor", "problem": "cursor"}]


Order = Literal["newest", "oldest"]
"""What comes first."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its moment and id, and the order of the pages."""

    moment: datetime
    id: UUID
    order: Order = "newest"

    def __str__(self) -> str:
        raw = f"{self.moment.isoformat()} {self.id} {self.order}".encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, order: Order = "newest") -> Cursor:
        """The cursor that `str` gave; raises ValidationFailed, also for one of another order."""
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)
            moment, row_id, given = raw.decode().split(" ")
            cursor = cls(datetime.fromisoformat(moment), UUID(row_id), order)
        except (ValueError, binascii.Error):
            raise ValidationFailed(fields=_NO_CURSOR) from None
        if cursor.moment.tzinfo is None or given != order:
            raise ValidationFailed(fields=_NO_CURSOR)
        return cursor


class _Row(Protocol):
    @property
    def id(self) -> Any: ...


class _Created(_Row, Protocol):
    @property
    def created_at(self) -> Any: ...


R = TypeVar("R", bound=_Row)
C = TypeVar("C", bound=_Created)
Ts = TypeVarTuple("Ts")


def page_of(
    query: Select[*Ts],
    moment: ColumnElement[datetime],
    row_id: ColumnElement[UUID],
    cursor: str | None,
    limit: int,
    order: Order = "newest",
) -> Select[*Ts]:
    """`query` for one page by `moment`, and one row more to know if there is a next.

    Raises ValidationFailed for a cursor that is none of this order.
    """
    place = (moment, row_id)
    if cursor is not None:
        last = Cursor.read(cursor, order)
        behind = (last.moment, last.id)
        query = query.where(
            tuple_(*place) < behind if order == "newest" else tuple_(*place) > behind
        )
    sorted_by = [each.desc() if order == "newest" else each.asc() for each in place]
    return query.order_by(*sorted_by).limit(limit + 1)


def cut(rows: Sequence[C], limit: int) -> tuple[list[C], str | None]:
    """The rows of a page, and the cursor of the next one (None: this is the last)."""
    return cut_by(rows, limit, lambda row: row.created_at)


def cut_by(
    rows: Sequence[R], limit: int, moment: Callable[[R], datetime], order: Order = "newest"
) -> tuple[list[R], str | None]:
    """As `cut`, for pages that go by another `moment` than when a row was made."""
    if len(rows) <= limit:
        return list(rows), None
    last = rows[limit - 1]
    return list(rows[:limit]), str(Cursor(moment(last), last.id, order))
