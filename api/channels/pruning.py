"""What channels may forget: receipts of callbacks that nobody repeats any more, calls that were
settled long ago, old codes, and questions of the survey that could not be asked in time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from api.channels.outbound import settle
from api.conversations import survey
from api.db import Transaction
from api.models import ChannelReceipt, Delivery, JoinCode, Message, Sending

RECEIPTS_KEPT = timedelta(days=7)
"""WeChat repeats a callback within seconds; 微信客服 replays three days."""
CODES_KEPT = timedelta(days=1)
_BATCH = 500
CALLS_KEPT = timedelta(days=30)
"""Late failures come within minutes, and a number is meant for the list that was sent last."""


async def prune(tx: Transaction, moment: datetime) -> None:
    """Delete what is older than it is needed at `moment`; who used a code is kept."""
    old = ChannelReceipt.received_at < moment - RECEIPTS_KEPT
    await tx.execute(delete(ChannelReceipt).where(old))
    unused = JoinCode.used_at.is_(None) & (JoinCode.expires_at < moment - CODES_KEPT)
    await tx.execute(delete(JoinCode).where(unused))
    await tx.execute(delete(Sending).where(Sending.settled_at < moment - CALLS_KEPT))
    await _drop_late_surveys(tx, moment)


async def _drop_late_surveys(tx: Transaction, moment: datetime) -> None:
    """Staff see that the customer was not asked; at most a batch."""
    query = (
        select(Delivery)
        .join(Message, Message.id == Delivery.message_id)
        .where(
            Delivery.state == "held",
            Message.author == "system",
            Message.client_id.startswith(survey.QUESTIONS),
            Message.created_at < moment - survey.GOOD_FOR,
        )
        .limit(_BATCH)
        .with_for_update(of=Delivery, skip_locked=True, key_share=True)
    )
    for delivery in (await tx.scalars(query)).all():
        settle(tx, delivery, "dropped", "late")
