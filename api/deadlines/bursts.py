"""Bursts: many customers writing about the same thing at once (norms §2, §6)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import func, select

from api.commerce.once import serialise
from api.db import Transaction
from api.deadlines import alerts, incidents
from api.deadlines.incidents import Report
from api.i18n import say
from api.models import Alert, Conversation, Incident, Message, TriageResult
from api.policies.service import policies
from classifier.labels import label_name
from triage import incidents as rules
from triage.incidents import Burst, Facts, Seen
from triage.policy.escalation import AlertKind
from triage.policy.incidents import BurstPolicy

_USUAL_DAYS = 7
_MILLISECONDS_AT = 80
"""Where the time stands in a UUIDv7."""


def subject_of(category: str) -> UUID:
    """The id under which alerts about a category are known."""
    return uuid5(NAMESPACE_URL, f"category:{category}")


async def find(tx: Transaction, at: datetime) -> tuple[Burst, ...]:
    """The bursts at `at`: each new one opens an incident and is told, each that is over ends."""
    await serialise(tx, "bursts")
    known = await policies(tx)
    policy = known.incidents.burst
    seen = await _seen(tx, at, policy)
    many = _many(seen, policy)
    usual = await _usual(tx, at, policy, many) if many else {}
    found = rules.bursts(seen, at, policy, usual)
    await _end(tx, {burst.category for burst in found}, at)
    for burst in found:
        facts = Facts(customers_hit=burst.customers)
        grade = rules.grade_of(facts, known.incidents)
        told = {
            "category": burst.category,
            "customers": str(burst.customers),
            "minutes": str(policy.window_minutes),
            "title": label_name("category", burst.category),
        }
        raised = await alerts.raise_alert(
            tx, AlertKind.BURST, "category", subject_of(burst.category), told, at
        )
        cause = f"burst:{burst.category}:"
        if raised is None or await _is_open(tx, cause):
            continue
        await incidents.open_incident(
            tx,
            Report(
                cause=f"{cause}{burst.first_at.isoformat()}",
                title=say("incident.burst_title", **told),
                description=say("incident.burst_description", **told),
                grade=grade,
                category=burst.category,
            ),
            at,
        )
    return found


async def _seen(tx: Transaction, at: datetime, policy: BurstPolicy) -> list[Seen]:
    """The labelled messages of the window. Ids hold the time: the primary key finds them."""
    since = at - timedelta(minutes=policy.window_minutes)
    query = (
        select(
            TriageResult.message_id,
            TriageResult.category,
            Message.created_at,
            Conversation.customer_id,
        )
        .join(Message, Message.id == TriageResult.message_id)
        .join(Conversation, Conversation.id == TriageResult.conversation_id)
        .where(TriageResult.message_id >= _first_id(since))
    )
    return [
        Seen(row.message_id, row.customer_id, row.category, row.created_at)
        for row in await tx.execute(query)
    ]


def _many(seen: Collection[Seen], policy: BurstPolicy) -> set[str]:
    """Categories worth a look at what is usual."""
    customers: dict[str, set[UUID]] = {}
    for each in seen:
        customers.setdefault(each.category, set()).add(each.customer_id)
    return {category for category, who in customers.items() if len(who) >= policy.customers}


async def _usual(
    tx: Transaction, at: datetime, policy: BurstPolicy, categories: set[str]
) -> dict[str, float]:
    """Customers in a window of the same time of day, on an average of the days before."""
    window = timedelta(minutes=policy.window_minutes)
    totals = dict.fromkeys(categories, 0)
    for days in range(1, _USUAL_DAYS + 1):
        until = at - timedelta(days=days)
        query = (
            select(
                TriageResult.category,
                func.count(Conversation.customer_id.distinct()).label("customers"),
            )
            .join(Conversation, Conversation.id == TriageResult.conversation_id)
            .where(
                TriageResult.message_id >= _first_id(until - window),
                TriageResult.message_id < _first_id(until),
                TriageResult.category.in_(categories),
            )
            .group_by(TriageResult.category)
        )
        for row in await tx.execute(query):
            totals[row.category] += row.customers
    return {category: total / _USUAL_DAYS for category, total in totals.items()}


async def _end(tx: Transaction, going_on: set[str], at: datetime) -> None:
    query = select(Alert).where(Alert.kind == AlertKind.BURST.value, Alert.ended_at.is_(None))
    for alert in (await tx.scalars(query)).all():
        if alert.data.get("category") not in going_on:
            await alerts.end_alerts(tx, "category", alert.subject_id, at=at)


async def _is_open(tx: Transaction, cause: str) -> bool:
    query = select(Incident.id).where(
        Incident.cause.startswith(cause), Incident.closed_at.is_(None)
    )
    return await tx.scalar(query.limit(1)) is not None


def _first_id(at: datetime) -> UUID:
    """The smallest UUIDv7 of a moment."""
    return UUID(int=int(at.timestamp() * 1000) << _MILLISECONDS_AT)
