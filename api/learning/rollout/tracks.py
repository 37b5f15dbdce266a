"""Which conversations the canary answers."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy import select, update

from api.db import Transaction
from api.learning import releases
from api.models import Conversation, Release

_WHOLE = 2**32


async def choose(tx: Transaction, conversation_id: UUID) -> str:
    """The track of a conversation that begins now."""
    query = select(Release.number, Release.canary_share).where(Release.state == releases.CANARY)
    found = (await tx.execute(query)).one_or_none()
    if found is None or not drawn(conversation_id, found.number, found.canary_share or 0.0):
        return releases.LIVE
    return releases.CANARY


def drawn(conversation_id: UUID, release: int, share: float) -> bool:
    """Whether the canary `release` is given the conversation; always the same for the same one,
    and for `share` (0–1) of all."""
    digest = hashlib.sha256(conversation_id.bytes + release.to_bytes(8, "big")).digest()
    return int.from_bytes(digest[:4], "big") < share * _WHOLE


async def all_to_live(tx: Transaction) -> None:
    """From now on the live release answers every conversation."""
    on_trial = (
        select(Conversation.id)
        .where(Conversation.track == releases.CANARY)
        .order_by(Conversation.id)
        .with_for_update(key_share=True)
        .cte("on_trial")
    )
    await tx.execute(
        update(Conversation)
        .where(Conversation.id == on_trial.c.id)
        .values(track=releases.LIVE)
        .execution_options(synchronize_session=False)
    )
