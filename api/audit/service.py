"""Writes the audit log, each record chained to the one before (norms §7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import event, insert, select, text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, SessionTransaction

from api.audit.chain import Head, Line, chained, plain
from api.auth.service import SignedIn
from api.db import Transaction
from api.ids import now
from api.models import AuditRecord, Setting

HEAD = "audit_head"
"""The row of `setting` that keeps the newest record's number and hash."""
KEY = "audit_key"
"""Under this name a transaction knows the key that records are chained with (`api.db`)."""
_WAITING = "audit"
_ONE_WRITER = text("SELECT pg_advisory_xact_lock(hashtextextended('audit', 0))")


class NoAuditKey(RuntimeError):
    """This process was not given the key of the audit log, so it records nothing."""


async def record(
    tx: Transaction,
    staff: SignedIn | None,
    action: str,
    subject_kind: str,
    subject_id: object,
    data: Mapping[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """Note an act; it is written when `tx` commits, and not at all when it is rolled back.

    `data` says what and why, never the personal data itself. Call it anywhere in a transaction: the
    lock that lets one transaction write at a time is taken last, just before the commit. Raises
    NoAuditKey in a process that was not given the key.
    """
    session = tx.sync_session
    if session.info.get(KEY) is None:
        raise NoAuditKey
    if _WAITING not in session.info:
        session.info[_WAITING] = []
        event.listen(session, "before_commit", _write)
        event.listen(session, "after_soft_rollback", _forget)
    line = Line(
        seq=0,
        at=now(),
        staff_id=staff.id if staff else None,
        staff_name=staff.display_name if staff else None,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        data=plain(data or {}),
        address=address,
    )
    session.info[_WAITING].append((_inside(session), line))


async def mark_key(tx: Transaction) -> None:
    """From here on records are keyed: said once in a log that was begun without a key."""
    kept = await tx.scalar(select(Setting.value).where(Setting.key == HEAD))
    if kept is not None and not kept.get("keyed"):
        data = {"scheme": "hmac-sha256", "after": kept["seq"]}
        await record(tx, None, "audit_keyed", "audit", "log", data)


def _inside(session: Session) -> list[SessionTransaction]:
    """The savepoints that are open, the innermost first."""
    found, savepoint = [], session.get_nested_transaction()
    while savepoint is not None and savepoint.nested:
        found.append(savepoint)
        savepoint = savepoint.parent
    return found


def _forget(session: Session, ended: SessionTransaction) -> None:
    """What was noted inside a savepoint that was rolled back has not happened."""
    if ended.parent is None:
        session.info[_WAITING].clear()
        return
    session.info[_WAITING][:] = [
        (inside, line) for inside, line in session.info[_WAITING] if ended not in inside
    ]


def _write(session: Session) -> None:
    """Number, chain and insert what the transaction noted; the head with it."""
    waiting = session.info[_WAITING]
    if session.in_nested_transaction() or not waiting:
        return
    session.flush()  # every other lock before the one that all writers share
    session.execute(_ONE_WRITER)
    head = _newest(session)
    rows = []
    for _, noted in waiting:
        line = replace(noted, seq=head.seq + 1)
        hashed = chained(head.hash, line, session.info[KEY])
        rows.append({**asdict(line), "previous": head.hash, "hash": hashed})
        head = Head(line.seq, hashed)
    waiting.clear()
    session.execute(insert(AuditRecord), rows)
    value = {"seq": head.seq, "hash": head.hash.hex(), "keyed": True}
    changed = {"value": value, "version": 1, "updated_at": rows[-1]["at"]}
    session.execute(
        upsert(Setting)
        .values(key=HEAD, **changed)
        .on_conflict_do_update(index_elements=["key"], set_=changed)
    )


def _newest(session: Session) -> Head:
    """The last record; a new one never continues a log whose end was cut off unseen."""
    kept = session.scalar(select(Setting.value).where(Setting.key == HEAD))
    if kept is not None:
        return Head(kept["seq"], bytes.fromhex(kept["hash"]))
    query = select(AuditRecord.seq, AuditRecord.hash).order_by(AuditRecord.seq.desc()).limit(1)
    row = session.execute(query).one_or_none()
    return Head(row.seq, row.hash) if row else Head()
