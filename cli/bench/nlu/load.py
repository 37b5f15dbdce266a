"""Asking a running Rasa: every text once, then many customers at a time."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from cli.progress import Detail

WARM_UP = 5
TURNS_OF_A_CUSTOMER = 8
"""A new conversation begins after so many: Rasa slows down with the length of one."""
REQUEST_SECONDS = 30.0


@dataclass(frozen=True)
class Parsed:
    """What `/model/parse` said of one text, and how long the answer took."""

    intent: str
    confidence: float
    milliseconds: float


_FIRST_CHARACTER = 0x4E00
_CHARACTERS = 20_000


class RasaSaidNo(Exception):
    """Rasa answered with an error, or not at all."""


def parse_all(url: str, lines: Sequence[str], detail: Detail) -> list[Parsed]:
    """Parse one after the other, as a single customer would have it. Raises `RasaSaidNo`."""
    found = []
    with httpx.Client(base_url=url, timeout=REQUEST_SECONDS, trust_env=False) as http:
        for number, text in enumerate(lines[:WARM_UP]):
            _parse(http, unheard(text, number))
        for number, text in enumerate(lines, start=1):
            found.append(_parse(http, text))
            if number % 50 == 0:
                detail(f"{number}/{len(lines)}")
    return found


def turns_a_second(url: str, lines: Sequence[str], clients: int, seconds: float) -> float:
    """Whole turns through the REST channel by `clients` at a time. Raises `RasaSaidNo`."""
    return asyncio.run(_turns_a_second(url, lines, clients, seconds))


def unheard(text: str, number: int) -> str:
    """`text` with one more character, another for each number up to 20,000.

    Ours remembers the embeddings of recent texts, stock Rasa nothing; a load of repeated texts
    would measure that memory.
    """
    return f"{text}{chr(_FIRST_CHARACTER + number % _CHARACTERS)}"


def _parse(http: httpx.Client, text: str) -> Parsed:
    begun = time.perf_counter()
    try:
        answer = http.post("/model/parse", json={"text": text})
    except httpx.HTTPError as error:
        raise RasaSaidNo(f"/model/parse: {error!r}") from error
    milliseconds = (time.perf_counter() - begun) * 1000
    if not answer.is_success:
        raise RasaSaidNo(f"/model/parse: HTTP {answer.status_code}")
    intent = answer.json().get("intent") or {}
    return Parsed(
        str(intent.get("name") or ""), float(intent.get("confidence") or 0.0), milliseconds
    )


async def _turns_a_second(url: str, lines: Sequence[str], clients: int, seconds: float) -> float:
    done = 0
    source = (unheard(text, number) for number, text in enumerate(itertools.cycle(lines)))
    names = itertools.count()
    limits = httpx.Limits(max_connections=clients)
    async with httpx.AsyncClient(
        base_url=url, timeout=REQUEST_SECONDS, trust_env=False, limits=limits
    ) as http:
        begun = time.monotonic()

        async def customer() -> None:
            nonlocal done
            while True:
                sender = f"customer-{clients}-{next(names)}"
                for _ in range(TURNS_OF_A_CUSTOMER):
                    if time.monotonic() - begun >= seconds:
                        return
                    await _say(http, sender, next(source))
                    done += 1

        await asyncio.gather(*(customer() for _ in range(clients)))
        return done / (time.monotonic() - begun)


async def _say(http: httpx.AsyncClient, sender: str, text: str) -> None:
    try:
        answer = await http.post("/webhooks/rest/webhook", json={"sender": sender, "message": text})
    except httpx.HTTPError as error:
        raise RasaSaidNo(f"/webhooks/rest: {error!r}") from error
    if not answer.is_success:
        raise RasaSaidNo(f"/webhooks/rest: HTTP {answer.status_code}")
