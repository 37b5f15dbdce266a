"""The simulator as a real server: connections that are cut, answers that are late, its page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from simulator.wechat.faults import ApiFault, Setting
from simulator.wechat.serving import serving, settings_for
from simulator.wechat.simulator import Simulator
from tests.support.waiting import eventually
from tests.support.wechat.desks import LittleDesk


@asynccontextmanager
async def running() -> AsyncIterator[tuple[Simulator, LittleDesk, httpx.AsyncClient]]:
    desk = LittleDesk()
    http = httpx.AsyncClient(transport=httpx.MockTransport(desk))
    simulator = Simulator("http://desk.test", http=http)
    async with (
        serving(simulator) as address,
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        yield simulator, desk, client


async def token_of(simulator: Simulator, client: httpx.AsyncClient) -> dict[str, str]:
    account = simulator.world.accounts["shop"]
    body = {"grant_type": "client_credential", "appid": account.app_id, "secret": account.secret}
    root = settings_for("")["FENZHEN_WECHAT_API_URL"]
    answer = await client.post(f"{root}/cgi-bin/stable_token", json=body)
    return {"access_token": answer.json()["access_token"]}


async def send(simulator: Simulator, client: httpx.AsyncClient, **more: Any) -> httpx.Response:
    account = simulator.world.accounts["shop"]
    (openid,) = account.phones
    body = b'{"touser": "%s", "msgtype": "text", "text": {"content": "ok"}}' % openid.encode()
    root = settings_for("")["FENZHEN_WECHAT_API_URL"]
    query = await token_of(simulator, client)
    address = f"{root}/cgi-bin/message/custom/send"
    return await client.post(address, params=query, content=body, **more)


@pytest.mark.parametrize(
    ("fault", "arrived"),
    [(ApiFault.cut_after_accepting, ["ok"]), (ApiFault.cut_before_accepting, [])],
)
async def test_a_connection_is_cut_without_a_byte(fault: ApiFault, arrived: list[str]) -> None:
    async with running() as (simulator, _, client):
        person = simulator.customer(simulator.official("shop"))
        await person.write("在吗")
        simulator.world.faults.api[fault] = Setting(times=1)
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await send(simulator, client)
        assert person.texts == arrived
        assert (await send(simulator, client)).json()["errcode"] == 0


async def test_a_slow_answer_comes_after_the_message_arrived() -> None:
    async with running() as (simulator, _, client):
        person = simulator.customer(simulator.official("shop"))
        await person.write("在吗")
        simulator.world.faults.api[ApiFault.slow] = Setting(times=1, seconds=2)
        with pytest.raises(httpx.ReadTimeout):
            await send(simulator, client, timeout=0.3)
        assert person.texts == ["ok"]


async def test_the_page_plays_a_customer() -> None:
    async with running() as (simulator, desk, client):
        account = simulator.official("shop")
        page = await client.get("/")
        assert page.headers["content-type"].startswith("text/html")
        made = await client.post("/simulator/customers", json={"account": "shop", "name": "小李"})
        who = {"account": "shop", "customer": made.json()["id"]}
        await client.post("/simulator/acts", json={**who, "act": "write", "text": "在吗"})
        await eventually(lambda: len(desk.seen) == 1, "the desk was told")
        shown = (await client.get("/simulator/state", params=who)).json()
        assert shown["phone"]["bubbles"][0]["text"] == "在吗"
        assert shown["phone"]["windows"][0]["left"] == 5
        assert account.secret not in str(shown)
        await eventually(lambda: not simulator.world.tasks, "the callback is over")
        shown = (await client.get("/simulator/state", params=who)).json()
        same = await client.get("/simulator/state", params={**who, "changes": shown["changes"]})
        assert same.status_code == 204


async def test_faults_are_switched_on_and_off_on_the_page() -> None:
    async with running() as (simulator, _, client):
        on = {"name": "busy", "on": True, "times": 3, "percent": 50}
        await client.post("/simulator/faults", json=on)
        assert simulator.world.faults.api[ApiFault.busy] == Setting(times=3, share=0.5)
        await client.post("/simulator/faults", json={**on, "on": False})
        assert simulator.world.faults.api == {}


async def test_a_foreign_page_cannot_act() -> None:
    async with running() as (simulator, _, client):
        plain = {"content-type": "text/plain"}
        answer = await client.post("/simulator/clock", content='{"seconds": 60}', headers=plain)
        assert answer.status_code == 415
        assert not simulator.world.clock.ahead


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("acts", {"account": "shop", "customer": "nobody", "act": "write"}),
        ("acts", {"account": "none", "customer": "x", "act": "write"}),
        ("faults", {"name": "flood", "on": True}),
        ("tokens", {}),
    ],
)
async def test_what_the_page_cannot_do_is_refused(name: str, body: dict[str, Any]) -> None:
    async with running() as (simulator, _, client):
        simulator.official("shop")
        assert (await client.post(f"/simulator/{name}", json=body)).status_code == 400
