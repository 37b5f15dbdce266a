"""The desk's policies as they hold now: the files, and over them what an admin has set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import Connection, Engine, select

from api.audit import service as audit
from api.auth.service import SignedIn
from api.commerce.once import serialise
from api.db import Transaction
from api.errors import Conflict, NotFound, PolicyRefused
from api.ids import now
from api.models import Setting
from api.policies.registry import (
    KEYS,
    BadPolicy,
    Policies,
    Raw,
    defaults,
    overlaid,
    policies_of,
    read,
)

log = structlog.get_logger(__name__)

FRESH_SECONDS = 3.0
"""After a change other processes go by the old policies for so long at most."""

Versions = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    versions: Versions
    policies: Policies


_known: WeakKeyDictionary[Engine | Connection, _Known] = WeakKeyDictionary()


async def policies(tx: Transaction) -> Policies:
    """The policies that hold now, at most `FRESH_SECONDS` old.

    A setting that an older version of the desk stored and this one cannot read is left out.
    """
    bind = tx.get_bind()
    known = _known.get(bind)
    if known is not None and time.monotonic() < known.until:
        return known.policies
    rows = (await tx.execute(_ALL)).all()
    versions = tuple((row.key, row.version) for row in rows)
    if known is not None and known.versions == versions:
        found = known.policies
    else:
        found = policies_of({row.key: row.value for row in rows if _readable(row.key, row.value)})
    _known[bind] = _Known(time.monotonic() + FRESH_SECONDS, versions, found)
    return found


def forget(tx: Transaction) -> None:
    """Read the policies anew the next time, in this process; call it after a commit."""
    _known.pop(tx.get_bind(), None)


async def stored(tx: Transaction, key: str) -> Setting | None:
    """What was set under a key of a policy; raises NotFound for any other key."""
    if key not in KEYS:
        raise NotFound
    return await tx.get(Setting, key)


async def put(tx: Transaction, staff: SignedIn, key: str, version: int, parts: Raw) -> Setting:
    """Set `parts` of a policy; what is not among them is as in the file again.

    `version` is that of the setting as it was read, 0 if it was never set. Raises NotFound,
    Conflict and PolicyRefused. Call `forget` after the commit.
    """
    await serialise(tx, f"setting:{key}")
    row = await stored(tx, key)
    if (row.version if row else 0) != version:
        raise Conflict(version=row.version if row else 0)
    before = overlaid(key, row.value if row else {})
    after = overlaid(key, parts)
    try:
        read(key, after)
    except BadPolicy as error:
        raise PolicyRefused(problem=str(error)) from error
    kept = {name: value for name, value in parts.items() if value != defaults(key).get(name)}
    if row is None:
        row = Setting(key=key, version=0)
        tx.add(row)
    row.value, row.version = kept, version + 1
    row.updated_at, row.updated_by = now(), staff.id
    changed = {
        name: {"before": before[name], "after": after[name]}
        for name in after
        if after[name] != before[name]
    }
    if changed:
        await audit.record(tx, staff, "setting_changed", "setting", key, {"changed": changed})
    await tx.flush()
    return row


_ALL = select(Setting.key, Setting.version, Setting.value).where(Setting.key.in_(KEYS))


def _readable(key: str, value: Raw) -> bool:
    try:
        read(key, overlaid(key, value))
    except BadPolicy as error:
        log.error("setting.unreadable", key=key, problem=str(error))
        return False
    return True
