"""Gives waiting conversations to agents, by the rules of `triage.routing`.

`route` runs right after every commit that changed who waits or who has a hand free, in whichever
process that was; the worker runs it every second for what a crash left behind. One pass runs at a
time on the whole desk (an advisory lock), so nobody is given more than their capacity; each move is
guarded by the row of its conversation, so that somebody who takes it by hand at that moment and the
pass never both have it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum
from uuid import UUID
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import select, text, update

from api.db import Database, Transaction
from api.handoffs import candidates, moves
from api.ids import now
from api.models import Conversation, Customer, Staff
from api.notifications.service import notify
from api.policies.service import policies
from triage.ownership import State
from triage.routing import Assignment, Reason, assign

log = structlog.get_logger(__name__)

_A_TIME = 4
"""Conversations moved in one transaction: those given first need not wait for many others."""
_AGAIN_SECONDS = 0.03
_TRIES = 5
_ONE_PASS = text("SELECT pg_advisory_xact_lock(hashtextextended('routing', 0))")


class _Result(Enum):
    NOTHING = "nothing"
    """Nobody can be given to anybody now."""
    GIVEN = "given"
    HELD_UP = "held_up"
    """What could be given was locked by somebody else at that moment."""


@dataclass(slots=True)
class _Turn:
    """Passes of one process: who asks while one waits to begin is served by it too."""

    lock: asyncio.Lock
    asked: int = 0
    served: int = 0


_turns: WeakKeyDictionary[Database, _Turn] = WeakKeyDictionary()


async def route(database: Database) -> None:
    """Give out everything that can be given now. Never raises: the next pass makes up for it."""
    turn = _turns.setdefault(database, _Turn(asyncio.Lock()))
    turn.asked += 1
    mine = turn.asked
    async with turn.lock:
        if turn.served >= mine:
            return
        serving = turn.asked
        try:
            await _route(database)
        except Exception:
            log.exception("routing.failed")
        turn.served = serving


async def note_assigned(tx: Transaction, staff_ids: Collection[UUID]) -> None:
    """Who has just got something is last in turn among equals."""
    query = select(Staff.id).where(Staff.id.in_(staff_ids)).order_by(Staff.id)
    found = (await tx.scalars(query.with_for_update(key_share=True))).all()
    await tx.execute(update(Staff).where(Staff.id.in_(found)).values(last_assigned_at=now()))


async def _route(database: Database) -> None:
    tries = 0
    while tries < _TRIES:
        async with database.transaction() as tx:
            result = await _pass(tx)
            tx.info.pop("queue_moved", None)  # this loop looks again itself
        if result is _Result.NOTHING:
            return
        if result is _Result.HELD_UP:
            tries += 1
            await asyncio.sleep(_AGAIN_SECONDS)


async def _pass(tx: Transaction) -> _Result:
    policy = (await policies(tx)).routing
    if policy.assignment == "pull" or not await _anybody_waits(tx):
        return _Result.NOTHING
    await tx.execute(_ONE_PASS)
    moment = now()
    agents = await candidates.agents(tx, moment)
    if not any(agent.at_work and agent.load < agent.capacity for agent in agents):
        return _Result.NOTHING
    waitings = await candidates.waitings(tx, agents, moment, policy.skill)
    found = assign(waitings, agents, moment, policy)
    if not found:
        return _Result.NOTHING
    given: list[UUID] = []
    for assignment in found:
        if await _give(tx, assignment):
            given.append(assignment.agent_id)
        if len(given) == _A_TIME:
            break
    await note_assigned(tx, given)
    return _Result.GIVEN if given else _Result.HELD_UP


async def _anybody_waits(tx: Transaction) -> bool:
    query = select(Conversation.id).where(Conversation.state == State.QUEUED).limit(1)
    return await tx.scalar(query) is not None


async def _give(tx: Transaction, assignment: Assignment) -> bool:
    """Make the move, unless somebody else has or changes the conversation."""
    query = (
        select(Conversation)
        .where(Conversation.id == assignment.waiting_id, Conversation.state == State.QUEUED)
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )
    conversation = await tx.scalar(query)
    if conversation is None:
        return False
    agent = await tx.get_one(Staff, assignment.agent_id, populate_existing=True)
    transferred = Reason.WANTED_AGENT in assignment.reasons
    kind = "transferred" if transferred else "assigned"
    await moves.to_agent(tx, conversation, agent, "routed", "routed")
    customer = await tx.get_one(Customer, conversation.customer_id)
    data = {"customer": customer.display_name, "by": await _last_agent(tx, conversation)}
    await notify(tx, [agent.id], kind, "conversation", conversation.id, data)
    log.info(
        "conversation.routed",
        conversation=str(conversation.id),
        agent=str(agent.id),
        reasons=[reason.value for reason in assignment.reasons],
    )
    return True


async def _last_agent(tx: Transaction, conversation: Conversation) -> str:
    """The name of who had it last; empty when nobody has."""
    if conversation.last_agent_id is None:
        return ""
    query = select(Staff.display_name).where(Staff.id == conversation.last_agent_id)
    return await tx.scalar(query) or ""
