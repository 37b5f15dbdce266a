"""Counts over the turns of given conversations, for `fenzhen replay` and the fault tests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Select, func, select, text

from api.db import Transaction
from api.i18n import say
from api.models import Message, TriageResult, Turn


class TurnsSummary(BaseModel):
    """`lost`: customer messages whose turn is not over. `answered_twice`: see `_twice`.
    `apologies`: answers that were told to come later. `mixed`: turns whose labels are not of the
    release that answered. `releases`: turns by the release that answered or handed off.
    """

    turns: int
    outcomes: dict[str, int]
    categories: dict[str, int]
    priorities: dict[str, int]
    lost: int
    answered_twice: int
    apologies: int
    mixed: int
    releases: dict[int, int]


async def summarise(tx: Transaction, conversation_ids: Sequence[UUID]) -> TurnsSummary:
    """Count outcomes, labels, unfinished turns and doubled answers."""
    ids = list(conversation_ids)
    in_turns = Turn.conversation_id.in_(ids)
    in_results = TriageResult.conversation_id.in_(ids)
    outcomes = await _counts(
        tx,
        select(Turn.outcome, func.count())
        .where(in_turns, Turn.state == "done")
        .group_by(Turn.outcome),
    )
    unfinished = await tx.scalar(
        select(func.count()).select_from(Turn).where(in_turns, Turn.state != "done")
    )
    return TurnsSummary(
        turns=sum(outcomes.values()) + (unfinished or 0),
        outcomes=outcomes,
        categories=await _counts(
            tx,
            select(TriageResult.category, func.count())
            .where(in_results)
            .group_by(TriageResult.category),
        ),
        priorities=await _counts(
            tx,
            select(TriageResult.priority, func.count())
            .where(in_results)
            .group_by(TriageResult.priority),
        ),
        lost=unfinished or 0,
        answered_twice=await _twice(tx, ids),
        apologies=await tx.scalar(
            select(func.count()).where(
                Message.conversation_id.in_(ids),
                Message.author == "system",
                Message.text == say("notice.bot_away"),
            )
        )
        or 0,
        mixed=await tx.scalar(
            select(func.count())
            .select_from(Turn)
            .join(TriageResult, TriageResult.message_id == Turn.message_id)
            .where(in_turns, Turn.release != TriageResult.release)
        )
        or 0,
        releases={
            int(number): count
            for number, count in (
                await _counts(
                    tx,
                    select(Turn.release, func.count())
                    .where(in_turns, Turn.release.is_not(None))
                    .group_by(Turn.release),
                )
            ).items()
        },
    )


async def _counts(tx: Transaction, query: Select[Any, Any]) -> dict[str, int]:
    return {str(key): count for key, count in (await tx.execute(query)).all()}


async def _twice(tx: Transaction, ids: list[UUID]) -> int:
    """Customer messages that the bot answered in two transactions: one turn ends in one."""
    doubled = (
        select(Message.reply_to)
        .where(Message.conversation_id.in_(ids), Message.author == "bot", ~Message.suppressed)
        .group_by(Message.reply_to)
        .having(func.count(text("DISTINCT message.xmin::text")) > 1)
        .subquery()
    )
    return await tx.scalar(select(func.count()).select_from(doubled)) or 0
