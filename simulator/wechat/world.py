"""Accounts, their customers, and what each sees on the phone."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from simulator.wechat.crypto import Crypt, new_aes_key
from simulator.wechat.ledger import Ledger
from simulator.wechat.rules import Rules
from simulator.wechat.tokens import Tokens

APOLOGY = "该公众号暂时无法提供服务，请稍后再试"

Side = Literal["me", "desk", "wechat"]


class Kind(StrEnum):
    """Kinds of accounts."""

    official = "official"
    kf = "kf"


class Mode(StrEnum):
    """How callbacks of an official account are sent."""

    plain = "plain"
    compatible = "compatible"
    safe = "safe"


@dataclass(frozen=True)
class Item:
    """A line of a menu; without an id it cannot be tapped."""

    id: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Bubble:
    """One thing on the phone. `way` is how the desk sent it: `send`, `passive`, `event`,
    `subscription`."""

    number: int
    at: datetime
    side: Side
    kind: str
    text: str = ""
    items: Sequence[Item] = ()
    tail: str = ""
    media_id: str = ""
    way: str = ""
    call: int | None = None
    """Number of the call that brought it."""


@dataclass
class Phone:
    """A customer of one account."""

    id: str
    """The openid or external user id."""
    name: str
    ledger: Ledger
    follows: bool = True
    bubbles: list[Bubble] = field(default_factory=list)
    grants: Counter[str] = field(default_factory=Counter)
    """Subscription messages allowed, by template."""
    wrote_at: datetime | None = None
    typing_until: datetime | None = None
    state: int = 0
    """微信客服: session state."""
    servicer: str = ""
    welcomed_at: datetime | None = None

    def show(self, at: datetime, side: Side, kind: str, text: str = "", **more: object) -> Bubble:
        """One more thing on the screen."""
        shown = Bubble(len(self.bubbles) + 1, at, side, kind, text, **more)  # type: ignore[arg-type]
        self.bubbles.append(shown)
        if side == "desk":
            self.typing_until = None
        return shown

    def types(self, now: datetime) -> bool:
        """Is the sign of typing shown?"""
        return self.typing_until is not None and now < self.typing_until

    @property
    def received(self) -> list[Bubble]:
        """What the desk sent."""
        return [bubble for bubble in self.bubbles if bubble.side == "desk"]


@dataclass
class Account:
    """An official account, or a 微信客服 account of a company."""

    kind: Kind
    key: str
    """The end of its callback's address."""
    name: str
    app_id: str
    """The corp id of a company."""
    secret: str
    token: str
    aes_key: str
    tokens: Tokens
    callback: str = ""
    """Where callbacks go; empty: nowhere yet."""
    mode: Mode = Mode.safe
    user_name: str = ""
    """The original id `gh_…` of an official account; the corp id of a company."""
    open_kfid: str = ""
    servicers: frozenset[str] = frozenset({"zhangsan", "lisi"})
    templates: frozenset[str] = frozenset({"tmpl-service-progress"})
    menu: Sequence[dict[str, object]] = ()
    phones: dict[str, Phone] = field(default_factory=dict)

    @property
    def crypt(self) -> Crypt:
        """Its encryption."""
        return Crypt(self.aes_key, self.app_id)


def new_account(kind: Kind, key: str, name: str, rules: Rules, mode: Mode = Mode.safe) -> Account:
    """An account with random credentials."""
    official = kind is Kind.official
    app_id = ("wx" if official else "ww") + secrets.token_hex(8)
    return Account(
        kind=kind,
        key=key,
        name=name,
        app_id=app_id,
        secret=secrets.token_hex(16),
        token=secrets.token_hex(8),
        aes_key=new_aes_key(),
        tokens=Tokens(rules),
        mode=mode if official else Mode.safe,
        user_name=f"gh_{secrets.token_hex(6)}" if official else app_id,
        open_kfid="" if official else f"wk{secrets.token_hex(14)}",
    )


def new_phone(account: Account, name: str, rules: Rules) -> Phone:
    """A customer who has not written yet; one of an official account follows it already."""
    prefix = "o" if account.kind is Kind.official else "wm"
    made = Phone(prefix + secrets.token_urlsafe(20)[:27], name, Ledger(rules))
    account.phones[made.id] = made
    return made
