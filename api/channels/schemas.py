"""What staff see of messages on their way to customers elsewhere."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

from api.channels.interface import Barred

DeliveryState = Literal["waiting", "sent", "unconfirmed", "held", "failed", "dropped"]


class DeliveryOut(BaseModel):
    """How far a message is.

    `unconfirmed`: it may have arrived; `held`: it cannot be sent now and goes out by itself once
    the customer writes (`problem` `window`, `quota`, `closed`, `unsubscribed`) or the account
    works again (`account`); `dropped`: taken back before it went. `code` is the errcode that was
    answered.
    """

    state: DeliveryState
    problem: str | None
    code: int | None


class Undelivered(DeliveryOut):
    """A message that has not surely arrived."""

    seq: int


class ReachOut(BaseModel):
    """How many messages can still be sent, and for how long.

    `messages_left` can be sent until `until`, which is in `seconds_left`. `subscription`: beyond
    that, the customer allowed one reminder (`POST …/subscription-message`). `reason` says why
    nothing can be sent where time and number are not the cause: the customer does not follow any
    more, a colleague has the session in WeCom, or the session has ended.
    """

    messages_left: int
    seconds_left: int
    until: datetime | None
    subscription: bool
    reason: Barred | None = None


class ReachAnswer(BaseModel):
    """The reach of a conversation's customer; None where nothing limits it."""

    reach: ReachOut | None


class SubscriptionSent(BaseModel):
    """What became of a reminder."""

    state: Literal["sent", "unconfirmed"]
    reach: ReachOut | None
