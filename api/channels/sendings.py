"""What was sent of a contact's messages: the rows of `Sending` and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import func, select

from api.channels.interface import File, Part, Share
from api.db import Transaction
from api.ids import new_id
from api.models import Delivery, Message, Sending
from api.models.base import JsonObject

SAID = ("begun", "sent", "unconfirmed")
"""What such a call carries is not sent again."""


class Body(BaseModel):
    """What stands in `Sending.body`."""

    call: JsonObject | None = None
    """The call without its recipient; None once its end is known, so that words stand once."""
    shares: list[Share] = []
    file: File | None = None
    menu: bool = False
    """Buttons went out as a menu, not as a numbered list."""
    tries: int = 1
    """How often the call was made, or how many in a row have failed."""
    unknown: bool = False
    """Some try of it may have been taken."""
    again_at: datetime | None = None
    """After a failure that may pass: when to try again."""
    grant_id: UUID | None = None
    """The consent that a subscription message uses."""

    @property
    def part(self) -> Part:
        """The part as it was planned."""
        ids = tuple(share.message_id for share in self.shares)
        return Part(ids, self.call or {}, tuple(self.shares), self.file)


def body_of(sending: Sending) -> Body:
    """The body of a row."""
    return Body.model_validate(sending.body)


def stored(body: Body) -> JsonObject:
    """A body as a row holds it."""
    return body.model_dump(mode="json")


def planned(part: Part, tries: int) -> Body:
    """The body of a call that is about to be made."""
    menu = part.body.get("msgtype") == "msgmenu"
    shares = [Share(**asdict(share)) for share in part.shares]
    return Body(call=part.body, shares=shares, file=part.file, menu=menu, tries=tries)


async def begin(
    tx: Transaction,
    contact_id: UUID,
    part: Part,
    at: datetime,
    *,
    charged: str | None = None,
    tries: int = 1,
) -> UUID:
    """Write down a call that is about to be made; gives its id."""
    sending = Sending(
        id=new_id(),
        contact_id=contact_id,
        message_ids=[str(message_id) for message_id in part.message_ids],
        body=stored(planned(part, tries)),
        charged=charged,
        created_at=at,
    )
    tx.add(sending)
    await tx.flush()
    return sending.id


async def last(tx: Transaction, contact_id: UUID) -> Sending | None:
    """The call to a contact whose end is not known, else the newest one; locked."""
    query = (
        select(Sending)
        .where(Sending.contact_id == contact_id)
        .order_by((Sending.state == "begun").desc(), Sending.created_at.desc())
        .limit(1)
        .with_for_update(key_share=True)
    )
    return await tx.scalar(query)


async def since(
    tx: Transaction, contact_id: UUID, deliveries: Sequence[Delivery]
) -> Sequence[Sending]:
    """The calls that may carry words of `deliveries`, oldest first."""
    if not deliveries:
        return []
    ids = [delivery.message_id for delivery in deliveries]
    # a delivery that was tried once more has a later date than its first calls
    written = select(func.min(Message.created_at)).where(Message.id.in_(ids)).scalar_subquery()
    query = (
        select(Sending)
        .where(
            Sending.contact_id == contact_id,
            Sending.created_at >= written,
        )
        .order_by(Sending.created_at)
    )
    return (await tx.scalars(query)).all()


def progress(deliveries: Iterable[Delivery], calls: Sequence[Sending]) -> Mapping[UUID, Progress]:
    """How much of each message went out.

    Of what was sent before somebody had it sent once more, only what surely arrived counts.
    """
    begun = {delivery.message_id: delivery.created_at for delivery in deliveries}
    found = {message_id: Progress() for message_id in begun}
    for call in calls:
        if call.state not in SAID:
            continue
        for share in body_of(call).shares:
            since_when = begun.get(share.message_id)
            if since_when is None:
                continue
            if call.state == "sent" or call.created_at >= since_when:
                found[share.message_id].note(share, unconfirmed=call.state == "unconfirmed")
    return found


class Progress:
    """What of a message went out: up to `end` of `total`, and whether part of it is uncertain."""

    def __init__(self) -> None:
        self.end = 0
        self.total: int | None = None
        self.unconfirmed = False

    def note(self, share: Share, *, unconfirmed: bool) -> None:
        """One more call with words of it; what follows a gap is said again with what is missing."""
        if share.start > self.end:
            return  # the call before it was refused late
        self.end = max(self.end, share.end)
        self.total = share.total
        self.unconfirmed = self.unconfirmed or unconfirmed

    @property
    def said(self) -> bool:
        """All of it went out."""
        return self.total is not None and self.end >= self.total
