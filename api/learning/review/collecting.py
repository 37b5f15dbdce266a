"""Finds messages worth a look among the turns that have ended since the last time.

Whatever happens later (a rejection, a correction, a person) leads to the conversation again, and
all its messages are looked at anew: that raises what they are worth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select, text

from api.commerce.once import serialise
from api.conversations.weighing import LABELS
from api.db import Database, Transaction
from api.ids import now
from api.jobs import REVIEW, JobQueue
from api.knowledge import repository as knowledge
from api.learning.masking import learnable
from api.learning.review import clusters, items
from api.learning.review.facts import Around, Entry, Heard, Noticed, notice
from api.learning.review.items import Found
from api.learning.review.reading import Said, said_in, understanding_of
from api.models import (
    Conversation,
    LabelCorrection,
    Release,
    ReleaseProof,
    Setting,
    Turn,
)
from classifier.labels import TARGETS
from classifier.likeness import vectors_of
from triage.policy.review import review_policy
from triage.worth import worth

log = structlog.get_logger(__name__)

CURSOR = "review_cursor"
"""Key of the setting that says up to when turns were looked at."""
DAYS = 30
"""Older messages are not looked at."""
MARGIN = timedelta(seconds=60)
"""What ended so shortly before the last look may have been committed after it."""
AT_ONCE = 50
"""Conversations in one transaction."""
_WAITING = text(
    """SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
    AND task_name = :task LIMIT 1"""
)
_DIFFERING = text(
    """SELECT (changed ->> 'message_id')::uuid AS message_id, proof.created_at
    FROM release_proof proof JOIN release ON release.number = proof.release,
    jsonb_array_elements(proof.result -> 'replay' -> 'changed') changed
    WHERE release.state = 'canary'"""
)


@dataclass(frozen=True, slots=True)
class _Worthy:
    """A message worth a look, its words masked."""

    said: Said
    customer_id: UUID
    noticed: Noticed


async def mind(database: Database, queue: JobQueue) -> None:
    """Have new turns looked at, unless that is under way or there are none."""
    async with database.transaction() as tx:
        if await tx.scalar(_WAITING, {"task": f"desk:{REVIEW}"}) is None and await _is_due(tx):
            await queue.defer_learning(tx, REVIEW, lock=REVIEW)


async def collect(database: Database) -> int:
    """Look at what is new, and weigh and cluster the queue; how many items were written."""
    at = now()
    async with database.transaction() as tx:
        touched = await _touched(tx, (await looked_until(tx) or at - timedelta(days=DAYS)) - MARGIN)
    written = 0
    for start in range(0, len(touched), AT_ONCE):
        written += await _look(database, touched[start : start + AT_ONCE], at)
    if written:
        await clusters.refresh(database)
    async with database.transaction() as tx:
        await _keep_cursor(tx, at)
    log.info("review.collected", conversations=len(touched), items=written)
    return written


async def _look(database: Database, conversation_ids: Sequence[UUID], at: datetime) -> int:
    async with database.transaction() as tx:
        worthy = await _worthy(tx, conversation_ids, at - timedelta(days=DAYS))
        known = await items.of_ids(tx, [each.said.message_id for each in worthy])
    fresh = [each for each in worthy if each.said.message_id not in known]
    meant = await asyncio.to_thread(vectors_of, [learnable(each.said.text) for each in fresh])
    vectors = {each.said.message_id: row for each, row in zip(fresh, meant, strict=True)}
    async with database.transaction() as tx:
        await serialise(tx, items.LOCK)
        await items.save(
            tx,
            [
                Found(
                    each.said.message_id,
                    each.said.conversation_id,
                    each.customer_id,
                    each.noticed,
                    vectors.get(each.said.message_id),
                )
                for each in worthy
            ],
        )
    return len(worthy)


async def _worthy(
    tx: Transaction, conversation_ids: Sequence[UUID], since: datetime
) -> list[_Worthy]:
    policy = review_policy()
    by_conversation: dict[UUID, list[Said]] = {}
    for said in await said_in(tx, conversation_ids, since):
        by_conversation.setdefault(said.conversation_id, []).append(said)
    around = await _around(tx, [said for every in by_conversation.values() for said in every])
    query = select(Conversation.id, Conversation.customer_id)
    rows = await tx.execute(query.where(Conversation.id.in_(list(by_conversation))))
    customers = {row.id: row.customer_id for row in rows}
    found: list[_Worthy] = []
    for conversation_id, every in by_conversation.items():
        noticed = notice([_heard(said) for said in every], around, policy)
        found += [
            _Worthy(said, customers[conversation_id], noticed[said.message_id])
            for said in every
            if worth(noticed[said.message_id].facts, policy).value >= policy.least
        ]
    return found


def _heard(said: Said) -> Heard:
    labels = LABELS.validate_python(said.labels).category if said.labels else None
    return Heard(
        said.message_id,
        said.at,
        said.turn.outcome,
        understanding_of(said.turn),
        [(answer["key"], answer["score"]) for answer in said.turn.answers],
        said.turn.suggestions,
        (labels.key, labels.confidence) if labels else None,
    )


async def _around(tx: Transaction, every: Sequence[Said]) -> Around:
    ids = {said.message_id for said in every}
    keys = {answer["key"] for said in every for answer in said.turn.answers}
    entries = await knowledge.by_keys(tx, keys)
    corrected = select(LabelCorrection.message_id).where(
        LabelCorrection.message_id.in_(ids), LabelCorrection.target.in_(TARGETS)
    )
    return Around(
        {key: Entry(entry.question, entry.category) for key, entry in entries.items()},
        {each for each in await tx.scalars(corrected) if each is not None},
        {row.message_id for row in await tx.execute(_DIFFERING)} & ids,
    )


async def _touched(tx: Transaction, since: datetime) -> list[UUID]:
    """Conversations in which something has happened since."""
    turns = select(Turn.conversation_id).where(Turn.finished_at > since)
    corrections = select(LabelCorrection.conversation_id).where(LabelCorrection.created_at > since)
    differing = [row.message_id for row in await tx.execute(_DIFFERING) if row.created_at > since]
    others = select(Turn.conversation_id).where(Turn.message_id.in_(differing))
    found: Iterable[UUID | None] = await tx.scalars(turns.union(corrections, others))
    return sorted(each for each in found if each is not None)


async def _is_due(tx: Transaction) -> bool:
    until = await looked_until(tx)
    if until is None:
        return await tx.scalar(select(Turn.message_id).limit(1)) is not None
    for moment in (Turn.finished_at, LabelCorrection.created_at):
        if await tx.scalar(select(moment).where(moment > until).limit(1)) is not None:
            return True
    proofs = select(ReleaseProof.release).join(Release, Release.number == ReleaseProof.release)
    return await tx.scalar(proofs.where(ReleaseProof.created_at > until).limit(1)) is not None


async def looked_until(tx: Transaction) -> datetime | None:
    """Up to when turns were looked at; None before the first time."""
    row = await tx.get(Setting, CURSOR)
    return datetime.fromisoformat(row.value["until"]) if row is not None else None


async def _keep_cursor(tx: Transaction, at: datetime) -> None:
    row = await tx.get(Setting, CURSOR)
    if row is None:
        row = Setting(key=CURSOR)
        tx.add(row)
    row.value, row.updated_at = {"until": at.isoformat()}, at
