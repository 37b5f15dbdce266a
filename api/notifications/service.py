"""Tells members of staff what concerns them: in the console at once, by e-mail if they chose so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from api.db import Transaction
from api.events import Event
from api.ids import new_id, now
from api.models import Notification


async def notify(
    tx: Transaction,
    staff_ids: Iterable[UUID],
    kind: str,
    subject_kind: str,
    subject_id: UUID,
    data: Mapping[str, str],
) -> None:
    """Tell each of `staff_ids` once.

    `kind` is one of `api.agents.schemas.MailKind`; `data` fills the text `notification.<kind>`. It
    holds names and numbers, never what a customer wrote: it may go out by e-mail.
    """
    moment = now()
    for staff_id in dict.fromkeys(staff_ids):
        tx.add(
            Notification(
                id=new_id(),
                staff_id=staff_id,
                kind=kind,
                subject_kind=subject_kind,
                subject_id=subject_id,
                data=dict(data),
                created_at=moment,
            )
        )
        tx.emit(Event("notification", "", {"staff_id": str(staff_id)}))
