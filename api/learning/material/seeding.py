"""The bundled lines in the database: at a first start all, at an upgrade what is new.

The database is the truth. What staff removed stays removed and what they added stays; a bundled
line that nobody has touched goes when a later version no longer has it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from api.commerce.once import serialise
from api.db import Transaction
from api.i18n import texts
from api.ids import new_id, now
from api.learning.material.bundle import BundledLine, bundle_hash, intent_kinds, read_lines
from api.models import Intent, Setting, TrainingLine

SEEDED = "bundled_material"
"""The row of `setting` that says which files were taken in last."""
LOCK = "material"
"""Under this name one transaction at a time changes what is learned from."""
_COPY = (
    "COPY training_line (id, kind, label, text, digest, labels, source, state, created_at)"
    " FROM STDIN"
)
_ROWS = 5_000
"""Deleted with one statement."""


async def seed(tx: Transaction, lines: Sequence[BundledLine] | None = None) -> int:
    """Take in `nlu_data` if it has changed since the last time; gives the number of new lines.

    `lines` stand in place of those of the files.
    """
    current = bundle_hash()
    known = await tx.scalar(select(Setting.value).where(Setting.key == SEEDED))
    if known == {"hash": current}:
        return 0
    await serialise(tx, LOCK)
    await _intents(tx)
    added = await _take_in(tx, read_lines() if lines is None else lines)
    value = {"value": {"hash": current}, "version": 1, "updated_at": now()}
    await tx.execute(
        insert(Setting)
        .values(key=SEEDED, **value)
        .on_conflict_do_update(index_elements=["key"], set_=value)
    )
    return added


async def _intents(tx: Transaction) -> None:
    """Bundled intents that are not there yet; what staff wrote of others stays."""
    names = texts("zh")
    at = now()
    rows = [
        {"name": name, "title": names[f"intent.{name}"], "description": "", "kind": kind,
         "active": True, "version": 1, "created_at": at, "updated_at": at}
        for name, kind in intent_kinds().items()
    ]  # fmt: skip
    await tx.execute(insert(Intent).values(rows).on_conflict_do_nothing())


async def _take_in(tx: Transaction, bundled: Sequence[BundledLine]) -> int:
    query = select(
        TrainingLine.id,
        TrainingLine.kind,
        TrainingLine.label,
        TrainingLine.digest,
        TrainingLine.labels,
        (TrainingLine.state == "active").label("active"),
        (
            (TrainingLine.source == "bundled")
            & (TrainingLine.state == "active")
            & TrainingLine.staff_id.is_(None)
        ).label("untouched"),
    )
    wanted = {(line.kind, line.label, line.digest): line for line in bundled}
    gone: list[uuid.UUID] = []
    there: set[tuple[str, str, bytes]] = set()
    taken: set[tuple[str, bytes]] = set()
    for row in await tx.execute(query):
        place = (row.kind, row.label, row.digest)
        line = wanted.get(place)
        if row.untouched and (line is None or line.labels != row.labels):
            gone.append(row.id)
            continue
        there.add(place)
        if row.active:
            taken.add((row.kind, row.digest))
    for start in range(0, len(gone), _ROWS):
        some = gone[start : start + _ROWS]
        await tx.execute(delete(TrainingLine).where(TrainingLine.id.in_(some)))
    new = [
        line
        for place, line in wanted.items()
        if place not in there and (line.kind, line.digest) not in taken
    ]
    await _copy(tx, new)
    return len(new)


async def _copy(tx: Transaction, lines: Sequence[BundledLine]) -> None:
    connection = await tx.driver_connection()
    at = now()
    async with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for line in lines:
            labels = json.dumps(line.labels)
            identity: Any = (new_id(), line.kind, line.label, line.text, line.digest)
            await copy.write_row((*identity, labels, "bundled", "active", at))
