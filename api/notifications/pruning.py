"""What staff were told, and alerts that are over, are kept for a set time (norms §7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from api.db import Transaction
from api.models import Alert, Notification
from api.policies.service import policies


async def prune(tx: Transaction, at: datetime) -> None:
    """Delete what is older at `at` than `privacy.yml` allows; an open alert stays."""
    rules = (await policies(tx)).privacy
    told_before = at - timedelta(days=rules.notifications_kept_days)
    ended_before = at - timedelta(days=rules.alerts_kept_days)
    await tx.execute(delete(Notification).where(Notification.created_at < told_before))
    await tx.execute(delete(Alert).where(Alert.ended_at < ended_before))
