"""Unknown questions about one thing: found again and again under the same id, proposed as a new
entry of the knowledge base, or dismissed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import select

from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Database, Transaction
from api.errors import ClusterClosed, NotFound
from api.ids import new_id, now
from api.knowledge import drafts
from api.knowledge import repository as knowledge
from api.knowledge.changes import is_category
from api.knowledge.content import MOST_QUESTIONS, EntryContent, one_line
from api.learning.masking import learnable
from api.learning.material import history
from api.learning.review import items, reading
from api.learning.review.effects import LONGEST_QUESTION
from api.learning.review.items import DONE, LOCK, OPEN
from api.learning.review.reading import Said
from api.models import KnowledgeDraft, ReviewCluster, ReviewItem
from classifier.clusters import Cluster, clusters_of
from classifier.likeness import spelling

PROPOSED, DISMISSED = "proposed", "dismissed"
OTHER = "other"
"""Category of a draft whose messages were labelled with none."""
MOST = 1_500
"""So many unknown questions, the newest, are looked at together."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A cluster and its messages, masked, the newest first."""

    cluster: ReviewCluster
    category: str
    messages: list[tuple[UUID, str]]


async def refresh(database: Database) -> int:
    """Cluster the open items that were not understood, and weigh the queue; how many clusters."""
    async with database.transaction() as tx:
        everything = await items.vectors(tx)
        ids, matrix = await items.vectors(tx, ReviewItem.facts["unknown"].as_boolean())
        ids, matrix = ids[:MOST], matrix[:MOST]
        texts = _texts(await reading.said(tx, ids))
    kept = [row for row, message_id in enumerate(ids) if message_id in texts]
    ids, matrix = [ids[row] for row in kept], matrix[kept]
    found = await asyncio.to_thread(clusters_of, [texts[each] for each in ids], matrix)
    alike_ones = await asyncio.to_thread(items.neighbours, *everything)
    async with database.transaction() as tx:
        await serialise(tx, LOCK)
        clustered = await _write(tx, ids, texts, found)
        await items.weigh(tx, alike_ones, clustered)
    return len(found)


async def listing(tx: Transaction) -> list[Shown]:
    """Open clusters, the biggest first."""
    query = select(ReviewCluster).where(ReviewCluster.state == OPEN)
    found = (await tx.scalars(query.order_by(ReviewCluster.size.desc(), ReviewCluster.id))).all()
    return [shown for shown in await _shown(tx, found) if shown.messages]


async def show(tx: Transaction, cluster: ReviewCluster) -> Shown:
    """A cluster with its open messages."""
    (shown,) = await _shown(tx, [cluster])
    return shown


async def _shown(tx: Transaction, clusters: Sequence[ReviewCluster]) -> list[Shown]:
    members = await _members(tx, clusters)
    said = await reading.said(tx, [each for own in members.values() for each in own])
    texts = _texts(said)
    return [
        Shown(
            cluster,
            _category(said[each] for each in members[cluster.id] if each in said),
            [(each, texts[each]) for each in members[cluster.id] if each in texts],
        )
        for cluster in clusters
    ]


async def get(tx: Transaction, cluster_id: UUID) -> ReviewCluster:
    """The cluster, locked until the end of the transaction; raises NotFound."""
    cluster = await tx.get(
        ReviewCluster, cluster_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if cluster is None:
        raise NotFound
    return cluster


async def propose(tx: Transaction, staff: SignedIn, cluster_id: UUID) -> KnowledgeDraft:
    """A knowledge draft with the messages as questions; whoever takes it on writes the answer.

    The same draft again when there is one already. Raises NotFound, and ClusterClosed when the
    cluster was dismissed or its draft is gone.
    """
    await knowledge.one_writer(tx)
    await serialise(tx, LOCK)
    cluster = await get(tx, cluster_id)
    if cluster.state != OPEN:
        draft = await knowledge.draft(tx, cluster.draft_key or "")
        if cluster.state != PROPOSED or draft is None:
            raise ClusterClosed(state=cluster.state)
        return draft
    shown = await show(tx, cluster)
    content = _content(cluster.title, shown, await _most_typical(tx, cluster))
    draft = await drafts.begin(tx, staff.id, content, source="cluster")
    history.note(tx, "knowledge", draft.key, "proposed", {}, {"cluster": str(cluster.id)}, staff)
    cluster.state, cluster.draft_key, cluster.updated_at = PROPOSED, draft.key, now()
    rows = await items.of_ids(tx, [message_id for message_id, _ in shown.messages])
    for message_id, text in shown.messages:
        item = rows[message_id]
        item.state, item.staff_id, item.decided_at = DONE, staff.id, now()
        asked = {content.question, *content.questions} & {text}
        item.decided = {
            "decision": PROPOSED,
            "undo": {"questions": [{"key": draft.key, "text": each} for each in asked]},
        }
    return draft


async def dismiss(tx: Transaction, staff: SignedIn, cluster_id: UUID) -> ReviewCluster:
    """Show it no more; its messages stay in the queue, and alike ones that come join them.

    Harmless the second time. Raises NotFound, and ClusterClosed for one that was proposed.
    """
    await serialise(tx, LOCK)
    cluster = await get(tx, cluster_id)
    if cluster.state == PROPOSED:
        raise ClusterClosed(state=cluster.state)
    if cluster.state == OPEN:
        cluster.state, cluster.updated_at = DISMISSED, now()
        before, after = {"state": OPEN}, {"state": DISMISSED}
        history.note(tx, "cluster", str(cluster.id), DISMISSED, before, after, staff)
        members = await _members(tx, [cluster])
        await items.weigh(tx, {}, dict.fromkeys(members[cluster.id], False))
    return cluster


def matched(
    found: Sequence[Collection[UUID]], known: Mapping[UUID, Collection[UUID]]
) -> list[UUID | None]:
    """Which known cluster each of those found is: the one they share most messages with, at least
    half of the smaller one's; each only once."""
    pairs = sorted(
        (
            (-len(shared), index, str(cluster_id), cluster_id)
            for index, members in enumerate(found)
            for cluster_id, before in known.items()
            if (shared := set(members) & set(before))
            and 2 * len(shared) >= min(len(members), len(before))
        ),
    )
    chosen: dict[int, UUID] = {}
    for _, index, _, cluster_id in pairs:
        if index not in chosen and cluster_id not in chosen.values():
            chosen[index] = cluster_id
    return [chosen.get(index) for index in range(len(found))]


async def _write(
    tx: Transaction, ids: Sequence[UUID], texts: Mapping[UUID, str], found: Sequence[Cluster]
) -> dict[UUID, bool]:
    """Store the clusters; which messages are in an open one."""
    rows = await tx.scalars(
        select(ReviewItem)
        .where(
            ReviewItem.state == OPEN,
            ReviewItem.cluster_id.is_not(None) | ReviewItem.message_id.in_(ids),
        )
        .order_by(ReviewItem.message_id)
    )
    open_items = {item.message_id: item for item in rows}
    known: dict[UUID, set[UUID]] = {}
    for item in open_items.values():
        if item.cluster_id is not None:
            known.setdefault(item.cluster_id, set()).add(item.message_id)
    members = [[ids[row] for row in cluster.members] for cluster in found]
    of_message: dict[UUID, ReviewCluster] = {}
    for cluster, own, same in zip(found, members, matched(members, known), strict=True):
        row = await tx.get_one(ReviewCluster, same) if same else _new(tx)
        row.title, row.terms = texts[ids[cluster.centre]], list(cluster.terms)
        row.size, row.updated_at = len(own), now()
        of_message |= dict.fromkeys(own, row)
    await tx.flush()
    for message_id, item in open_items.items():
        own_cluster = of_message.get(message_id)
        item.cluster_id = own_cluster.id if own_cluster else None
    await tx.flush()
    await drop_empty(tx)
    return {
        message_id: message_id in of_message and of_message[message_id].state == OPEN
        for message_id in open_items
    }


async def drop_empty(tx: Transaction) -> None:
    """Delete the clusters that no message belongs to any more."""
    used = select(ReviewItem.message_id).where(ReviewItem.cluster_id == ReviewCluster.id)
    for cluster in await tx.scalars(select(ReviewCluster).where(~used.exists())):
        await tx.delete(cluster)


def _new(tx: Transaction) -> ReviewCluster:
    row = ReviewCluster(id=new_id(), state=OPEN, created_at=now())
    tx.add(row)
    return row


async def _members(tx: Transaction, clusters: Sequence[ReviewCluster]) -> dict[UUID, list[UUID]]:
    """The open messages of each cluster, the newest first."""
    found: dict[UUID, list[UUID]] = {cluster.id: [] for cluster in clusters}
    query = select(ReviewItem).where(ReviewItem.cluster_id.in_(found), ReviewItem.state == OPEN)
    for item in await tx.scalars(query.order_by(ReviewItem.message_id.desc())):
        if item.cluster_id is not None:
            found[item.cluster_id].append(item.message_id)
    return found


def _texts(said: Mapping[UUID, Said]) -> dict[UUID, str]:
    """The words of messages, masked, on one line."""
    return {key: one_line(learnable(each.text)) for key, each in said.items()}


def _category(said: Iterable[Said]) -> str:
    """What most of the messages were labelled as."""
    seen = Counter(str(each.labels["category"]["key"]) for each in said if each.labels)
    return next((key for key, _ in seen.most_common() if is_category(key)), OTHER)


async def _most_typical(tx: Transaction, cluster: ReviewCluster) -> list[UUID]:
    """The open messages of a cluster, those in the middle of it first."""
    ids, matrix = await items.vectors(tx, ReviewItem.cluster_id == cluster.id)
    if not ids:
        return []
    nearness = matrix @ matrix.mean(axis=0)
    return [ids[row] for row in np.argsort(-nearness, kind="stable")]


def _content(title: str, shown: Shown, typical: Sequence[UUID]) -> EntryContent:
    """The entry without its answer, which is left to be written; of more messages than an entry
    may have questions the most `typical`."""
    place = {message_id: number for number, message_id in enumerate(typical)}
    ordered = sorted(shown.messages, key=lambda pair: place.get(pair[0], len(place)))
    texts: dict[str, str] = {spelling(title): title[:LONGEST_QUESTION]}
    for _, text in ordered:
        if len(text) <= LONGEST_QUESTION and len(texts) <= MOST_QUESTIONS:
            texts.setdefault(spelling(text), text)
    question, *others = texts.values()
    return EntryContent.model_construct(
        category=shown.category, question=question, questions=others, answer=""
    )
