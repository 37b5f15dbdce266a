"""All open consoles of one api process: what changed is read once and told to whom it concerns.

What is somebody's own, or what they look at, is told at once; what only stands in a list of theirs
about a second later, in one go with everything else that has changed meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from redis.asyncio import Redis
from sqlalchemy.exc import SQLAlchemyError

from api.agents import consoles, presence
from api.auth.service import SignedIn
from api.conversations import frames
from api.conversations.audience import Audience, Change
from api.conversations.missed import LOOK_SECONDS, Missed
from api.db import Database
from api.events import ALL, Event, EventHub
from api.ids import new_id, now
from triage.visibility import Viewer

log = structlog.get_logger(__name__)

_GATHER_SECONDS = 0.015
_SAME_AGAIN_SECONDS = 0.2
"""A conversation is told again at the earliest after so long."""
_LISTS_SECONDS = 1.0
_CONTENT_SECONDS = 5.0
"""How soon lists show that others write in a conversation that has not changed hands."""
_WALL_SECONDS = 2.0
_WAITING_FRAMES = 200
REFRESH = '{"type": "refresh"}'


@dataclass(eq=False, slots=True)
class Screen:
    """One open console. `outbox` holds what is to be sent; None: its session has ended."""

    staff: SignedIn
    token_hash: bytes
    language: str
    viewer: Viewer
    outbox: asyncio.Queue[str | None] = field(
        default_factory=lambda: asyncio.Queue(_WAITING_FRAMES)
    )

    def offer(self, frame: str | None) -> None:
        """Send soon; a page too slow to keep up is told to ask for everything instead."""
        if self.outbox.full():
            while not self.outbox.empty():
                self.outbox.get_nowait()
            frame = REFRESH if frame is not None else None
        self.outbox.put_nowait(frame)


@dataclass(frozen=True, slots=True)
class _Later:
    frame: str
    audience: Audience
    due: float


class Screens:
    """The consoles of a process."""

    def __init__(self, database: Database, redis: Redis, hub: EventHub) -> None:
        self._database = database
        self._redis = redis
        self._hub = hub
        self._process = str(new_id())
        self._screens: dict[UUID, set[Screen]] = {}
        self._changes: dict[UUID, Change] = {}
        self._due: dict[UUID, float] = {}
        self._told_at: dict[UUID, float] = {}
        self._others: list[Event] = []
        self._others_due = 0.0
        self._later: dict[UUID, _Later] = {}
        self._wall_stale = False
        self._missed = Missed()

    @property
    def everybody(self) -> list[Screen]:
        """All open consoles of this process."""
        return [screen for screens in self._screens.values() for screen in screens]

    def of(self, staff_id: UUID) -> set[Screen]:
        """The open consoles of one member of staff."""
        return self._screens.get(staff_id, set())

    async def open(self, screen: Screen) -> None:
        """A console has been opened: its owner is there."""
        if not self._screens:
            self._missed.begin()
        self._screens.setdefault(screen.staff.id, set()).add(screen)
        await consoles.note_open(self._redis, self._process, [screen.staff.id])
        async with self._database.transaction() as tx:
            await presence.hello(tx, screen.staff.id, now())

    async def close(self, screen: Screen, *, restarting: bool) -> None:
        """It was closed. With the last one anywhere its owner is gone, unless only this process
        ends and the page will come back at once."""
        mine = self._screens.get(screen.staff.id, set())
        mine.discard(screen)
        if mine:
            return
        self._screens.pop(screen.staff.id, None)
        if restarting or not await consoles.note_closed(
            self._redis, self._process, screen.staff.id
        ):
            return
        if screen.staff.id in self._screens:
            return  # opened again meanwhile
        try:
            async with self._database.transaction() as tx:
                await presence.goodbye(tx, screen.staff.id, now())
        except (SQLAlchemyError, OSError) as error:
            log.warning("console.no_goodbye", error=type(error).__name__)

    async def run(self) -> None:
        """Tell what happens, for as long as the process lives."""
        async with self._hub.listen(ALL) as events, asyncio.TaskGroup() as group:
            group.create_task(self._listen(events))
            group.create_task(_every(_LISTS_SECONDS, self._tell_lists))
            group.create_task(_every(_WALL_SECONDS, self._tell_wall))
            group.create_task(_every(presence.BEAT_SECONDS, self._beat))
            group.create_task(_every(LOOK_SECONDS, self._look_for_missed))

    async def _listen(self, events: asyncio.Queue[Event]) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause()):
                    self._note(await events.get())
            while not events.empty():
                self._note(events.get_nowait())
            await _safely(self._tell_due)

    def _pause(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        due = [*self._due.values(), *([self._others_due] if self._others else [])]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _note(self, event: Event) -> None:
        if event.kind == "refresh":
            for screen in self.everybody:
                screen.offer(REFRESH)
        elif event.data.get("only") == "place":
            return  # consoles ask for places in the queue themselves
        elif event.kind in ("message", "handled", "conversation") and event.conversation_id:
            conversation_id = UUID(event.conversation_id)
            self._changes.setdefault(conversation_id, Change()).add(event)
            due = time.monotonic() + _GATHER_SECONDS
            if "from" not in event.data:  # only what changes hands cannot wait
                again = self._told_at.get(conversation_id, 0.0) + _SAME_AGAIN_SECONDS
                due = max(due, again)
            self._due[conversation_id] = min(due, self._due.get(conversation_id, due))
        elif self._screens:
            if not self._others:  # what they are about is told before them
                self._others_due = time.monotonic() + 2 * _GATHER_SECONDS
            self._others.append(event)

    async def _tell_due(self) -> None:
        moment = time.monotonic()
        ready = [each for each, due in self._due.items() if due <= moment]
        changes = {each: self._changes.pop(each) for each in ready}
        for each in ready:
            del self._due[each]
            self._told_at[each] = moment
        others: list[Event] = []
        if self._others_due <= moment:
            others, self._others = self._others, []
        if not self._screens:
            return
        if changes:
            await self._tell_changes(changes)
        if others:
            for staff_id, frame in await frames.others(self._database, self._redis, self, others):
                for screen in self.of(staff_id):
                    screen.offer(frame)
            self._wall_stale |= any(event.kind in ("presence", "alert") for event in others)

    async def _tell_changes(self, changes: dict[UUID, Change]) -> None:
        told = await frames.changed(self._database, self._redis, changes)
        moment = time.monotonic()
        for conversation_id, (conversation, concerned) in told.items():
            self._missed.told(conversation)
            again = sorted(changes[conversation_id].again)
            frame = _frame(type="conversation", conversation=conversation, changed=again)
            for staff_id in concerned.near:
                for screen in self.of(staff_id):
                    screen.offer(frame if concerned.sees(screen.viewer) else _gone(conversation_id))
            if concerned.listed:
                waits = self._later.get(conversation_id)
                wait = _LISTS_SECONDS if concerned.moved else _CONTENT_SECONDS
                due = min(waits.due if waits else moment + wait, moment + wait)
                unheard = concerned.after(waits.audience if waits else None)
                self._later[conversation_id] = _Later(frame, unheard, due)
            self._wall_stale |= concerned.moved

    async def _tell_lists(self) -> None:
        moment = time.monotonic()
        self._told_at = {
            each: at for each, at in self._told_at.items() if at > moment - _SAME_AGAIN_SECONDS
        }
        ready = {each: later for each, later in self._later.items() if later.due <= moment}
        for conversation_id, later in ready.items():
            del self._later[conversation_id]
            for screen in self.everybody:
                if screen.staff.id in later.audience.near:
                    continue
                if later.audience.concerns(screen.viewer):
                    screen.offer(later.frame)
                elif later.audience.moved:
                    screen.offer(_gone(conversation_id))
            await asyncio.sleep(0)  # let others speak in between

    async def _look_for_missed(self) -> None:
        """Pages ask for everything when something has changed that no event told of."""
        if not self._screens:
            return
        async with self._database.transaction() as tx:
            missed = await self._missed.look(tx)
        if missed:
            log.warning("screens.missed")
            self._note(Event("refresh", ALL))

    async def _tell_wall(self) -> None:
        if not self._wall_stale:
            return
        self._wall_stale = False
        for screen in self.everybody:
            if screen.viewer.leads:
                screen.offer('{"type": "wall"}')

    async def _beat(self) -> None:
        """Signs of life of everybody here; consoles whose session has ended are closed."""
        screens = self.everybody
        async with self._database.transaction() as tx:
            await presence.pulse(tx, now())
            viewers = await frames.viewers(tx, {screen.token_hash for screen in screens})
            alive = {screen.staff.id for screen in screens if screen.token_hash in viewers}
            await presence.beat(tx, alive, now())
        for screen in screens:
            known = viewers.get(screen.token_hash)
            if known is None:
                screen.offer(None)
            else:
                screen.viewer = known
        await consoles.note_open(self._redis, self._process, alive)


def _gone(conversation_id: UUID) -> str:
    """It is not theirs to see any more."""
    return _frame(type="gone", conversation_id=str(conversation_id))


def _frame(**content: object) -> str:
    return json.dumps(content, ensure_ascii=False)


async def _every(seconds: float, action: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _safely(action)
        await asyncio.sleep(seconds)


async def _safely(action: Callable[[], Awaitable[None]]) -> None:
    """A database that is away for a moment ends no loop; pages ask again when it is back."""
    try:
        await action()
    except Exception as error:  # noqa: BLE001 - edge of the process: log and go on
        log.warning("screens.failed", action=action.__name__, error=repr(error))
