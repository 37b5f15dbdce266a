"""How the canary does beside the live release, in conversations begun since its start."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select, text

from api.db import Transaction
from api.learning import releases
from api.learning.rollout.schemas import CanaryFigures, MeasureOut, RateOut, TrackFigures
from api.models import Release, ReleaseMove
from triage.canary import Comparison, Tally, compare
from triage.trial import Rate

_SINCE = text(
    """
    WITH begun AS (
        SELECT conversation.id, track, matter_seq, rating FROM conversation
        JOIN message first ON first.conversation_id = conversation.id AND first.seq = matter_seq
        WHERE first.created_at >= :since AND first.id >= :first_id
        AND (matter_seq > 1 OR conversation.created_at >= :since)
    ), seen AS (
        SELECT begun.id, track, rating, count(*) AS turns,
            coalesce(sum((release = :canary)::int), 0) AS by_canary,
            bool_or(outcome = 'handoff') AS handed_off,
            bool_or(outcome IN ('faq', 'suggestions')) AS answered,
            bool_or(nlu -> 'intent' ->> 'name' IN ('answer_not_helpful', 'none_of_these'))
                AS rejected,
            bool_or(outcome IN ('fallback', 'bot_unavailable')) AS failed
        FROM begun JOIN turn ON turn.conversation_id = begun.id
        JOIN message ON message.id = turn.message_id AND message.seq >= matter_seq
        WHERE outcome IS NOT NULL
        GROUP BY begun.id, track, rating
    )
    SELECT track, count(*) AS begun, sum(turns) AS turns, sum(by_canary) AS by_canary,
        count(*) FILTER (WHERE handed_off) AS handed_off,
        count(*) FILTER (WHERE answered) AS answered,
        count(*) FILTER (WHERE answered AND rejected) AS rejected,
        count(*) FILTER (WHERE failed OR EXISTS (
            SELECT 1 FROM handoff WHERE conversation_id = seen.id AND reason = 'failed'
            AND handoff.created_at >= :since)) AS failed,
        count(rating) AS rated,
        count(*) FILTER (WHERE rating <= 3) AS dissatisfied,
        avg(rating) AS csat
    FROM seen GROUP BY track
    """
)
_COUNTED = ("begun", "handed_off", "answered", "rejected", "failed", "rated", "dissatisfied")


async def of_canary(tx: Transaction) -> CanaryFigures | None:
    """Those of the canary that runs; None without one."""
    canary = await releases.canary(tx)
    if canary is None:
        return None
    started = await _start(tx, canary)
    rows = await tx.execute(
        _SINCE,
        {
            "since": started.created_at,
            "first_id": _first_id(started.created_at),
            "canary": canary.number,
        },
    )
    found = {row.track: row._asdict() for row in rows}
    tallies = {
        track: Tally(**{name: int(found[track][name]) for name in _COUNTED})
        if track in found
        else Tally()
        for track in (releases.LIVE, releases.CANARY)
    }
    comparisons = compare(tallies[releases.LIVE], tallies[releases.CANARY])
    return CanaryFigures(
        release=canary.number,
        live=started.before or 0,
        share=canary.canary_share or 0.0,
        since=started.created_at,
        tracks={track: _track(tally, found.get(track, {})) for track, tally in tallies.items()},
        measures=[_measure(each) for each in comparisons],
    )


async def _start(tx: Transaction, canary: Release) -> ReleaseMove:
    query = (
        select(ReleaseMove)
        .where(ReleaseMove.release == canary.number, ReleaseMove.action == "canary_start")
        .order_by(ReleaseMove.created_at.desc())
        .limit(1)
    )
    return (await tx.scalars(query)).one()


def _first_id(moment: datetime) -> str:
    """The smallest UUIDv7 of `moment`: ids of what came later are greater (RFC 9562 §5.7)."""
    milliseconds = f"{int(moment.timestamp() * 1000):012x}"
    return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-8000-000000000000"


def _track(tally: Tally, row: dict[str, object]) -> TrackFigures:
    csat = row.get("csat")
    return TrackFigures(
        **asdict(tally),
        turns=int(str(row.get("turns", 0))),
        by_canary=int(str(row.get("by_canary", 0))),
        containment=1 - tally.handed_off / tally.begun if tally.begun else None,
        csat=float(str(csat)) if csat is not None else None,
    )


def _measure(each: Comparison) -> MeasureOut:
    return MeasureOut(
        measure=each.measure,
        live=_rate(each.live),
        canary=_rate(each.canary),
        p=each.p,
        verdict=each.verdict,
    )


def _rate(rate: Rate) -> RateOut:
    return RateOut(hits=rate.hits, n=rate.n, share=rate.share if rate.n else None)
