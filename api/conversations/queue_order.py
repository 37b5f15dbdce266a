"""Whose turn it is, for the database: the order of `triage.waiting.queue_order`."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func

from api.models import Conversation, Customer
from triage.policy.routing import OrderPolicy
from triage.waiting import VIP

_P1_FIRST = timedelta(days=365 * 100)
"""A head start that nobody makes up for by waiting."""


def turn(policy: OrderPolicy) -> ColumnElement[datetime]:
    """A moment for each queued conversation joined with its customer: the earlier, the sooner.

    Urgency grows by a minute a minute for all, so when each began to wait, less its head start,
    orders them the same at any time.
    """
    starts = {
        priority: timedelta(minutes=minutes)
        for priority, minutes in policy.head_start_minutes.items()
    }
    head_start = case(
        {"P1": _P1_FIRST, **starts},
        value=func.coalesce(Conversation.priority, "P4"),
        else_=timedelta(),
    )
    vip = timedelta(minutes=policy.vip_head_start_minutes)
    extra = case((Customer.tier == VIP, vip), else_=timedelta())
    arrived = func.coalesce(Conversation.queued_at, Conversation.updated_at)
    return arrived - head_start - extra
