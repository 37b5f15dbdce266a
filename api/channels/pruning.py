"""What channels may forget: receipts of callbacks that nobody repeats any more, calls that were
settled long ago, and old codes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from api.db import Transaction
from api.models import ChannelReceipt, JoinCode, Sending

RECEIPTS_KEPT = timedelta(days=7)
"""WeChat repeats a callback within seconds; 微信客服 replays three days."""
CODES_KEPT = timedelta(days=1)
CALLS_KEPT = timedelta(days=30)
"""Late failures come within minutes, and a number is meant for the list that was sent last."""


async def prune(tx: Transaction, moment: datetime) -> None:
    """Delete what is older than it is needed at `moment`; who used a code is kept."""
    old = ChannelReceipt.received_at < moment - RECEIPTS_KEPT
    await tx.execute(delete(ChannelReceipt).where(old))
    unused = JoinCode.used_at.is_(None) & (JoinCode.expires_at < moment - CODES_KEPT)
    await tx.execute(delete(JoinCode).where(unused))
    await tx.execute(delete(Sending).where(Sending.settled_at < moment - CALLS_KEPT))
