"""`fenzhen audit`: is the audit log what was written?"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from rich.console import Console

from api.audit import repository
from api.audit.chain import Head
from api.audit.keys import derived
from api.audit.schemas import AuditState
from api.db import Database
from api.events import SilentBus
from cli import texts
from cli.errors import Refused

TROUBLES = {
    "changed": texts.AUDIT_CHANGED,
    "missing": texts.AUDIT_MISSING,
    "moved": texts.AUDIT_MOVED,
    "truncated": texts.AUDIT_TRUNCATED,
    "unexpected": texts.AUDIT_UNEXPECTED,
    "head_missing": texts.AUDIT_HEAD_MISSING,
    "unkeyed": texts.AUDIT_UNKEYED,
}


def verify(url: str, data_key: str, noted: str | None = None) -> AuditState:
    """Read the log of the database at the libpq `url`, written with that `data_key`; `noted` is a
    `seq:hash` of before.

    `Refused` if `noted` is of another form.
    """
    return asyncio.run(_verify(url, derived(data_key), _head(noted)))


def print_state(state: AuditState, console: Console) -> None:
    """One sentence for the log, or one for each problem; then what to note."""
    for problem in state.problems:
        console.print(str(TROUBLES[problem.kind].fill(seq=problem.seq)), style="red")
    if state.whole:
        console.print(str(texts.AUDIT_WHOLE.fill(count=state.seq)), style="green")
    if state.seq:
        head = f"{state.seq}:{state.hash}"
        console.print(str(texts.AUDIT_HEAD.fill(head=head)), soft_wrap=True, highlight=False)


def _head(noted: str | None) -> Head | None:
    if noted is None:
        return None
    seq, _, digest = noted.partition(":")
    try:
        return Head(int(seq), bytes.fromhex(digest))
    except ValueError as error:
        raise Refused(texts.AUDIT_NOTED_UNREADABLE.fill(noted=noted)) from error


async def _verify(url: str, keys: Sequence[bytes], noted: Head | None) -> AuditState:
    address = "postgresql+psycopg://" + url.split("://", 1)[-1]
    database = Database(address, SilentBus(), pool=1, audit_keys=keys)
    try:
        return AuditState.of(await repository.verify(database, noted))
    finally:
        await database.dispose()
