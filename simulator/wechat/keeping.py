"""Accounts and customers in a file, so that a simulator started again is known to the desk."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel

from simulator.wechat.core import World
from simulator.wechat.ledger import Ledger
from simulator.wechat.tokens import Tokens
from simulator.wechat.world import Account, Kind, Mode, Phone


class KeptCustomer(BaseModel):
    """A customer in the file."""

    id: str
    name: str


class KeptAccount(BaseModel):
    """An account in the file."""

    kind: Kind
    key: str
    name: str
    app_id: str
    secret: str
    token: str
    aes_key: str
    mode: Mode
    user_name: str
    open_kfid: str
    customers: list[KeptCustomer]


def save(world: World, path: Path) -> None:
    """Write them down, readable by the owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    kept = [_kept(account).model_dump() for account in world.accounts.values()]
    path.write_text(json.dumps(kept, ensure_ascii=False, indent=2), encoding="utf-8")


def load(world: World, path: Path) -> list[Account]:
    """The accounts of the file, now in the world; raises ValueError for a file that is none."""
    kept = [KeptAccount.model_validate(each) for each in json.loads(path.read_text("utf-8"))]
    return [world.adopt(_account(world, each)) for each in kept]


def _kept(account: Account) -> KeptAccount:
    names = KeptAccount.model_fields.keys() - {"customers"}
    values = {name: getattr(account, name) for name in names}
    customers = [KeptCustomer(id=each.id, name=each.name) for each in account.phones.values()]
    return KeptAccount(**values, customers=customers)


def _account(world: World, kept: KeptAccount) -> Account:
    values = kept.model_dump(exclude={"customers"})
    account = Account(**values, tokens=Tokens(world.rules))
    for each in kept.customers:
        account.phones[each.id] = Phone(each.id, each.name, Ledger(world.rules))
    return account
