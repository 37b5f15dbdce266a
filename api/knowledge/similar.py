"""Which questions of the knowledge base are like one that is being written.

Each process keeps the vectors of all questions of active entries (2 KB each) and looks before each
answer whether the knowledge base has changed. What was reckoned once stands in `question_vector`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import Connection, Engine, delete, func, select
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import insert

from api.db import Database, Transaction
from api.jobs import QUESTION_VECTORS, JobQueue
from api.knowledge import repository
from api.knowledge.schemas import SimilarEntry, SimilarList
from api.models import KnowledgeEntry, QuestionVector
from classifier.likeness import SIZE, Vectors, digest_of, spelling, vectors_of

ALIKE = 0.80
"""Least cosine of what is shown at all."""
NEAR = 0.93
"""From here on two questions of different entries are worth a warning."""
BEST = 5
AT_ONCE = 64
"""So many new questions are read while somebody waits (2 ms each); more are left to a job."""
_STORED_AT_ONCE = 256
_LOOK_AGAIN_SECONDS = 2.0
"""While the job is at work."""

Question = tuple[str, str, str]
"""`(text, key, standard question)`."""
Stamp = tuple[object, ...]
T = TypeVar("T")
_AT_WORK = sql(
    """SELECT 1 FROM procrastinate_jobs WHERE task_name = :task
    AND status IN ('todo', 'doing') LIMIT 1"""
)


@dataclass(frozen=True, slots=True)
class _Held:
    """Questions with their spellings and vectors, a row each; zeros where there is none yet."""

    questions: Sequence[Question] = ()
    spellings: Sequence[str] = ()
    matrix: Vectors = field(default_factory=lambda: np.zeros((0, SIZE), np.float32))


@dataclass(slots=True)
class _Known:
    """What a process knows of the questions of one database."""

    stamp: Stamp | None = None
    questions: Sequence[Question] = ()
    held: _Held = field(default_factory=_Held)
    """What is compared: replaced as a whole, since comparing goes on in threads."""
    vectors: dict[bytes, Vectors] = field(default_factory=dict)
    digests: dict[str, bytes] = field(default_factory=dict)
    """Of the text of each question."""
    complete: bool = True
    looked_at: float = 0.0
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)


_known: WeakKeyDictionary[Engine | Connection, _Known] = WeakKeyDictionary()


async def similar(
    database: Database, queue: JobQueue, text: str, except_key: str | None
) -> SimilarList:
    """The five entries with the questions most like `text`, from `ALIKE` on, the best first."""
    async with database.transaction() as tx:
        known = _known.setdefault(tx.get_bind(), _Known())
        stamp = await _stamp(tx)
    async with known.changing:
        waited = time.monotonic() - known.looked_at >= _LOOK_AGAIN_SECONDS
        if known.stamp != stamp or (not known.complete and waited):
            await _refresh(database, queue, known, stamp)
        held, complete = known.held, known.complete
    found = await asyncio.to_thread(_best, held, text, except_key)
    return SimilarList(items=found, complete=complete)


async def read_all(database: Database) -> int:
    """Reckon every vector that is missing and drop those of questions that are gone; how many were
    reckoned."""
    async with database.transaction() as tx:
        texts = {text for text, _, _ in await repository.active_texts(tx)}
        digests = await asyncio.to_thread(lambda: {digest_of(text): text for text in texts})
        stored = set(await tx.scalars(select(QuestionVector.digest)))
        gone = stored - digests.keys()
        for some in in_parts(gone, 10_000):
            await tx.execute(delete(QuestionVector).where(QuestionVector.digest.in_(some)))
    missing = [text for digest, text in digests.items() if digest not in stored]
    for fresh in in_parts(missing, AT_ONCE):
        vectors = await asyncio.to_thread(vectors_of, fresh)
        async with database.transaction() as tx:
            await store(tx, dict(zip(map(digest_of, fresh), vectors, strict=True)))
    return len(missing)


async def vectors_for(
    tx: Transaction, texts: Collection[str]
) -> tuple[dict[str, Vectors], list[str]]:
    """The stored vectors of `texts`, and the texts that have none."""
    digests = await asyncio.to_thread(lambda: {text: digest_of(text) for text in texts})
    stored = await load(tx, digests.values())
    found = {text: stored[digest] for text, digest in digests.items() if digest in stored}
    return found, [text for text in digests if text not in found]


async def load(tx: Transaction, digests: Iterable[bytes]) -> dict[bytes, Vectors]:
    """The stored vectors among `digests`."""
    found: dict[bytes, Vectors] = {}
    for some in in_parts(digests, 10_000):
        query = select(QuestionVector.digest, QuestionVector.vector)
        for row in await tx.execute(query.where(QuestionVector.digest.in_(some))):
            found[row.digest] = np.frombuffer(row.vector, np.float32)
    return found


async def store(tx: Transaction, vectors: Mapping[bytes, Vectors]) -> None:
    """Keep vectors by digest; those that are there stay."""
    for some in in_parts(sorted(vectors), _STORED_AT_ONCE):
        rows = [{"digest": each, "vector": vectors[each].tobytes()} for each in some]
        await tx.execute(insert(QuestionVector).on_conflict_do_nothing(), rows)


async def _refresh(database: Database, queue: JobQueue, known: _Known, stamp: Stamp) -> None:
    """Know the questions of now; many that have no vector yet are left to a job."""
    known.looked_at = time.monotonic()
    async with database.transaction() as tx:
        if known.stamp != stamp:
            known.questions = await repository.active_texts(tx)
            texts = {text for text, _, _ in known.questions}
            known.digests = await asyncio.to_thread(
                lambda: {text: digest_of(text) for text in texts}
            )
        wanted = set(known.digests.values())
        known.vectors = {each: known.vectors[each] for each in wanted & known.vectors.keys()}
        known.vectors |= await load(tx, wanted - known.vectors.keys())
        missing = [text for text, each in known.digests.items() if each not in known.vectors]
        known.complete = len(missing) <= AT_ONCE
        if missing and known.complete:
            fresh = await asyncio.to_thread(vectors_of, missing)
            reckoned = {known.digests[t]: v for t, v in zip(missing, fresh, strict=True)}
            await store(tx, reckoned)
            known.vectors |= reckoned
        elif missing and not await tx.scalar(_AT_WORK, {"task": f"desk:{QUESTION_VECTORS}"}):
            await queue.defer_learning(tx, QUESTION_VECTORS, "question_vectors")
    known.held = await asyncio.to_thread(_arranged, known)
    known.stamp = stamp


def in_parts(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """`items` in lists of at most `size`."""
    every = list(items)
    return (every[start : start + size] for start in range(0, len(every), size))


def _arranged(known: _Known) -> _Held:
    if not known.questions:
        return _Held()
    nothing = np.zeros(SIZE, np.float32)
    rows = [known.vectors.get(known.digests[text], nothing) for text, _, _ in known.questions]
    spellings = [spelling(text) for text, _, _ in known.questions]
    return _Held(known.questions, spellings, np.array(rows, np.float32))


def _best(held: _Held, text: str, except_key: str | None) -> list[SimilarEntry]:
    if not held.questions:
        return []
    scores = held.matrix @ vectors_of([text])[0]
    own = spelling(text)
    same = np.array([each == own for each in held.spellings], dtype=bool)
    scores = np.where(same, 1.0, np.minimum(scores, 0.9999))
    found: dict[str, SimilarEntry] = {}
    for row in np.argsort(-scores, kind="stable"):
        score = float(scores[row])
        if score < ALIKE or len(found) == BEST:
            break
        wording, key, question = held.questions[row]
        if key != except_key and key not in found:
            found[key] = SimilarEntry(
                key=key,
                question=question,
                text=wording,
                score=round(score, 4),
                kind="same" if same[row] else "near" if score >= NEAR else "alike",
            )
    return list(found.values())


async def _stamp(tx: Transaction) -> Stamp:
    """Changes with every change of the knowledge base."""
    entry = KnowledgeEntry
    query = select(func.count(), func.max(entry.updated_at), func.sum(entry.version))
    return tuple((await tx.execute(query)).one())
