"""Releases and their moves as staff see them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from api.conversations import repository
from api.conversations.schemas import PersonRef
from api.db import Transaction
from api.learning import releases
from api.learning.proof import gates
from api.learning.rollout import figures
from api.learning.rollout.schemas import (
    CanaryEnd,
    CanaryFigures,
    CanaryOut,
    MoveOut,
    ReleaseOut,
)
from api.models import Release, ReleaseMove, ReleaseProof

_MOVES = 20


async def listing(tx: Transaction) -> list[ReleaseOut]:
    """All releases, newest first."""
    return await _shown(tx, await releases.listing(tx))


async def one(tx: Transaction, number: int) -> ReleaseOut:
    """One release; raises NotFound."""
    (shown,) = await _shown(tx, [await releases.get(tx, number)])
    return shown


async def canary(tx: Transaction) -> CanaryOut:
    """The trial that runs and the last one that ended."""
    query = select(ReleaseMove).where(ReleaseMove.action == "canary_stop")
    last = await tx.scalar(query.order_by(ReleaseMove.created_at.desc()).limit(1))
    end = None
    if last is not None:
        names = await repository.staff_names(tx, [last.staff_id])
        done = CanaryFigures.model_validate(last.figures) if last.figures else None
        end = CanaryEnd(move=_move(last, names), figures=done)
    return CanaryOut(running=await figures.of_canary(tx), last=end)


async def _shown(tx: Transaction, found: Sequence[Release]) -> list[ReleaseOut]:
    numbers = [release.number for release in found]
    query = select(ReleaseMove).where(ReleaseMove.release.in_(numbers))
    moves = (await tx.scalars(query.order_by(ReleaseMove.created_at.desc()))).all()
    passed = await _passed(tx, numbers)
    compared = await _compared(tx)
    before = [release.number for release in (await releases.before_live(tx))[:1]]
    people = [move.staff_id for move in moves] + [release.trained_by for release in found]
    names = await repository.staff_names(tx, people)
    return [
        ReleaseOut(
            number=release.number,
            state=release.state,
            created_at=release.created_at,
            promoted_at=release.promoted_at,
            data_hash=release.data_hash,
            data_counts=release.data_counts,
            erased_lines=release.erased_lines,
            evaluation=release.evaluation,
            note=release.note,
            trained_by=PersonRef.of(release.trained_by, names),
            canary_share=release.canary_share,
            passed=passed.get(release.number),
            compared_with=compared.get(release.number),
            rollback=release.number in before,
            moves=[_move(move, names) for move in moves if move.release == release.number][:_MOVES],
        )
        for release in found
    ]


async def _passed(tx: Transaction, numbers: Sequence[int]) -> dict[int, bool]:
    live = await releases.live(tx)
    if live is None:
        return {}
    found = await gates.against(tx, live.number, numbers)
    return {number: gate.passed for number, gate in found.items()}


async def _compared(tx: Transaction) -> dict[int, int]:
    """Whom the newest proof of each release lays it beside."""
    query = select(ReleaseProof.release, ReleaseProof.against).order_by(ReleaseProof.created_at)
    return {row.release: row.against for row in await tx.execute(query)}


def _move(move: ReleaseMove, names: dict[UUID, str]) -> MoveOut:
    return MoveOut(
        action=move.action,
        release=move.release,
        before=move.before,
        share=move.share,
        overrode=move.overrode,
        reason=move.reason,
        by=PersonRef.of(move.staff_id, names),
        created_at=move.created_at,
    )
