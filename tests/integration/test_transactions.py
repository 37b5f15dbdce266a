"""What others must hear of a transaction is said once it is durable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from uuid import uuid4

import pytest

from api.db import Database, Transaction
from api.events import Event
from api.models import Team
from tests.support.rig import Rig


class Heard:
    """A bus that keeps what it is given."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    async def publish(self, events: Iterable[Event]) -> None:
        self.events.extend(events)


async def test_nothing_is_said_of_what_was_rolled_back(rig: Rig) -> None:
    heard = Heard()
    database = Database(rig.desk.settings.sqlalchemy_url, heard)

    async def fail() -> None:
        async with database.transaction() as tx:
            tx.emit(Event("message", "1"))
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    await database.dispose()
    assert heard.events == []


async def test_who_has_no_time_leaves_it_for_later_once_all_is_stored(rig: Rig) -> None:
    heard, left = Heard(), []
    database = Database(rig.desk.settings.sqlalchemy_url, heard)
    name = uuid4().hex

    def later(tell: Callable[[Transaction], Awaitable[None]], tx: Transaction) -> None:
        left.append((tell, tx))

    async with database.transaction(later) as tx:
        tx.add(Team(name=name))
        tx.emit(Event("message", "1"))
    assert heard.events == []
    assert await rig.scalar("SELECT count(*) FROM team WHERE name = :name", name=name) == 1
    ((tell, tx),) = left
    await tell(tx)
    await database.dispose()
    assert heard.events == [Event("message", "1")]
