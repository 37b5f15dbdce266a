"""Reads the audit log: for people, and from end to end to see whether it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy import select

from api.audit.chain import Head, Line, Verification
from api.audit.service import HEAD
from api.db import Database, Transaction
from api.models import AuditRecord, Setting

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records; None: whatever it is."""

    action: str | None = None
    subject_kind: str | None = None
    subject_id: str | None = None
    staff_id: UUID | None = None
    reveals_of: UUID | None = None
    """Of the looks at personal data only those of this person; None: everybody's."""


async def newest(
    tx: Transaction, wanted: Wanted, before: int | None, limit: int
) -> Sequence[AuditRecord]:
    """Records in the wanted form, the newest first, those with a `seq` below `before`."""
    query = select(AuditRecord).order_by(AuditRecord.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditRecord.seq < before)
    if wanted.action is not None:
        query = query.where(AuditRecord.action == wanted.action)
    if wanted.subject_kind is not None:
        query = query.where(AuditRecord.subject_kind == wanted.subject_kind)
    if wanted.subject_id is not None:
        query = query.where(AuditRecord.subject_id == wanted.subject_id)
    if wanted.staff_id is not None:
        query = query.where(AuditRecord.staff_id == wanted.staff_id)
    if wanted.reveals_of is not None:
        own = AuditRecord.staff_id == wanted.reveals_of
        query = query.where((AuditRecord.action != "reveal") | own)
    return (await tx.scalars(query)).all()


async def verify(database: Database, noted: Head | None = None) -> Verification:
    """Read the whole log at one moment, while others go on writing (`api.audit.chain`).

    `database` knows the keys it may have been written with.
    """
    async with database.transaction() as tx:
        await tx.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        verification = Verification(keys=database.audit_keys, noted=noted)
        while not verification.over and (page := await _after(tx, verification.last.seq)):
            for row in page:
                verification.read(_line(row), row.previous, row.hash)
        if not verification.over:
            verification.end(await head(tx))
    return verification


async def head(tx: Transaction) -> Head | None:
    """The newest record's number and hash as the second place says."""
    kept = await tx.scalar(select(Setting.value).where(Setting.key == HEAD))
    return Head(kept["seq"], bytes.fromhex(kept["hash"])) if kept else None


async def _after(tx: Transaction, seq: int) -> Sequence[AuditRecord]:
    query = select(AuditRecord).where(AuditRecord.seq > seq).order_by(AuditRecord.seq).limit(PAGE)
    page = (await tx.scalars(query)).all()
    tx.expunge_all()
    return page


def _line(row: AuditRecord) -> Line:
    return Line(**{field.name: getattr(row, field.name) for field in fields(Line)})
