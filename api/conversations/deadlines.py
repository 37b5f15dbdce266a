"""The deadlines of conversations as lists ask for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement

from api.deadlines import running
from api.models import Conversation


def breaching(now: datetime) -> ColumnElement[bool]:
    """As a condition of a query: a running deadline is near its end, or missed."""
    return Conversation.id.in_(running.near_end("conversation", now))
