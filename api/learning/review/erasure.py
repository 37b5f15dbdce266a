"""What the review has kept of a customer's words goes with the customer (norms §7)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select

from api.commerce.once import serialise
from api.db import Transaction
from api.knowledge import repository as knowledge
from api.knowledge.content import one_line
from api.learning.masking import learnable
from api.learning.review import clusters, deciding, effects, items, reading
from api.models import (
    KnowledgeEntry,
    KnowledgeQuestion,
    KnowledgeVersion,
    LearningEvent,
    ReviewCluster,
    ReviewItem,
)
from api.models.base import JsonObject
from api.search import service as search


async def questions_of(tx: Transaction, customer_id: UUID) -> set[tuple[str, str]]:
    """Key and text of the questions that decisions have made of the customer's words."""
    items_of = select(ReviewItem).where(ReviewItem.customer_id == customer_id)
    return {
        (question["key"], question["text"])
        for item in await tx.scalars(items_of)
        for question in deciding.undo_of(item).questions
    }


async def forget(tx: Transaction, customer_id: UUID) -> int:
    """Delete the customer's items, and their words where decisions have put them: questions of
    entries, of drafts, of kept versions and of the history, titles of clusters. How many items.

    Lines that are learned from go with `api.learning.material.erasure.forget`. The standard
    question of an entry is the desk's own wording and stays.
    """
    await knowledge.one_writer(tx)
    await serialise(tx, items.LOCK)
    query = select(ReviewItem).where(ReviewItem.customer_id == customer_id)
    rows = list((await tx.scalars(query.order_by(ReviewItem.message_id))).all())
    for item in rows:
        for question in deciding.undo_of(item).questions:
            await _forget_question(tx, question["key"], question["text"])
    touched = {item.cluster_id for item in rows if item.cluster_id is not None}
    await tx.execute(delete(ReviewItem).where(ReviewItem.customer_id == customer_id))
    await clusters.drop_empty(tx)
    await _retitle(tx, touched)
    return len(rows)


async def _forget_question(tx: Transaction, key: str, text: str) -> None:
    entry_ids = select(KnowledgeEntry.id).where(KnowledgeEntry.key == key)
    await tx.execute(
        delete(KnowledgeQuestion).where(
            KnowledgeQuestion.entry_id.in_(entry_ids), KnowledgeQuestion.text == text
        )
    )
    kept = select(KnowledgeVersion).where(KnowledgeVersion.entry_id.in_(entry_ids))
    for version in await tx.scalars(kept):
        version.content = _without(version.content, text)
    noted = select(LearningEvent).where(
        LearningEvent.kind == "knowledge", LearningEvent.subject == key
    )
    for event in await tx.scalars(noted):
        event.before, event.after = _without(event.before, text), _without(event.after, text)
    draft = await knowledge.draft(tx, key, lock=True)
    if draft is not None:
        effects.leave_out(draft, text)
        if draft.content.get("question") == text:  # of a cluster, which is named by a message
            draft.content = {**draft.content, "question": ""}
    await tx.flush()
    entry = await knowledge.with_questions(tx, key)
    if entry is not None:
        await search.touch_knowledge(tx, entry)


def _without(content: JsonObject, text: str) -> JsonObject:
    if "questions" not in content:
        return content
    return {**content, "questions": [each for each in content["questions"] if each != text]}


async def _retitle(tx: Transaction, cluster_ids: set[UUID]) -> None:
    """Words of those who are left; the next clustering chooses better ones."""
    query = select(ReviewCluster).where(ReviewCluster.id.in_(cluster_ids))
    for cluster in await tx.scalars(query.order_by(ReviewCluster.id)):
        left = select(ReviewItem.message_id).where(ReviewItem.cluster_id == cluster.id)
        said = await reading.said(tx, list(await tx.scalars(left)))
        texts = [one_line(learnable(each.text)) for each in said.values()]
        cluster.title, cluster.terms = (texts[0] if texts else ""), []
        cluster.size = len(texts)
