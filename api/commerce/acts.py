"""Acts that are done once: under which key, and what the desk has kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from api.db import Transaction
from api.ids import new_id, now
from api.models import CommerceAct
from api.models.base import JsonObject

BOOK = "appointment/book"


@dataclass(frozen=True, slots=True)
class Act:
    """Something done for a message; `about` is the order or visit it is done to.

    Two orders in one message are two acts. The same act again is a repeat.
    """

    conversation_id: UUID
    message_id: UUID
    name: str
    about: str = ""

    @property
    def told(self) -> str:
        """Name and object in one, as it is stored."""
        return f"{self.name} {self.about}".rstrip()

    @property
    def key(self) -> str:
        """What the shop knows a repeat by."""
        return str(uuid5(self.conversation_id, f"{self.message_id}:{self.told}"))


async def kept(tx: Transaction, act: Act) -> JsonObject | None:
    """The result of an act that was done before, None for a new one."""
    query = select(CommerceAct.result).where(
        CommerceAct.conversation_id == act.conversation_id,
        CommerceAct.message_id == act.message_id,
        CommerceAct.act == act.told,
    )
    found: JsonObject | None = await tx.scalar(query)
    return found


async def keep(tx: Transaction, act: Act, result: JsonObject) -> bool:
    """Remember the result; False when somebody else did so a moment ago."""
    statement = (
        insert(CommerceAct)
        .values(
            id=new_id(),
            conversation_id=act.conversation_id,
            message_id=act.message_id,
            act=act.told,
            result=result,
            created_at=now(),
        )
        .on_conflict_do_nothing()
        .returning(CommerceAct.id)
    )
    return await tx.scalar(statement) is not None


async def booked(tx: Transaction, conversation_id: UUID) -> set[str]:
    """Numbers of the visits a conversation has booked."""
    number = CommerceAct.result["appointment"]["number"].astext
    query = select(number).where(
        CommerceAct.conversation_id == conversation_id, CommerceAct.act == BOOK
    )
    return set((await tx.scalars(query)).all())
