"""Releases go live, back, and on trial: one move at a time, each kept with who made it and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from api.audit import service as audit
from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import (
    CanaryNotPossible,
    GateBlocked,
    NoCanary,
    NothingToRollBack,
    OverrideTooShort,
)
from api.ids import new_id, now
from api.learning import releases
from api.learning.proof import gates
from api.learning.proof.shapes import GateOut
from api.learning.rollout import figures, tracks
from api.models import Release, ReleaseMove
from api.models.base import JsonObject

Action = Literal["promote", "rollback", "canary_start", "canary_stop"]
LEAST_REASON = 10
"""Characters that say why the gate is overridden."""
LIVE_CHANGED = "live_changed"
"""Why a canary ends when there is another release to compare it with."""
_AUDITED = {
    "promote": "release_promoted",
    "rollback": "release_rolled_back",
    "canary_start": "canary_started",
    "canary_stop": "canary_stopped",
}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('rollout', 0))")


@dataclass(frozen=True, slots=True)
class By:
    """Who moves, from where and why; no `staff`: the desk itself."""

    staff: SignedIn | None = None
    reason: str | None = None
    address: str | None = None


async def promote(
    tx: Transaction, number: int, by: By, *, override_reason: str | None = None
) -> Release:
    """Make `number` the live release; what is live already stays as it is.

    A canary ends: it becomes the live release itself, or has nothing to be compared with any more.
    Raises NotFound, and GateBlocked unless there is an `override_reason` (OverrideTooShort).
    """
    await tx.execute(_ONE_AT_A_TIME)
    release, live = await releases.get(tx, number, lock=True), await releases.live(tx)
    if release is live:
        return release
    overrode = await _pass_gate(tx, release, live, override_reason)
    await _make_live(tx, release, live, by)
    release.promoted_at = now()
    move = _move("promote", release, live, by)
    move.overrode, move.reason = overrode, override_reason or by.reason
    await _note(tx, move, by)
    return release


async def roll_back(tx: Transaction, number: int, by: By) -> Release:
    """Make `number`, which was live before, the live release again.

    Raises NothingToRollBack when it was not live before the one that is live now.
    """
    await tx.execute(_ONE_AT_A_TIME)
    release, live = await releases.get(tx, number, lock=True), await releases.live(tx)
    if release not in await releases.before_live(tx):
        raise NothingToRollBack
    await _make_live(tx, release, live, by)
    await _note(tx, _move("rollback", release, live, by), by)
    return release


async def start_canary(
    tx: Transaction, number: int, share: float, by: By, *, override_reason: str | None = None
) -> Release:
    """Let `number` answer a `share` (0–1) of the conversations that begin from now on.

    Raises NotFound, CanaryNotPossible, and GateBlocked unless there is an `override_reason`.
    """
    await tx.execute(_ONE_AT_A_TIME)
    release, live = await releases.get(tx, number, lock=True), await releases.live(tx)
    running = await releases.canary(tx)
    if live is None or release is live or running is not None:
        raise CanaryNotPossible(running=running.number if running else None)
    overrode = await _pass_gate(tx, release, live, override_reason)
    await tracks.all_to_live(tx)
    release.state, release.canary_share = releases.CANARY, share
    move = _move("canary_start", release, live, by)
    move.share, move.overrode, move.reason = share, overrode, override_reason or by.reason
    await _note(tx, move, by)
    return release


async def stop_canary(tx: Transaction, by: By) -> ReleaseMove:
    """The live release answers all conversations again; the figures are kept with the move.

    Raises NoCanary.
    """
    await tx.execute(_ONE_AT_A_TIME)
    canary = await releases.canary(tx)
    if canary is None:
        raise NoCanary
    return await _end(tx, canary, by)


async def _end(tx: Transaction, canary: Release, by: By) -> ReleaseMove:
    done = await figures.of_canary(tx)
    move = _move("canary_stop", canary, await releases.live(tx), by)
    move.share = canary.canary_share
    move.figures = done.model_dump(mode="json") if done is not None else {}
    await _leave_trial(tx, canary)
    await _note(tx, move, by)
    return move


async def _leave_trial(tx: Transaction, canary: Release) -> None:
    canary.state = "retired" if canary.promoted_at else "candidate"
    canary.canary_share = None
    await tracks.all_to_live(tx)


async def _make_live(tx: Transaction, release: Release, live: Release | None, by: By) -> None:
    canary = await releases.canary(tx)
    if canary is not None and canary is not release:
        await _end(tx, canary, By(by.staff, LIVE_CHANGED, by.address))
    elif canary is not None:
        await _leave_trial(tx, canary)
    if live is not None:
        live.state = "retired"
    await tx.flush()  # there is one live release at most, at any moment
    release.state = releases.LIVE


async def _pass_gate(
    tx: Transaction, release: Release, live: Release | None, override_reason: str | None
) -> bool:
    """Whether the gate was overridden."""
    if live is None:
        return False
    gate = (await gates.against(tx, live.number, [release.number])).get(release.number)
    if gate is not None and gate.passed:
        return False
    if override_reason is None:
        raise GateBlocked(release=release.number, reasons=_reasons(gate, live.number))
    if len(override_reason.strip()) < LEAST_REASON:
        raise OverrideTooShort(least=LEAST_REASON)
    return True


def _reasons(gate: GateOut | None, live: int) -> list[JsonObject]:
    if gate is None:
        return [{"code": "no_proof", "against": live}]
    return [reason.model_dump() for reason in gate.reasons]


def _move(action: Action, release: Release, live: Release | None, by: By) -> ReleaseMove:
    return ReleaseMove(
        id=new_id(),
        action=action,
        release=release.number,
        before=live.number if live is not None else None,
        overrode=False,
        reason=by.reason,
        staff_id=by.staff.id if by.staff else None,
        created_at=now(),
    )


async def _note(tx: Transaction, move: ReleaseMove, by: By) -> None:
    tx.add(move)
    data = {
        "before": move.before,
        "share": move.share,
        "override": move.overrode,
        "reason": move.reason,
    }
    told = {name: value for name, value in data.items() if value not in (None, False)}
    await audit.record(
        tx, by.staff, _AUDITED[move.action], "release", move.release, told, by.address
    )
    await tx.flush()
