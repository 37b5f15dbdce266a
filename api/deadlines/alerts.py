"""Alerts: raised once for a cause, told up the ladder until somebody takes them (norms §6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.dialects.postgresql import insert

from api.auth.service import Role, SignedIn
from api.db import Transaction
from api.deadlines import endings
from api.deadlines.people import concern, reached
from api.errors import Forbidden, NotFound
from api.events import Event
from api.ids import new_id, now
from api.models import Alert, Deadline
from api.notifications.service import notify
from api.notifications.texts import filled
from api.policies.registry import Policies
from api.policies.service import policies
from triage import escalation
from triage.escalation import Tell, Wait
from triage.policy.escalation import AlertKind, Rung

DESK = UUID(int=0)
"""The subject of alerts about the desk as a whole, such as its queue."""
_OF_ALL = ("incident", "category", "desk")
_BATCH = 50


async def raise_alert(
    tx: Transaction,
    kind: AlertKind,
    subject_kind: str,
    subject_id: UUID,
    data: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> Alert | None:
    """Tell those concerned; None when the same alert is open already.

    `data` fills the text `alert.<kind>`; `priority` in it says how fast somebody must take it.
    """
    moment, told = at or now(), dict(data or {})
    if "title" not in told:
        told["title"] = (await concern(tx, subject_kind, subject_id)).title
    row = (
        insert(Alert)
        .values(
            id=new_id(),
            kind=kind.value,
            subject_kind=subject_kind,
            subject_id=subject_id,
            level=Rung.AGENT.value,
            data=told,
            told=[],
            raised_at=moment,
        )
        .on_conflict_do_nothing()
        .returning(Alert)
    )
    alert = await tx.scalar(row)
    if alert is None:
        return None
    await _climb(tx, alert, await policies(tx), moment, first=True)
    return alert


async def end_alerts(
    tx: Transaction,
    subject_kind: str,
    subject_id: UUID,
    *kinds: AlertKind,
    at: datetime | None = None,
) -> None:
    """The cause is gone (no kinds: of all alerts about the subject)."""
    await endings.of_subject(
        tx, subject_kind, subject_id, *(kind.value for kind in kinds), at=at or now()
    )


def visible(staff: SignedIn) -> ColumnElement[bool]:
    """As a condition of a query: alerts that `staff` may see.

    Agents see what they were told and what concerns the desk as a whole: the rest may be about
    another team's customers.
    """
    if staff.role.covers(Role.SUPERVISOR):
        return true()
    return Alert.told.contains([str(staff.id)]) | Alert.subject_kind.in_(_OF_ALL)


async def acknowledge(
    tx: Transaction, alert_id: UUID, staff: SignedIn, at: datetime | None = None
) -> Alert:
    """Somebody takes it: nobody else is told. The first one counts.

    Raises NotFound, also for one that `staff` may not see, and Forbidden for an agent who was not
    told of it: it would go no further up.
    """
    query = select(Alert).where(Alert.id == alert_id, visible(staff)).with_for_update()
    alert = await tx.scalar(query.execution_options(populate_existing=True))
    if alert is None:
        raise NotFound
    if not staff.role.covers(Role.SUPERVISOR) and str(staff.id) not in alert.told:
        raise Forbidden
    if alert.acknowledged_at is None and alert.ended_at is None:
        alert.acknowledged_at, alert.acknowledged_by = at or now(), staff.id
        alert.escalate_at = None
        tx.emit(Event("alert", "", {"id": str(alert.id)}))
    return alert


async def escalate(tx: Transaction, at: datetime) -> int:
    """Tell the next rung of what nobody has taken in time; returns of how many, a batch at most.

    Two workers never tell twice.
    """
    query = (
        select(Alert)
        .where(Alert.escalate_at <= at)
        .order_by(Alert.escalate_at)
        .limit(_BATCH)
        .with_for_update(skip_locked=True)
    )
    found = (await tx.scalars(query)).all()
    known = await policies(tx)
    for alert in found:
        await _climb(tx, alert, known, at)
    return len(found)


async def subjects_of(tx: Transaction, found: Sequence[Alert]) -> dict[UUID, tuple[str, UUID]]:
    """Kind and id of what each alert is about; for one about a deadline, of what has that."""
    ids = [alert.subject_id for alert in found if alert.subject_kind == endings.DEADLINE]
    query = select(Deadline.id, Deadline.subject_kind, Deadline.subject_id).where(
        Deadline.id.in_(ids)
    )
    having = {row.id: (row.subject_kind, row.subject_id) for row in await tx.execute(query)}
    return {
        alert.id: having.get(alert.subject_id, (alert.subject_kind, alert.subject_id))
        for alert in found
    }


def text_of(alert: Alert, language: str) -> str:
    """What an alert says."""
    return filled(f"alert.{alert.kind}", alert.data, language)


async def _climb(
    tx: Transaction, alert: Alert, known: Policies, at: datetime, *, first: bool = False
) -> None:
    """Tell whom the policy names now, and keep who was told and when the next one is."""
    step = escalation.next_step(_seen(alert, first=first), at, known.escalation, known.calendar)
    if isinstance(step, Wait):
        alert.escalate_at = step.until
        return
    if not isinstance(step, Tell):
        alert.escalate_at = None
        return
    kind, subject_id = (await subjects_of(tx, [alert]))[alert.id]
    about = await concern(tx, kind, subject_id, alert.data.get("deadline"))
    people, highest = await reached(tx, about, step.rungs)
    alert.level = highest.value
    alert.escalate_at = step.escalate_at if highest.above is not None else None
    new = [person for person in people if str(person) not in alert.told]
    alert.told = [*alert.told, *(str(person) for person in new)]
    about_time = (AlertKind.SLA_WARNING.value, AlertKind.SLA_BREACH.value)
    told_as = alert.kind if alert.kind in about_time else "alert"
    await notify(tx, new, told_as, kind, subject_id, {**alert.data, "alert": alert.kind})
    tx.emit(Event("alert", "", {"id": str(alert.id)}))


def _seen(alert: Alert, *, first: bool) -> escalation.Alert:
    return escalation.Alert(
        kind=AlertKind(alert.kind),
        priority=alert.data.get("priority"),
        level=None if first else Rung(alert.level),
        escalate_at=alert.escalate_at,
        acknowledged_at=alert.acknowledged_at,
        ended_at=alert.ended_at,
    )
