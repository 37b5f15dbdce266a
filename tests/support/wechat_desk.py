"""A desk with accounts at the simulated WeChat, and a worker for what they leave to be done."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from api.channels import outbound
from api.channels.delivering import Deliverer
from api.channels.registry import channels_of
from api.channels.tasks import delivery_tasks
from api.channels.wechat.tasks import inbound_tasks
from api.conversations.tasks import turn_tasks
from api.jobs import JobQueue, build_app
from api.settings import Settings
from simulator.wechat.app import KF, OFFICIAL
from simulator.wechat.people import Person
from simulator.wechat.serving import serving
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Account, Kind, Mode
from tests.support.desk_work import ok
from tests.support.rig import Rig, rig_for

ACCOUNTS = "/api/v1/channels/accounts"


class _ToDesk(httpx.AsyncBaseTransport):
    """Leads to an app that is made later."""

    app: httpx.ASGITransport | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert self.app is not None
        return await self.app.handle_async_request(request)


@dataclass
class WechatDesk:
    """A running desk, and the simulator it believes to be WeChat."""

    rig: Rig
    simulator: Simulator
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Bodies of the accounts as the desk shows them, by key."""

    async def official(self, key: str = "shop", mode: Mode = Mode.safe, **switches: Any) -> Account:
        """An official account, entered at the desk."""
        return await self.enter(self.simulator.official(key, mode=mode), **switches)

    async def kf(self, key: str = "service", **switches: Any) -> Account:
        """A 微信客服 account, entered at the desk."""
        return await self.enter(self.simulator.kf(key), **switches)

    def customer(self, account: Account, name: str = "小李") -> Person:
        """A customer of an account."""
        return self.simulator.customer(account, name)

    async def taken(self, kind: str) -> tuple[Person, UUID, httpx.AsyncClient]:
        """A customer of an account of that kind whom an agent has begun to serve."""
        person = self.customer(await (self.official() if kind == "official" else self.kf()))
        await person.write("转人工")
        await self.work()
        own = await self.conversation_of(person)
        agent = await self.rig.staff()
        await ok(agent.post(f"/api/v1/conversations/{own}/take"))
        return person, own, agent

    async def change(self, key: str, **wanted: Any) -> dict[str, Any]:
        """Change an account as an admin."""
        body = {name: self.accounts[key][name] for name in _CHANGEABLE} | wanted
        admin = await self.rig.staff("admin")
        self.accounts[key] = await ok(admin.put(f"{ACCOUNTS}/{key}", json=body))
        return self.accounts[key]

    async def check(self, key: str, language: str = "zh") -> dict[str, Any]:
        """The connection check, as an admin sees it."""
        admin = await self.rig.staff("admin")
        headers = {"Accept-Language": language}
        return await ok(admin.post(f"{ACCOUNTS}/{key}/check", headers=headers))

    async def work(self) -> None:
        """Do what is to be done now: turns, deliveries, files, pulls."""
        settings, calls = self.rig.desk.settings, self.rig.desk.wechat
        channels = channels_of(settings, calls)
        app = build_app(
            settings.libpq_url,
            turn_tasks(self.rig.runner()),
            delivery_tasks(Deliverer(self.rig.database, settings, channels)),
            inbound_tasks(self.rig.database, settings, calls, channels["kf"]),
        )
        self.rig.database.before_commit = outbound.before_commit(JobQueue(app))
        async with app.open_async():
            await app.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False, concurrency=1
            )

    async def conversation_of(self, person: Person) -> UUID:
        """The conversation a customer writes in."""
        found = await self.rig.scalar(
            "SELECT conversation_id FROM channel_contact WHERE external_id = :id",
            id=person.phone.id,
        )
        assert found is not None
        return UUID(str(found))

    async def said(self, person: Person, author: str = "customer") -> list[str]:
        """What somebody has said in a customer's conversation."""
        rows = await self.rig.rows(
            "SELECT text FROM message WHERE conversation_id = :id AND author = :author"
            " ORDER BY seq",
            id=await self.conversation_of(person),
            author=author,
        )
        return [row.text for row in rows]

    async def enter(self, account: Account, **switches: Any) -> Account:
        """Enter an account of the simulator at the desk."""
        admin = await self.rig.staff("admin")
        body = {
            "key": account.key,
            "kind": account.kind.value,
            "display_name": account.name,
            "app_id": account.app_id,
            "open_kfid": account.open_kfid or None,
            "mode": account.mode.value if account.kind is Kind.official else "safe",
            "secret": account.secret,
            "token": account.token,
            "aes_key": account.aes_key,
            "switches": switches,
        }
        self.accounts[account.key] = await ok(admin.post(ACCOUNTS, json=body), 201)
        return account


_CHANGEABLE = (
    "display_name",
    "app_id",
    "open_kfid",
    "mode",
    "switches",
    "enabled",
    "version",
)


@asynccontextmanager
async def wechat_desk(settings: Settings) -> AsyncIterator[WechatDesk]:
    """A desk of these settings whose WeChat is the simulator."""
    transport = _ToDesk()
    http = httpx.AsyncClient(transport=transport)
    simulator = Simulator("http://desk.test", http=http)
    async with serving(simulator) as address:
        where = {
            "wechat_api_url": f"{address}{OFFICIAL}",
            "wecom_api_url": f"{address}{KF}",
        }
        async with rig_for(settings.model_copy(update=where)) as rig:
            transport.app = httpx.ASGITransport(rig.app, raise_app_exceptions=False)
            await _answer_at_once(rig)
            yield WechatDesk(rig, simulator)


async def _answer_at_once(rig: Rig) -> None:
    """No wait for further pieces of a message."""
    channels = ("web", "wechat", "wechat_kf", "wecom", "other")
    value = {"wait_seconds": dict.fromkeys(channels, 0)}
    admin = await rig.staff("admin")
    await ok(admin.put("/api/v1/settings/pieces", json={"version": 0, "value": value}))
