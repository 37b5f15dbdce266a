"""What is learned from: lines looked up, and other bundles taken in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx
from sqlalchemy import delete, select

from api.learning.material import seeding
from api.learning.material.bundle import BundledLine, read_lines
from api.models import Setting, TrainingLine
from tests.support.rig import Rig

LINES = "/api/v1/learning/lines"
AS_SEEDED: Sequence[BundledLine] | None = None
"""The bundle as it is."""


async def line_of(rig: Rig, kind: str, text: str, label: str | None = None) -> TrainingLine:
    """The line of a text; there must be one."""
    query = select(TrainingLine).where(TrainingLine.kind == kind, TrainingLine.text == text)
    if label is not None:
        query = query.where(TrainingLine.label == label)
    async with rig.database.transaction() as tx:
        return (await tx.scalars(query)).one()


async def seeded_with(rig: Rig, lines: Sequence[BundledLine] | None) -> int:
    """Start a version that comes with `lines`; gives how many are new."""
    async with rig.database.transaction() as tx:
        await tx.execute(delete(Setting).where(Setting.key == seeding.SEEDED))
        return await seeding.seed(tx, lines if lines is not None else read_lines())


async def add(http: httpx.AsyncClient, kind: str, label: str, *texts: str, **more: Any) -> Any:
    """Add lines; what became of them."""
    body = {"kind": kind, "label": label, "texts": list(texts), **more}
    answer = await http.post(LINES, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()
