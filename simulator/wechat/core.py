"""The simulated world as one object: accounts, faults, and the log of calls."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulator.wechat.clock import Clock
from simulator.wechat.faults import Faults
from simulator.wechat.kf_log import KfLog
from simulator.wechat.media import MediaStore
from simulator.wechat.rules import Rules
from simulator.wechat.world import Account, Kind, Mode, Phone, new_account, new_phone

_KEPT = 20_000


@dataclass
class Record:
    """One call to a server, or one callback; what it carried, without secrets."""

    number: int
    at: datetime
    way: str
    """`call` from the desk, `push` to it."""
    what: str
    account: str
    sent: Mapping[str, object] = field(default_factory=dict)
    result: int = 0
    """errcode of a call, HTTP status of a callback (0: none came)."""
    note: str = ""
    seconds: float = 0.0


class World:
    """Accounts by key, and everything they share."""

    def __init__(self, clock: Clock | None = None, rules: Rules | None = None) -> None:
        self.clock = clock or Clock()
        self.rules = rules or Rules()
        self.accounts: dict[str, Account] = {}
        self.faults = Faults()
        self.media = MediaStore(self.rules)
        self.records: deque[Record] = deque(maxlen=_KEPT)
        self.address = ""
        """Where the simulator is reached."""
        self.changes = 0
        """Grows with everything that happens: a page asks only for what is new."""
        self.tasks: set[asyncio.Task[object]] = set()
        """What goes on by itself: late failures and repeated callbacks."""
        self.hint: Callable[[Account], Awaitable[object]] = _nobody
        """Tells the desk that something of 微信客服 waits to be pulled."""
        self._logs: dict[str, KfLog] = {}
        self._numbers = itertools.count(1)
        self._message_ids = itertools.count(23_000_000_000_000_001)

    def now(self) -> datetime:
        """The simulated moment."""
        return self.clock.now()

    def add(self, kind: Kind, key: str, name: str, mode: Mode = Mode.safe) -> Account:
        """A new account with random credentials."""
        return self.adopt(new_account(kind, key, name, self.rules, mode))

    def adopt(self, account: Account) -> Account:
        """An account that exists already."""
        self.accounts[account.key] = account
        return account

    def arrive(self, account: Account, name: str) -> Phone:
        """A new customer."""
        self.changes += 1
        return new_phone(account, name, self.rules)

    def log(self, account: Account) -> KfLog:
        """The messages of a 微信客服 account."""
        return self._logs.setdefault(account.key, KfLog(self.rules))

    def next_message_id(self) -> int:
        """A MsgId: 64 bits."""
        return next(self._message_ids)

    def later(self, work: Coroutine[object, object, object]) -> None:
        """Do it beside everything else."""
        task: asyncio.Task[object] = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def record(self, way: str, what: str, account: str, sent: Mapping[str, object]) -> Record:
        """Write down what has begun; its result is filled in afterwards."""
        made = Record(next(self._numbers), self.now(), way, what, account, sent)
        self.records.append(made)
        self.changes += 1
        return made

    def by_app(self, kind: Kind, app_id: str) -> Account | None:
        """The account with this app or corp id."""
        found = (each for each in self.accounts.values() if each.kind is kind)
        return next((each for each in found if each.app_id == app_id), None)

    def by_token(self, kind: Kind, token: str) -> tuple[Account | None, int]:
        """Whose access token it is, and the errcode it deserves (0: a good one)."""
        errcode = 41001 if not token else 40014
        for account in self.accounts.values():
            if account.kind is kind:
                found = account.tokens.check(token, self.now())
                if found == 0:
                    return account, 0
                if found != 40014:
                    errcode = found
        return None, errcode


async def _nobody(_account: Account) -> None:
    return
