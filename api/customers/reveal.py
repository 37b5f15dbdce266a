"""Looks at personal data that is shown masked: with a reason, counted and recorded (norms §7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import BaseModel, Field
from sqlalchemy import func, select

from api.audit import service as audit
from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.errors import ReasonTooShort, TooManyReveals
from api.ids import now
from api.models import AuditRecord
from api.policies.service import policies

_WINDOW = timedelta(hours=1)


class Reason(BaseModel):
    """Why something masked has to be seen."""

    reason: str = Field(max_length=200)


async def permit(
    tx: Transaction,
    staff: SignedIn,
    subject_kind: str,
    subject_id: object,
    reason: str,
    what: Mapping[str, str | int],
    address: str | None = None,
) -> None:
    """Record a look at personal data that the caller shows when `tx` is committed.

    `what` says which data, never the data itself. Raises ReasonTooShort, and TooManyReveals when
    this person has looked too often within an hour.
    """
    rules = (await policies(tx)).privacy
    said = " ".join(reason.split())
    if len(said) < rules.least_reason:
        raise ReasonTooShort(least=rules.least_reason)
    await serialise(tx, f"reveal:{staff.id}")
    looks = await tx.scalar(
        select(func.count()).where(
            AuditRecord.at > now() - _WINDOW,
            AuditRecord.staff_id == staff.id,
            AuditRecord.action == "reveal",
        )
    )
    if (looks or 0) >= rules.reveals_per_hour:
        raise TooManyReveals(per_hour=rules.reveals_per_hour)
    data = {**what, "reason": said}
    await audit.record(tx, staff, "reveal", subject_kind, subject_id, data, address)
