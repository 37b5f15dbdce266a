"""A merge of customers beside other work: one waits for the other, never both, and nothing is left
behind with the customer who has become part of the other (docs/architecture.md §15)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from api.auth.service import Role, SignedIn
from api.customers import merging
from api.customers.schemas import MergeWish
from api.customers.sealing import sealer_of
from api.db import Transaction
from api.models import Staff
from api.tickets import access, notes, service, workflow
from api.tickets.bodies import NewNote, NewTicket, StateChange, TicketRequest
from tests.support.customers import customer_of
from tests.support.locking import while_waiting
from tests.support.rig import Rig, Visitor
from tests.support.shop import ON_ITS_WAY, Shopper
from triage.tickets import TicketState
from triage.visibility import Viewer

NOTHING = {"conversation": 0, "ticket": 0, "follow_up": 0}


@dataclass(frozen=True)
class Pair:
    """Two customers who have proved to be one person; `source` has a ticket of that number."""

    rig: Rig
    target: UUID
    source: UUID
    visitor: Visitor
    number: str
    staff: SignedIn

    @property
    def viewer(self) -> Viewer:
        """The supervisor who works on the ticket."""
        return Viewer(self.staff.id, None, leads=True)

    async def merge(self) -> None:
        """Make the source a part of the target."""
        wish = MergeWish(source_id=self.source, proof="shop_customer", reason="同一位客户")
        async with self.rig.database.transaction() as tx:
            sealer = sealer_of(self.rig.desk.settings)
            await merging.merge(tx, sealer, self.staff, self.target, wish)

    async def move(self, tx: Transaction, version: int, state: TicketState) -> None:
        """Move the ticket."""
        body = StateChange(version=version, state=state, result="已换新")
        settings = self.rig.desk.settings
        await workflow.move(tx, settings, self.viewer, self.staff, self.number, body)

    async def left(self) -> dict[str, int]:
        """How much still points at the source."""
        return {
            table: await self.rig.scalar(
                f"SELECT count(*) FROM {table} WHERE customer_id = :id",
                id=self.source,
            )
            for table in NOTHING
        }


async def open_ticket(tx: Transaction, visitor: Visitor) -> str:
    request = TicketRequest(
        conversation_id=visitor.conversation_id,
        message_id=uuid4(),
        kind="repair",
        description="冰箱不制冷",
    )
    return (await service.open_ticket(tx, request)).number


@pytest.fixture
async def pair(rig: Rig) -> Pair:
    one, other = await rig.visitor("周女士"), await rig.visitor("访客")
    for each in (one, other):
        await Shopper(await rig.gateway(), each.conversation_id).prove(ON_ITS_WAY)
    target, source = [UUID(await customer_of(rig, each.conversation_id)) for each in (one, other)]
    async with rig.database.transaction() as tx:
        number = await open_ticket(tx, other)
        account = await tx.scalar(select(Staff).where(Staff.username == "supervisor"))
        assert account is not None
    staff = SignedIn(account.id, account.username, account.display_name, Role.SUPERVISOR, "")
    return Pair(rig, target, source, other, number, staff)


async def test_a_ticket_is_closed_and_followed_up_while_a_merge_waits(rig: Rig, pair: Pair) -> None:
    async with rig.database.transaction() as tx:
        await pair.move(tx, 1, TicketState.RESOLVED)
    async with rig.database.transaction() as tx:
        await access.at_work(tx, pair.viewer, pair.number)
        async with while_waiting(rig, pair.merge()) as merge:
            await pair.move(tx, 2, TicketState.CLOSED)
            await tx.commit()
            await merge
    assert await rig.scalar("SELECT count(*) FROM follow_up") == 1
    assert await pair.left() == NOTHING


async def test_the_bot_opens_a_ticket_while_a_merge_waits(rig: Rig, pair: Pair) -> None:
    async with rig.database.transaction() as tx:
        first = await open_ticket(tx, pair.visitor)
        async with while_waiting(rig, pair.merge()) as merge:
            second = await open_ticket(tx, pair.visitor)
            await tx.commit()
            await merge
    assert first != second
    assert await pair.left() == NOTHING


async def test_the_customer_is_answered_while_a_merge_waits(rig: Rig, pair: Pair) -> None:
    async with rig.database.transaction() as tx:
        await access.at_work(tx, pair.viewer, pair.number, customer_told=True)
        async with while_waiting(rig, pair.merge()) as merge:
            body = NewNote(text="今天下午上门", public=True)
            settings = rig.desk.settings
            await notes.add(tx, settings, pair.viewer, pair.staff, pair.number, body)
            await tx.commit()
            await merge
    assert "今天下午上门" in (await pair.visitor.texts("system"))[-1]
    assert await pair.left() == NOTHING


async def test_a_ticket_filed_for_a_customer_moves_with_them(rig: Rig, pair: Pair) -> None:
    body = NewTicket(customer_id=pair.source, kind="request", description="要发票")
    async with rig.database.transaction() as tx:
        await service.open_by_staff(tx, rig.desk.settings, pair.staff, body)
        async with while_waiting(rig, pair.merge()) as merge:
            await tx.commit()
            await merge
    assert await pair.left() == NOTHING
