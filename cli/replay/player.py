"""Playing many sessions at once."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import httpx

from cli.replay.figures import Played, Summary
from cli.replay.recording import Session
from cli.replay.visitor import Connect, TurnFailed, Visitor, connect_websocket, is_local

TURN_SECONDS = 60.0
CONCURRENCY = 8
FIRST_CONTACT_SECONDS = 5.0
SUMMARY_CHUNK = 500
SUMMARY_ATTEMPTS = 10
PAUSE_SECONDS = 0.5


class DeskUnreachable(Exception):
    """Nothing answers at the address."""


class SummaryUnavailable(Exception):
    """The desk did not count the turns."""


@dataclass(frozen=True)
class Replay:
    """Plays sessions against the desk at `url`, `concurrency` customers at a time.

    A customer waits for each turn to be over before the next. A turn that is not over after
    `turn_seconds` counts as an error, and the customer goes on with the next.
    """

    url: str
    concurrency: int = CONCURRENCY
    turn_seconds: float = TURN_SECONDS
    connect: Connect = connect_websocket
    transport: httpx.AsyncBaseTransport | None = None
    """How to reach the desk, where not over the network."""

    async def check(self) -> None:
        """`DeskUnreachable` unless the desk answers within a few seconds."""
        deadline = time.monotonic() + FIRST_CONTACT_SECONDS
        async with self._client() as http:
            while True:
                try:
                    answer = await http.get(f"{self.url}/health/live")
                    if answer.is_success:
                        return
                    reason = f"HTTP {answer.status_code}"
                except (httpx.HTTPError, httpx.InvalidURL) as error:
                    reason = str(error) or type(error).__name__
                if time.monotonic() > deadline:
                    raise DeskUnreachable(reason)
                await asyncio.sleep(PAUSE_SECONDS)

    async def play(
        self, sessions: Sequence[Session], on_turn: Callable[[], None] = lambda: None
    ) -> Played:
        """Play the sessions; `on_turn` is called after every turn, failed ones too."""
        played = Played(sessions=len(sessions))
        waiting = iter(sessions)
        begun = time.monotonic()
        async with self._client() as http, asyncio.TaskGroup() as customers:

            async def play_next() -> None:
                for session in waiting:
                    await self._session(session, http, played, on_turn)

            for _ in range(min(self.concurrency, len(sessions))):
                customers.create_task(play_next())
        played.seconds = time.monotonic() - begun
        return played

    async def summary(self, conversation_ids: Sequence[str], service_token: str) -> Summary:
        """What the desk counted over these conversations; `SummaryUnavailable` if it would not."""
        total = Summary()
        async with self._client() as http:
            http.headers["Authorization"] = f"Bearer {service_token}"
            for start in range(0, len(conversation_ids), SUMMARY_CHUNK):
                chunk = conversation_ids[start : start + SUMMARY_CHUNK]
                total = total.plus(await self._summary_of(http, chunk))
        return total

    async def _session(
        self,
        session: Session,
        http: httpx.AsyncClient,
        played: Played,
        on_turn: Callable[[], None],
    ) -> None:
        visitor = Visitor(self.url, http, self.turn_seconds, self.connect)
        try:
            await visitor.open()
        except TurnFailed as failure:
            played.errors.update(Counter({failure.reason: len(session.turns)}))
            for _ in session.turns:
                on_turn()
            return
        played.conversation_ids.append(visitor.conversation_id)
        try:
            for text in session.turns:
                try:
                    played.turns.append(await visitor.say(text))
                except TurnFailed as failure:
                    played.errors[failure.reason] += 1
                on_turn()
        finally:
            await visitor.close()

    async def _summary_of(self, http: httpx.AsyncClient, chunk: Sequence[str]) -> Summary:
        reason = ""
        for _ in range(SUMMARY_ATTEMPTS):
            try:
                answer = await http.post(
                    f"{self.url}/internal/v1/turns/summary",
                    json={"conversation_ids": list(chunk)},
                )
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
            else:
                if answer.is_success:
                    known = {item.name for item in fields(Summary)}
                    body = answer.json()
                    return Summary(**{name: body[name] for name in known if name in body})
                reason = f"HTTP {answer.status_code}"
                if answer.is_client_error:
                    break
            await asyncio.sleep(PAUSE_SECONDS)
        raise SummaryUnavailable(reason)

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            timeout=10,
            transport=self.transport,
            trust_env=not is_local(self.url),
            limits=httpx.Limits(max_connections=self.concurrency + 2),
        )
