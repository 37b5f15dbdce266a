"""Who is there: what agents have chosen, and the signs of life of their open consoles.

A console shows a sign of life every `BEAT_SECONDS` while it is open; `ONLINE_FOR` after the last
one its owner counts as offline, whatever they chose. The last console that closes says goodbye.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, select, update
from sqlalchemy.dialects.postgresql import insert

from api.agents import repository
from api.agents.repository import ONLINE_FOR
from api.db import Transaction
from api.events import Event
from api.models import Pulse, Staff
from triage.routing import Presence

BEAT_SECONDS = 10.0
API = "api"
"""The pulse of all api processes together."""


def alive(moment: datetime) -> ColumnElement[bool]:
    """As a condition of a query: whose account is open and who has a console open."""
    return and_(Staff.active, Staff.last_seen_at > moment - ONLINE_FOR)


def is_alive(account: Staff, moment: datetime) -> bool:
    """Whether the account is open and a console of its owner too."""
    seen = account.last_seen_at
    return account.active and seen is not None and seen > moment - ONLINE_FOR


def effective(account: Staff, moment: datetime) -> Presence:
    """What was chosen, while there is a sign of life."""
    return Presence(account.presence) if is_alive(account, moment) else Presence.OFFLINE


async def choose(tx: Transaction, staff_id: UUID, presence: Presence, moment: datetime) -> Staff:
    """Change what the agent's console shows; raises NotFound."""
    account = await repository.lock(tx, staff_id)
    if account.presence != presence:
        account.presence, account.presence_since = presence, moment
        _changed(tx, staff_id)
    return account


async def hello(tx: Transaction, staff_id: UUID, moment: datetime) -> bool:
    """A console was opened; True when its owner was not there before."""
    account = await repository.lock(tx, staff_id)
    back = not is_alive(account, moment)
    account.last_seen_at = moment
    if back:
        account.presence_since = moment
        _changed(tx, staff_id)
    return back


async def beat(tx: Transaction, staff_ids: Collection[UUID], moment: datetime) -> None:
    """Signs of life of open consoles. Rows are locked in the order of their ids: two processes
    that beat for the same people never wait for each other."""
    if not staff_ids:
        return
    query = select(Staff.id, Staff.last_seen_at).where(Staff.id.in_(staff_ids))
    locked = query.order_by(Staff.id).with_for_update(key_share=True)
    rows = (await tx.execute(locked)).all()
    for row in rows:
        if row.last_seen_at is None or row.last_seen_at <= moment - ONLINE_FOR:
            _changed(tx, row.id)
    await tx.execute(
        update(Staff).where(Staff.id.in_([row.id for row in rows])).values(last_seen_at=moment)
    )


async def goodbye(tx: Transaction, staff_id: UUID, moment: datetime) -> None:
    """The last console was closed: from now on nobody is there."""
    account = await repository.lock(tx, staff_id)
    if account.last_seen_at is not None:
        account.last_seen_at, account.presence_since = None, moment
        _changed(tx, staff_id)


async def pulse(tx: Transaction, moment: datetime) -> None:
    """An api process lives. After a gap its life begins anew: agents need time to come back."""
    fresh = insert(Pulse).values(name=API, since=moment, beat_at=moment)
    gap = Pulse.beat_at <= moment - ONLINE_FOR
    await tx.execute(
        fresh.on_conflict_do_update(
            index_elements=[Pulse.name],
            set_={"since": case((gap, moment), else_=Pulse.since), "beat_at": moment},
        )
    )


async def api_lives_since(tx: Transaction, moment: datetime) -> datetime | None:
    """Since when consoles could show signs of life without a break; None: they cannot now."""
    found = await tx.get(Pulse, API, populate_existing=True)
    if found is None or found.beat_at <= moment - ONLINE_FOR:
        return None
    return found.since


def _changed(tx: Transaction, staff_id: UUID) -> None:
    tx.queue_moved()
    tx.emit(Event("presence", "", {"staff_id": str(staff_id)}))
