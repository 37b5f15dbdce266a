"""Conversations that fill the review queue, and the queue as the page asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from api.assistant import Answer, Guess, Ranked, Reply, Understanding
from api.learning.review import collecting
from tests.support.labelling import LabelledByText, RecordedBot, labels_of
from tests.support.rig import Rig, Visitor

REVIEW = "/api/v1/learning/review"
CLUSTERS = "/api/v1/learning/clusters"


def answer(
    outcome: str,
    intent: str,
    confidence: float = 0.9,
    *,
    ranking: Mapping[str, float] | None = None,
    answers: Mapping[str, float] | None = None,
    suggestions: tuple[str, ...] = (),
) -> Answer:
    """What a bot answers."""
    return Answer(
        replies=(Reply(text=f"回答：{outcome}"),),
        outcome=outcome,  # type: ignore[arg-type]
        answers=tuple(Ranked(key=key, score=score) for key, score in (answers or {}).items()),
        suggestions=suggestions,
        nlu=Understanding(
            intent=Guess(name=intent, confidence=confidence),
            faq_ranking=tuple(Ranked(key=k, score=s) for k, s in (ranking or {}).items()),
        ),
    )


UNKNOWN = answer("fallback", "nlu_fallback", 0.2)


class Talk:
    """Customers and a bot that answers each of their sentences in a known way."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig

    async def held(
        self, said: Mapping[str, Answer], visitor: Visitor | None = None, category: str = "other"
    ) -> Visitor:
        """A conversation; the queue knows of it afterwards."""
        visitor = visitor or await self.rig.visitor()
        labeller = LabelledByText({text: labels_of(category=category) for text in said})
        for text in said:
            await visitor.say(text)
            await self.rig.run_turns(RecordedBot(dict(said)), labeller)
        await collecting.collect(self.rig.database)
        return visitor


async def keys(rig: Rig, count: int = 2) -> list[tuple[str, str, str]]:
    """Entries with their questions and categories."""
    rows = await rig.rows("SELECT key, question, category FROM knowledge_entry ORDER BY key")
    return [(row.key, row.question, row.category) for row in rows[:count]]


async def queue(http: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    """A page of the queue."""
    found = await http.get(REVIEW, params=params)
    assert found.status_code == 200, found.text
    page: dict[str, Any] = found.json()
    return page


async def items(http: httpx.AsyncClient, **params: str) -> dict[str, dict[str, Any]]:
    """Its items by their text."""
    return {item["text"]: item for item in (await queue(http, **params))["items"]}


async def decide(http: httpx.AsyncClient, item: Mapping[str, Any], **body: Any) -> httpx.Response:
    """Decide an item."""
    return await http.post(f"{REVIEW}/{item['message_id']}", json=body)


async def lines(rig: Rig, text: str) -> list[tuple[str, str, str, str]]:
    """Kind, label, state and source of what is learned of a text."""
    rows = await rig.rows(
        "SELECT kind, label, state, source FROM training_line WHERE text = :text"
        " ORDER BY kind, label",
        text=text,
    )
    return [tuple(row) for row in rows]


async def questions(rig: Rig, key: str, text: str) -> int:
    """How often a text stands among the questions of an entry."""
    query = """SELECT count(*) FROM knowledge_question question
        JOIN knowledge_entry entry ON entry.id = entry_id WHERE key = :key AND text = :text"""
    return int(await rig.scalar(query, key=key, text=text))
