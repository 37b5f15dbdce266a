"""Stops a canary that is worse than the live release, and says so."""

from __future__ import annotations

from datetime import datetime

import structlog

from api.db import Transaction
from api.deadlines.people import Concern, reached
from api.learning.rollout import figures, moves
from api.learning.rollout.moves import By
from api.learning.rollout.schemas import CanaryFigures, MeasureOut
from api.notifications.service import notify
from triage.policy.escalation import Rung

log = structlog.get_logger(__name__)


async def watch(tx: Transaction) -> datetime | None:
    """When the canary was stopped, if it had to be."""
    found = await figures.of_canary(tx)
    reason = worst(found) if found is not None else None
    if found is None or reason is None:
        return None
    move = await moves.stop_canary(tx, By(reason=f"worse:{reason.measure}"))
    log.warning("canary.stopped", release=found.release, measure=reason.measure, p=reason.p)
    people, _ = await reached(tx, Concern(""), [Rung.MANAGEMENT])
    data = {
        "alert": "canary_stopped",
        "release": str(found.release),
        "canary_measure": reason.measure,
        "canary_percent": _percent(reason.canary.share),
        "live_percent": _percent(reason.live.share),
    }
    await notify(tx, people, "alert", "release", move.id, data)
    return move.created_at


def worst(found: CanaryFigures) -> MeasureOut | None:
    """The surest of what is significantly worse."""
    worse = [each for each in found.measures if each.verdict == "worse"]
    return min(worse, key=lambda each: each.p, default=None)


def _percent(share: float | None) -> str:
    return f"{100 * (share or 0.0):.0f}"
