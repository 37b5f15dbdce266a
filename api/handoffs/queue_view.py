"""The whole queue at one moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from api.conversations import views
from api.db import Transaction
from api.handoffs import queue, watch
from api.handoffs.queue_schemas import Accuracy, QueueItem, QueueOut, StuckOut
from api.i18n import say
from api.models import Conversation
from triage.estimating import accuracy
from triage.routing import Reason
from triage.waiting import VIP, Waiting

_LISTED = 200


async def whole_queue(tx: Transaction, moment: datetime, language: str) -> QueueOut:
    """Everybody who waits, what they may expect, and whether the queue moves."""
    line = await queue.line_up(tx, moment)
    listed = line.order[:_LISTED]
    expected = await queue.kept_waits(tx, [each.id for each in listed])
    longest = max((each.waited_seconds(moment) for each in line.order), default=0.0)
    query = select(Conversation).where(Conversation.id.in_([each.id for each in listed]))
    found = (await tx.scalars(query)).all()
    summaries = {each.id: each for each in await views.summaries(tx, found)}
    items = [
        QueueItem(
            conversation=summaries[each.id],
            position=position,
            waited_seconds=round(each.waited_seconds(moment)),
            expected_wait_seconds=expected.get(each.id),
            reasons=_reasons(each, moment, longest, language),
        )
        for position, each in enumerate(listed, start=1)
    ]
    known = accuracy(await queue.records(tx, line.policy))
    return QueueOut(
        items=items,
        count=len(line.order),
        longest_wait_seconds=round(longest),
        accuracy=Accuracy(
            mean_error_seconds=known.mean_absolute_error,
            within_half=known.within_half,
            count=known.count,
        ),
        watchdog=[
            StuckOut(
                kind=each.kind.value,
                text=await watch.say_finding(tx, each, language),
                conversation_id=each.waiting_id,
            )
            for each in await watch.findings(tx, line, moment)
        ],
    )


def _reasons(waiting: Waiting, moment: datetime, longest: float, language: str) -> list[str]:
    """Why somebody stands where they stand."""
    reasons = []
    if waiting.wanted_agent_id is not None:
        reasons.append(Reason.WANTED_AGENT)
    if waiting.priority in ("P1", "P2"):
        reasons.append(Reason.PRIORITY)
    if waiting.tier == VIP:
        reasons.append(Reason.VIP)
    if waiting.waited_seconds(moment) == longest:
        reasons.append(Reason.WAITED_LONGEST)
    return [say(f"routing.{reason.value}", language) for reason in reasons]
