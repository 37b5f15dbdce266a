"""Processes are killed with -9 and Redis is emptied while customers talk to the desk."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Iterator

import httpx
import psutil
import pytest
import redis

from cli.replay.figures import lost
from cli.replay.player import Replay
from tests.support.running_desk import RunningDesk, wait_until
from tests.support.sessions import sessions
from tests.support.visitor import Visitor

Visit = Callable[[], Visitor]

BACK_WITHIN = {"rasa": 60, "postgres": 30, "redis": 30, "worker": 30, "actions": 30, "api": 30}
"""Seconds after a kill -9 until the desk is whole again."""


def redis_of(desk: RunningDesk) -> redis.Redis:
    secrets = desk.secrets
    return redis.Redis(port=desk.state["ports"]["redis"], password=secrets["redis_password"])


async def replay_while(desk: RunningDesk, trouble: list[str]) -> None:
    """Play sessions while each program of `trouble` is killed in turn; then check them all."""
    replay = Replay(desk.url, concurrency=4, turn_seconds=120)
    playing = asyncio.create_task(replay.play(sessions(40, 6)))
    for program in trouble:
        pid = await asyncio.to_thread(desk.kill, program)
        await asyncio.to_thread(desk.wait_restarted, program, pid, BACK_WITHIN[program])
    played = await playing
    summary = await replay.summary(played.conversation_ids, desk.service_token)
    assert dict(played.errors) == {}
    assert lost(played, summary) == 0
    assert summary.answered_twice == 0
    assert summary.turns == len(played.turns) == 240


async def test_killing_worker_rasa_actions_and_api_in_turn_loses_and_doubles_nothing(
    desk: RunningDesk,
) -> None:
    await replay_while(desk, ["worker", "rasa", "actions", "api"])


async def test_killing_the_stores_loses_and_doubles_nothing(desk: RunningDesk) -> None:
    await replay_while(desk, ["redis", "postgres"])


async def test_emptying_redis_during_traffic_loses_nothing(desk: RunningDesk) -> None:
    replay = Replay(desk.url, concurrency=4, turn_seconds=60)
    playing = asyncio.create_task(replay.play(sessions(16, 6)))
    with redis_of(desk) as store:
        while not playing.done():
            await asyncio.to_thread(store.flushall)
            await asyncio.wait({playing}, timeout=0.2)
    played = playing.result()
    summary = await replay.summary(played.conversation_ids, desk.service_token)
    assert dict(played.errors) == {}
    assert (lost(played, summary), summary.answered_twice) == (0, 0)


@pytest.fixture
def rasa_is_down(desk: RunningDesk) -> Iterator[None]:
    """Rasa hangs (a killed one would be started again) for one test."""
    process = psutil.Process(desk.pid("rasa"))
    process.send_signal(signal.SIGSTOP)
    yield
    process.send_signal(signal.SIGCONT)
    desk.wait_ready(60)


def test_with_rasa_hanging_the_customer_is_told_and_still_reaches_a_person(
    visit: Visit, rasa_is_down: None
) -> None:
    visitor = visit()
    told = visitor.ask("我的快递三天没动了怎么办", author="system", seconds=10)
    assert "智能客服暂时无法回答" in told["text"]
    assert told["buttons"][0]["text"] == "转人工"
    assert "转接人工" in visitor.ask("转人工", author="system")["text"]
    assert visitor.history()["conversation"]["state"] == "queued"


def test_the_bot_catches_up_by_itself_when_it_is_back(desk: RunningDesk, visit: Visit) -> None:
    visitor = visit()
    pid = desk.kill("rasa")
    visitor.send("发票怎么开")
    visitor.wait_for("system")
    desk.wait_restarted("rasa", pid, BACK_WITHIN["rasa"])
    answer = visitor.wait_for("bot", seconds=30)
    assert answer["text"]
    wait_until(lambda: visitor.history()["pending"] == [], 10, "the turn is over")
    bot = [message for message in visitor.history()["messages"] if message["author"] == "bot"]
    assert len(bot) == 1


def test_a_half_filled_form_goes_on_after_rasa_was_killed(desk: RunningDesk, visit: Visit) -> None:
    visitor = visit()
    visitor.ask("帮我登记一下，收到的玻璃杯碎了两个")
    pid = desk.kill("rasa")
    desk.wait_restarted("rasa", pid, BACK_WITHIN["rasa"])
    visitor.ask("202611180012345")
    assert "T20" in visitor.ask("13912345678")["text"]


@pytest.mark.parametrize("size", [2_001, 10_000])
def test_a_message_that_is_refused_does_not_stop_the_next_one(visit: Visit, size: int) -> None:
    visitor = visit()
    with pytest.raises(AssertionError, match="text_too_long"):
        visitor.send("😀" * size)
    assert visitor.ask("你好")["text"]


def test_the_internal_gateway_answers_only_to_the_service_token(desk: RunningDesk) -> None:
    refused = httpx.post(f"{desk.url}/internal/v1/turns/summary", json={}, trust_env=False)
    assert refused.status_code == 401
