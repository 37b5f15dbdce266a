"""Accounts of WeChat: kept with their secrets sealed, opened for those who call and are called."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, lru_cache
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from api.audit import service as audit
from api.auth.service import SignedIn
from api.channels import outbound
from api.channels.interface import AccountKeys
from api.channels.wechat.schemas import KEY, AccountChange, NewAccount
from api.customers.sealing import Sealer, sealer_of
from api.db import Transaction
from api.errors import CannotUnseal, Conflict, NameTaken, NotFound, ValidationFailed
from api.ids import new_id, now
from api.models import ChannelAccount
from api.settings import Settings

SECRETS = ("secret", "token", "aes_key")
_KEY = re.compile(KEY)
_KIND = "channel_account"
_CALLED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """The account of an address; without a `row`, a stand-in that no signature fits."""

    account: AccountKeys
    row: ChannelAccount | None


async def keys_of(tx: Transaction, settings: Settings, key: str) -> Found:
    """The enabled account with that key; the stand-in takes as long."""
    sealer = sealer_of(settings)
    wanted = key if _KEY.fullmatch(key) else ""
    query = select(ChannelAccount).where(ChannelAccount.key == wanted, ChannelAccount.enabled)
    row = await tx.scalar(query)
    if row is None:
        return Found(opened(sealer, _stand_in(sealer)), None)
    return Found(opened(sealer, row), row)


async def by_id(tx: Transaction, settings: Settings, account_id: UUID) -> AccountKeys:
    """The account with its secrets. Raises NotFound."""
    row = await tx.get(ChannelAccount, account_id)
    if row is None:
        raise NotFound
    return opened(sealer_of(settings), row)


def opened(sealer: Sealer, row: ChannelAccount) -> AccountKeys:
    """An account with its secrets; raises CannotUnseal."""
    return _with(row, _opened(sealer, row.id, row.sealed))


def opened_if_possible(sealer: Sealer, row: ChannelAccount) -> AccountKeys:
    """The same; without any secret when they were sealed with a key that is gone."""
    return _with(row, _known(sealer, row))


def _known(sealer: Sealer, row: ChannelAccount) -> dict[str, str]:
    try:
        return dict(_opened(sealer, row.id, row.sealed))
    except CannotUnseal:
        return {}


@lru_cache(maxsize=256)
def _opened(sealer: Sealer, account_id: UUID, sealed: bytes) -> Mapping[str, str]:
    """The secrets that stand in `sealed`; raises CannotUnseal. Opened once a process: what is
    changed is sealed anew."""
    return MappingProxyType(sealer.open_for(_KIND, account_id, sealed))


def _with(row: ChannelAccount, known: Mapping[str, str]) -> AccountKeys:
    return AccountKeys(
        id=row.id,
        key=row.key,
        kind=row.kind,
        app_id=row.app_id,
        open_kfid=row.open_kfid,
        mode=row.mode,
        secret=known.get("secret", ""),
        token=known.get("token", ""),
        aes_key=known.get("aes_key", ""),
    )


async def note_called(tx: Transaction, row: ChannelAccount) -> None:
    """The account was called now; noted to the minute, so that callbacks never queue."""
    before = now() - _CALLED_EVERY
    if row.called_at is not None and row.called_at >= before:
        return
    due = or_(ChannelAccount.called_at.is_(None), ChannelAccount.called_at < before)
    free = (
        select(ChannelAccount.id)
        .where(ChannelAccount.id == row.id, due)
        .with_for_update(key_share=True, skip_locked=True)
    )
    await tx.execute(
        update(ChannelAccount)
        .where(ChannelAccount.id.in_(free.scalar_subquery()))
        .values(called_at=now())
        .execution_options(synchronize_session=False)
    )


async def everyone(tx: Transaction) -> Sequence[ChannelAccount]:
    """All accounts, by key."""
    return (await tx.scalars(select(ChannelAccount).order_by(ChannelAccount.key))).all()


async def kf_accounts(tx: Transaction) -> Sequence[UUID]:
    """Ids of the enabled accounts of 微信客服."""
    query = select(ChannelAccount.id).where(ChannelAccount.kind == "kf", ChannelAccount.enabled)
    return (await tx.scalars(query)).all()


async def find(tx: Transaction, key: str, *, lock: bool = False) -> ChannelAccount:
    """The account with that key, enabled or not. Raises NotFound."""
    query = select(ChannelAccount).where(ChannelAccount.key == key)
    row = await tx.scalar(query.with_for_update(key_share=True) if lock else query)
    if row is None:
        raise NotFound
    return row


async def sibling(
    tx: Transaction, account: ChannelAccount, open_kfid: str
) -> ChannelAccount | None:
    """The company's 微信客服 account of that id: all of them are told of at one address."""
    if not open_kfid or open_kfid == account.open_kfid:
        return account
    query = select(ChannelAccount).where(
        ChannelAccount.kind == "kf",
        ChannelAccount.app_id == account.app_id,
        ChannelAccount.open_kfid == open_kfid,
        ChannelAccount.enabled,
    )
    return await tx.scalar(query)


async def create(
    tx: Transaction, settings: Settings, staff: SignedIn, wanted: NewAccount
) -> ChannelAccount:
    """Add an account. Raises NameTaken, and ValidationFailed when a secret is missing."""
    given = _given(wanted)
    row = ChannelAccount(
        id=new_id(),
        key=wanted.key,
        kind=wanted.kind,
        display_name=wanted.display_name,
        app_id=wanted.app_id,
        open_kfid=wanted.open_kfid if wanted.kind == "kf" else None,
        mode="safe" if wanted.kind == "kf" else wanted.mode,
        switches=wanted.switches.model_dump(mode="json"),
        enabled=wanted.enabled,
    )
    _require(row, given)
    row.sealed = sealer_of(settings).seal_for(_KIND, row.id, given.items())
    try:
        async with tx.begin_nested():
            tx.add(row)
    except IntegrityError:
        raise NameTaken from None
    data = {"created": {"key": row.key, "kind": row.kind}}
    await audit.record(tx, staff, "channel_account_changed", "channel_account", row.id, data)
    return row


async def change(
    tx: Transaction, settings: Settings, staff: SignedIn, key: str, wanted: AccountChange
) -> ChannelAccount:
    """Set an account as wanted; secrets that are not given stay, if they can still be opened.

    Raises NotFound, Conflict, and ValidationFailed when a secret is missing.
    """
    row = await find(tx, key, lock=True)
    if row.version != wanted.version:
        raise Conflict
    before = _facts(row)
    row.display_name, row.app_id, row.enabled = wanted.display_name, wanted.app_id, wanted.enabled
    row.switches = wanted.switches.model_dump(mode="json")
    if row.kind == "kf":
        row.open_kfid = wanted.open_kfid
    else:
        row.mode = wanted.mode
    if row.app_id != before["app_id"] or row.open_kfid != before["open_kfid"]:
        row.cursor = None
    sealer = sealer_of(settings)
    given = _given(wanted)
    known = _known(sealer, row) | given
    _require(row, known)
    row.sealed = sealer.seal_for(_KIND, row.id, known.items())
    row.version += 1
    after = _facts(row)
    changed = [name for name, value in after.items() if value != before[name]]
    data = {"key": row.key, "changed": [*changed, *given]}
    await audit.record(tx, staff, "channel_account_changed", "channel_account", row.id, data)
    if row.enabled:
        await outbound.wake(tx, row.id)
    return row


def _given(wanted: NewAccount | AccountChange) -> dict[str, str]:
    found = {name: getattr(wanted, name) for name in SECRETS}
    return {name: value for name, value in found.items() if value is not None}


def _require(row: ChannelAccount, known: Mapping[str, str]) -> None:
    needed = [*SECRETS] if row.mode != "plain" else ["secret", "token"]
    missing = [name for name in needed if not known.get(name)]
    if row.kind == "kf" and not row.open_kfid:
        missing.append("open_kfid")
    if missing:
        fields = [{"field": f"body.{name}", "problem": "missing"} for name in missing]
        raise ValidationFailed(fields=fields)


def _facts(row: ChannelAccount) -> dict[str, object]:
    names = ("display_name", "app_id", "open_kfid", "mode", "enabled", "switches")
    return {name: getattr(row, name) for name in names}


@cache
def _stand_in(sealer: Sealer) -> ChannelAccount:
    account_id = new_id()
    values = {
        "secret": secrets.token_hex(16),
        "token": secrets.token_hex(16),
        "aes_key": "A" * 42 + secrets.choice("BCDEF"),
    }
    return ChannelAccount(
        id=account_id,
        key="",
        kind="official",
        app_id="",
        open_kfid=None,
        mode="safe",
        sealed=sealer.seal_for(_KIND, account_id, values.items()),
    )
