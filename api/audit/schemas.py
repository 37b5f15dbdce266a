"""Bodies of the audit endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.audit.chain import Trouble, Verification
from api.i18n import DEFAULT, texts
from api.models import AuditRecord


class AuditPerson(BaseModel):
    """Who did it, under the name of that time; the account may be gone."""

    id: UUID
    display_name: str


class AuditLine(BaseModel):
    """One act. `staff` is None for the desk itself."""

    seq: int
    at: datetime
    staff: AuditPerson | None
    action: str
    action_name: str
    subject_kind: str
    subject_id: str
    data: dict[str, Any]
    """What and why, as the action notes it; no personal data."""
    address: str | None

    @classmethod
    def of(cls, record: AuditRecord) -> AuditLine:
        """The body for a record."""
        who = None
        if record.staff_id is not None:
            who = AuditPerson(id=record.staff_id, display_name=record.staff_name or "")
        return cls(
            seq=record.seq,
            at=record.at,
            staff=who,
            action=record.action,
            action_name=texts(DEFAULT).get(f"audit_action.{record.action}", record.action),
            subject_kind=record.subject_kind,
            subject_id=record.subject_id,
            data=record.data,
            address=record.address,
        )


class AuditPage(BaseModel):
    """Acts, the newest first; ask with `next` as `cursor` to go on."""

    items: list[AuditLine]
    next: str | None


class AuditProblem(BaseModel):
    """Where the log is not what was written."""

    seq: int
    kind: Trouble


class AuditState(BaseModel):
    """Whether the log is whole. Note `seq` and `hash` elsewhere to find an end that was cut off."""

    whole: bool
    seq: int
    hash: str
    problems: list[AuditProblem]

    @classmethod
    def of(cls, verification: Verification) -> AuditState:
        """The body for a verification."""
        return cls(
            whole=not verification.problems,
            seq=verification.last.seq,
            hash=verification.last.hash.hex(),
            problems=[AuditProblem(seq=each.seq, kind=each.kind) for each in verification.problems],
        )
