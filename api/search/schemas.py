"""What a search answers."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

FoundKind = Literal["conversation", "ticket", "customer", "knowledge"]


class Found(BaseModel):
    """One thing that was found.

    `id` is that of the conversation, ticket or customer, of the knowledge base the key of the
    entry. In `snippet` matches stand between U+0002 and U+0003. `number`: of a ticket.
    """

    kind: FoundKind
    id: str
    title: str
    snippet: str
    moment: datetime
    conversation_id: str | None = None
    number: str | None = None


class FoundList(BaseModel):
    """What was found, the best first, and how long it took in milliseconds."""

    items: list[Found]
    took_ms: float
