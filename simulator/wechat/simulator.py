"""The simulator as its users know it."""

from __future__ import annotations

import httpx

from simulator.wechat.clock import Clock
from simulator.wechat.core import World
from simulator.wechat.kf_events import hint
from simulator.wechat.people import Person
from simulator.wechat.pusher import Push, Pusher
from simulator.wechat.rules import Rules
from simulator.wechat.world import Account, Kind, Mode, Phone


class Simulator:
    """Accounts whose callbacks go to `desk`, the base address of a running one.

    `http` reaches the desk; a client with an ASGI transport for an app in this process.
    """

    def __init__(
        self,
        desk: str,
        *,
        clock: Clock | None = None,
        rules: Rules | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        self.desk = desk.rstrip("/")
        self.world = World(clock, rules)
        self.http = http or httpx.AsyncClient(trust_env=False, timeout=None)  # noqa: S113
        self.pusher = Pusher(self.world, self.http)
        self.world.hint = self.hint
        self._people: dict[tuple[str, str], Person] = {}

    def official(self, key: str, name: str = "云杉商城", mode: Mode = Mode.safe) -> Account:
        """A new official account."""
        return self.called_back(self.world.add(Kind.official, key, name, mode))

    def kf(self, key: str, name: str = "云杉客服") -> Account:
        """A new 微信客服 account."""
        return self.called_back(self.world.add(Kind.kf, key, name))

    def called_back(self, account: Account) -> Account:
        """The account, with its callbacks sent to the desk."""
        account.callback = f"{self.desk}/channels/wechat/{account.key}"
        return account

    def customer(self, account: Account, name: str = "小李") -> Person:
        """A new customer."""
        return self.person(account, self.world.arrive(account, name))

    def person(self, account: Account, phone: Phone) -> Person:
        """The customer with this phone, always the same one."""
        key = (account.key, phone.id)
        if key not in self._people:
            self._people[key] = Person(self.world, self.pusher, account, phone)
        return self._people[key]

    async def hint(self, account: Account) -> Push:
        """Tell the desk that messages of 微信客服 wait."""
        return await self.pusher.push(account, None, hint(self.world, account))

    async def close(self) -> None:
        """End what goes on beside, and the connections."""
        for task in list(self.world.tasks):
            task.cancel()
        await self.http.aclose()
