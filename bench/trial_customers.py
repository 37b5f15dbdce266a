"""Customers who ask what the knowledge base knows, and say so when the answer is wrong.

They are plain people: each asks one or two questions, one after the other. Is the answer the right
entry's, or does a suggestion show its standard question (they tap it), they are content; when all
their questions are answered they leave. To a wrong answer they say 没用, and when that brings
nothing better, or the desk does not know at all, they say 转人工 and leave. They do not rate, give
up, or believe a wrong answer.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from classifier.data import read_table
from cli.replay.visitor import Turn, TurnFailed, Visitor

HELD_OUT = Path(__file__).resolve().parents[1] / "nlu_data" / "held_out"
_FILES = ("faq.tsv", "faq_a.tsv", "faq_b.tsv")
_NO_USE, _PERSON = "没用", "转人工"
_TURN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Entry:
    """What the knowledge base has under a key: its answer and its standard question."""

    answer: str
    question: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A held-out question and the entry that answers it."""

    text: str
    entry: Entry


async def entries_of(http: httpx.AsyncClient) -> dict[str, Entry]:
    """Entries that are answered with a text; those with a task of the bot are left out."""
    answer = await http.get("/api/v1/knowledge")
    answer.raise_for_status()
    return {
        each["key"]: Entry(each["variants"].get("web") or each["answer"], each["question"])
        for each in answer.json()["items"]
        if each["task"] is None and each["state"] == "published"
    }


def questions(entries: Mapping[str, Entry], seed: int) -> list[Asked]:
    """The held-out questions about `entries`, in an order that the seed gives."""
    found = [
        Asked(line.cells["text"], entries[line.cells["key"]])
        for name in _FILES
        for line in read_table(HELD_OUT / name, ("text", "key")).lines
        if line.cells["key"] in entries
    ]
    random.Random(seed).shuffle(found)
    return found


class Customer(Visitor):
    """One who remembers what the desk said in the turn."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        super().__init__(url, http, _TURN_SECONDS)
        self._heard: list[Mapping[str, Any]] = []

    async def visit(self, asked: Sequence[Asked]) -> bool:
        """Talk, then leave; whether everything was answered. Raises TurnFailed."""
        await self.open()
        try:
            for each in asked:
                if not await self._answered(each):
                    return False
            return True
        finally:
            await self.close()

    async def _answered(self, asked: Asked) -> bool:
        turn = await self._hear_to(asked.text)
        if self._is_right(asked.entry) or await self._tapped(asked.entry):
            return True
        if turn.outcome == "faq":
            turn = await self._hear_to(_NO_USE)
            if await self._tapped(asked.entry):
                return True
        if turn.outcome != "handoff":
            await self._hear_to(_PERSON)
        return False

    async def _tapped(self, entry: Entry) -> bool:
        """Tap the suggestion that shows the right question, if there is one."""
        titles = {button["title"] for message in self._heard for button in message["buttons"]}
        if entry.question not in titles:
            return False
        await self._hear_to(entry.question)
        return self._is_right(entry)

    def _is_right(self, entry: Entry) -> bool:
        return any(entry.answer.strip() in message["text"] for message in self._heard)

    async def _hear_to(self, text: str) -> Turn:
        self._heard.clear()
        return await self.say(text)

    def _hear(self, message: Mapping[str, Any], turn: Turn) -> None:
        super()._hear(message, turn)
        if message["author"] == "bot":
            self._heard.append(message)


@dataclass
class Trial:
    """What became of customers: all their questions answered, or not."""

    begun: int = 0
    content: int = 0
    unhelped: int = 0
    errors: Counter[str] = field(default_factory=Counter)


async def crowd(
    url: str, asked: Sequence[Asked], most: int, rate: float, trial: Trial, over: asyncio.Event
) -> None:
    """`rate` customers come a second, until it is over or `most` have been."""
    drawn, supply = random.Random(7), itertools.cycle(asked)
    async with (
        httpx.AsyncClient(timeout=10, trust_env=False) as http,
        asyncio.TaskGroup() as group,
    ):
        while not over.is_set() and trial.begun < most:
            trial.begun += 1
            some = list(itertools.islice(supply, drawn.randint(1, 2)))
            group.create_task(_visit(trial, Customer(url, http), some))
            with suppress(TimeoutError):
                await asyncio.wait_for(over.wait(), 1 / rate)


async def _visit(trial: Trial, customer: Customer, asked: Sequence[Asked]) -> None:
    try:
        if await customer.visit(asked):
            trial.content += 1
        else:
            trial.unhelped += 1
    except TurnFailed as failure:
        trial.errors[failure.reason] += 1
