"""Items of the review queue: written, weighed, found."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from api.db import Transaction
from api.errors import ValidationFailed
from api.ids import now
from api.learning.review.facts import Noticed
from api.models import Message, ReviewItem
from classifier.likeness import SIZE, Vectors
from triage.policy.review import review_policy
from triage.worth import Facts, worth

LOCK = "review"
"""Advisory lock of whoever writes several items; after `knowledge` and `material`."""
OPEN, DONE, SKIPPED = "open", "done", "skipped"
ALIKE = 0.85
"""From this cosine on two messages are alike."""
MOST_WEIGHED = 3_000
"""So many open items, the newest, are compared with each other."""
_ROWS_AT_ONCE = 500
_NAMES = frozenset(field.name for field in fields(Facts))


@dataclass(frozen=True, slots=True)
class Found:
    """A message that is worth a look."""

    message_id: UUID
    conversation_id: UUID
    customer_id: UUID
    noticed: Noticed
    vector: Vectors | None
    """None for an item that is there already."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items."""

    state: str = OPEN
    reason: str | None = None
    cluster_id: UUID | None = None


def facts_of(item: ReviewItem) -> Facts:
    """What was known when it was weighed last."""
    return Facts(**{name: item.facts[name] for name in _NAMES & item.facts.keys()})


def chosen_of(item: ReviewItem) -> str | None:
    """The suggestion that the customer took."""
    chosen = item.facts.get("chosen")
    return str(chosen) if chosen else None


async def save(tx: Transaction, found: Iterable[Found]) -> None:
    """Write items that are open or new; decided ones stay. The caller holds `LOCK`."""
    ordered = sorted(found, key=lambda each: each.message_id)
    known = await _known(tx, [each.message_id for each in ordered])
    for each in ordered:
        facts = each.noticed.facts
        if (before := known.get(each.message_id)) is not None:
            facts = replace(facts, alike=before.alike, cluster=before.cluster)
        weighed = worth(facts, review_policy())
        changing = {
            "facts": {**asdict(facts), "chosen": each.noticed.chosen},
            "value": weighed.value,
            "reasons": list(weighed.reasons),
        }
        fresh = {
            "message_id": each.message_id,
            "conversation_id": each.conversation_id,
            "customer_id": each.customer_id,
            "vector": each.vector.tobytes() if each.vector is not None else None,
            "state": OPEN,
            "decided": {},
            "created_at": now(),
            **changing,
        }
        await tx.execute(
            insert(ReviewItem)
            .values(fresh)
            .on_conflict_do_update(
                index_elements=[ReviewItem.message_id],
                set_=changing,
                where=ReviewItem.state == OPEN,
            )
        )


async def page(
    tx: Transaction, wanted: Filter, cursor: str | None, limit: int
) -> tuple[list[ReviewItem], str | None]:
    """Items by value, the highest first, and the cursor of the next page."""
    query = select(ReviewItem).where(*_matching(wanted), _readable())
    if cursor is not None:
        query = query.where(tuple_(ReviewItem.value, ReviewItem.message_id) < _read(cursor))
    query = query.order_by(ReviewItem.value.desc(), ReviewItem.message_id.desc())
    rows = list((await tx.scalars(query.limit(limit + 1))).all())
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], _cursor(rows[limit - 1])


async def counts(tx: Transaction) -> tuple[int, dict[str, int]]:
    """How many items are open, and how many of them have each reason."""
    each = func.jsonb_array_elements_text(ReviewItem.reasons).label("reason")
    named = select(each).where(ReviewItem.state == OPEN, _readable()).subquery()
    query = select(named.c.reason, func.count()).group_by(named.c.reason)
    every = select(func.count()).where(ReviewItem.state == OPEN, _readable())
    by_reason = {str(row[0]): int(row[1]) for row in await tx.execute(query)}
    return await tx.scalar(every) or 0, by_reason


async def not_understood(tx: Transaction) -> int:
    """How many open items were not understood: clusters are made of them."""
    query = select(func.count()).where(
        ReviewItem.state == OPEN, ReviewItem.facts["unknown"].as_boolean(), _readable()
    )
    return await tx.scalar(query) or 0


async def alike(tx: Transaction, item: ReviewItem, limit: int) -> list[tuple[ReviewItem, float]]:
    """Open items that are like it, with their cosines, the likest first."""
    own = await tx.scalar(select(ReviewItem.vector).where(ReviewItem.message_id == item.message_id))
    ids, matrix = await vectors(tx, _readable())
    if own is None or not ids:
        return []
    scores = matrix @ np.frombuffer(own, np.float32)
    best = [
        (ids[row], float(scores[row]))
        for row in np.argsort(-scores, kind="stable")[: limit + 1]
        if scores[row] >= ALIKE and ids[row] != item.message_id
    ][:limit]
    rows = await of_ids(tx, [message_id for message_id, _ in best])
    return [(rows[each], score) for each, score in best if each in rows]


async def decided_since(tx: Transaction, staff_id: UUID, since: datetime) -> int:
    """How many items somebody has decided since then, without those that were reopened."""
    query = select(func.count()).where(
        ReviewItem.staff_id == staff_id, ReviewItem.decided_at >= since
    )
    return await tx.scalar(query) or 0


async def decided(tx: Transaction, staff_id: UUID, since: datetime, limit: int) -> list[ReviewItem]:
    """What somebody has decided since then, the last first."""
    query = (
        select(ReviewItem)
        .where(ReviewItem.staff_id == staff_id, ReviewItem.decided_at >= since, _readable())
        .order_by(ReviewItem.decided_at.desc(), ReviewItem.message_id)
        .limit(limit)
    )
    return list(await tx.scalars(query))


async def of_ids(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, ReviewItem]:
    """Items by message."""
    query = select(ReviewItem).where(ReviewItem.message_id.in_(ids))
    return {item.message_id: item for item in await tx.scalars(query)}


async def vectors(tx: Transaction, *which: ColumnElement[bool]) -> tuple[list[UUID], Vectors]:
    """The newest open items and what they mean, a row an item."""
    query = (
        select(ReviewItem.message_id, ReviewItem.vector)
        .where(ReviewItem.state == OPEN, ReviewItem.vector.is_not(None), *which)
        .order_by(ReviewItem.message_id.desc())
        .limit(MOST_WEIGHED)
    )
    rows = (await tx.execute(query)).all()
    matrix = np.frombuffer(b"".join(row.vector for row in rows), np.float32)
    return [row.message_id for row in rows], matrix.reshape(len(rows), SIZE)


async def weigh(
    tx: Transaction, alike_ones: Mapping[UUID, int], clustered: Mapping[UUID, bool]
) -> None:
    """Weigh open items anew: how many others are alike, and which are in a cluster, by message.
    What is in neither stays as it was. The caller holds `LOCK`."""
    query = select(ReviewItem).where(
        ReviewItem.state == OPEN, ReviewItem.message_id.in_({*alike_ones, *clustered})
    )
    for item in await tx.scalars(query.order_by(ReviewItem.message_id)):
        before = facts_of(item)
        facts = replace(
            before,
            alike=alike_ones.get(item.message_id, before.alike),
            cluster=clustered.get(item.message_id, before.cluster),
        )
        if facts != before:
            weighed = worth(facts, review_policy())
            item.facts = {**item.facts, **asdict(facts)}
            item.value, item.reasons = weighed.value, list(weighed.reasons)


def neighbours(ids: Sequence[UUID], matrix: Vectors) -> dict[UUID, int]:
    """How many others each message is like; `matrix` has a row for each."""
    found: list[int] = []
    for start in range(0, len(matrix), _ROWS_AT_ONCE):
        close = matrix[start : start + _ROWS_AT_ONCE] @ matrix.T >= ALIKE
        found += [max(0, int(each) - 1) for each in close.sum(axis=1)]
    return dict(zip(ids, found, strict=True))


async def _known(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, Facts]:
    return {key: facts_of(item) for key, item in (await of_ids(tx, ids)).items()}


def _matching(wanted: Filter) -> Iterable[ColumnElement[bool]]:
    yield ReviewItem.state == wanted.state
    if wanted.reason is not None:
        yield ReviewItem.reasons.contains([wanted.reason])
    if wanted.cluster_id is not None:
        yield ReviewItem.cluster_id == wanted.cluster_id


def _readable() -> ColumnElement[bool]:
    """The message has not been taken back."""
    return (
        select(Message.id)
        .where(Message.id == ReviewItem.message_id, Message.recalled_at.is_(None))
        .exists()
    )


def _cursor(item: ReviewItem) -> str:
    raw = f"{item.value!r} {item.message_id}".encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _read(cursor: str) -> tuple[float, UUID]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
        value, message_id = raw.decode().split(" ")
        return float(value), UUID(message_id)
    except (ValueError, binascii.Error):
        raise ValidationFailed(fields=[{"field": "query.cursor", "problem": "cursor"}]) from None
