"""What the counter may forget: wrong tries and acts that nobody can repeat any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from api.db import Transaction
from api.models import CommerceAct, ShopAct, VerificationTry
from api.policies.service import policies

ACTS_KEPT = timedelta(days=90)
"""A message is asked again within hours. So long a conversation may move the visits it booked
without a proof."""


async def prune(tx: Transaction, moment: datetime) -> None:
    """Delete what is older than it is needed at `moment`; the shop's journal goes with the acts."""
    policy = (await policies(tx)).identity
    window = timedelta(hours=policy.order_window_hours)
    await tx.execute(delete(VerificationTry).where(VerificationTry.created_at < moment - window))
    for table in (CommerceAct, ShopAct):
        await tx.execute(delete(table).where(table.created_at < moment - ACTS_KEPT))
