"""Access tokens: one refresher, renewed early, forced seldom, harmless without Redis."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest
from redis.exceptions import ConnectionError as RedisAway

from api.channels.interface import AccountKeys, NotDelivered
from api.channels.wechat.tokens import FORCED_A_DAY, Tokens
from api.channels.wechat.transport import Platforms, Transport
from tests.support.platform import Platform


class FakeRedis:
    """The few commands that tokens need; `away` makes all of them fail."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.expiries: dict[str, int] = {}
        self.away = False

    async def get(self, key: str) -> Any:
        self._reach()
        return self.values.get(key)

    async def set(
        self, key: str, value: Any, nx: bool = False, px: int | None = None, ex: int | None = None
    ) -> bool | None:
        self._reach()
        if nx and key in self.values:
            return None
        self.values[key] = value
        self.expiries[key] = px if px is not None else 1000 * (ex or 0)
        return True

    async def incr(self, key: str) -> int:
        self._reach()
        self.values[key] = self.values.get(key, 0) + 1
        return int(self.values[key])

    async def expire(self, key: str, seconds: int) -> None:
        self._reach()

    async def delete(self, *keys: str) -> None:
        self._reach()
        for key in keys:
            self.values.pop(key, None)

    async def eval(self, script: str, keys: int, key: str, holder: str) -> None:
        self._reach()
        if self.values.get(key) == holder:
            del self.values[key]

    def _reach(self) -> None:
        if self.away:
            raise RedisAway


ACCOUNT = AccountKeys(
    id=UUID(int=7),
    key="shop",
    kind="official",
    app_id="wx1",
    open_kfid=None,
    mode="safe",
    secret="s" * 32,
    token="t" * 8,
    aes_key="",
)
KF = replace(ACCOUNT, id=UUID(int=8), key="kf", kind="kf", app_id="ww1", open_kfid="wk1")
REFUSED = f"fenzhen:wechat:token:{KF.id}:refused"
STORED = f"fenzhen:wechat:token:{ACCOUNT.id}"


class Bench:
    """Tokens of one process over a platform and a Redis that others may share."""

    def __init__(self, platform: Platform, redis: FakeRedis) -> None:
        http = httpx.AsyncClient(base_url="http://wechat.test", transport=platform.transport)
        transport = Transport(http)
        self.tokens = Tokens(redis, Platforms(transport, transport))  # type: ignore[arg-type]


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def redis() -> FakeRedis:
    return FakeRedis()


async def test_a_token_is_asked_for_once_and_shared(platform: Platform, redis: FakeRedis) -> None:
    processes = [Bench(platform, redis) for _ in range(8)]
    found = await asyncio.gather(*(each.tokens.get(ACCOUNT) for each in processes * 3))
    assert set(found) == {"token-1"}
    assert len(platform.token_calls) == 1


async def test_it_is_renewed_five_minutes_early(platform: Platform, redis: FakeRedis) -> None:
    await Bench(platform, redis).tokens.get(ACCOUNT)
    assert redis.expiries[STORED] == pytest.approx((7200 - 300) * 1000, abs=2000)


async def test_a_token_that_is_about_to_end_is_kept_shortly(
    platform: Platform, redis: FakeRedis
) -> None:
    platform.expires_in = 12
    await Bench(platform, redis).tokens.get(ACCOUNT)
    assert 0 < redis.expiries[STORED] <= 6000


async def test_the_stable_token_is_asked_for_without_force(
    platform: Platform, redis: FakeRedis
) -> None:
    await Bench(platform, redis).tokens.get(ACCOUNT)
    assert platform.token_calls == [
        {
            "grant_type": "client_credential",
            "appid": "wx1",
            "secret": "s" * 32,
            "force_refresh": False,
        }
    ]


@pytest.mark.parametrize("code", [40013, 40001, 40164, 50007])
async def test_credentials_that_are_refused_are_tried_ever_more_seldom(
    platform: Platform, redis: FakeRedis, code: int
) -> None:
    bench, other = Bench(platform, redis), Bench(platform, redis)
    waits = []
    for _ in range(8):
        platform.answers["token"] = [{"errcode": code}]
        for each in (bench, other):
            with pytest.raises(NotDelivered) as refused:
                await each.tokens.get(KF)
            assert refused.value.code == code
        waits.append(redis.expiries[REFUSED] // 1000)
        await redis.delete(REFUSED)  # that time has passed
    assert len(platform.token_calls) == 8
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300]


async def test_credentials_that_were_put_right_are_tried_at_once(
    platform: Platform, redis: FakeRedis
) -> None:
    bench = Bench(platform, redis)
    platform.answers["token"] = [{"errcode": 40013}]
    with pytest.raises(NotDelivered):
        await bench.tokens.get(KF)
    await bench.tokens.forget(KF.id)
    assert await bench.tokens.get(KF) == "token-1"
    assert not [name for name in redis.values if "refus" in name]


async def test_a_platform_that_is_busy_is_asked_again(platform: Platform, redis: FakeRedis) -> None:
    bench = Bench(platform, redis)
    platform.answers["token"] = [{"errcode": -1}]
    with pytest.raises(NotDelivered):
        await bench.tokens.get(KF)
    assert await bench.tokens.get(KF) == "token-1"


async def test_a_refused_token_that_somebody_has_renewed_is_replaced_by_theirs(
    platform: Platform, redis: FakeRedis
) -> None:
    bench = Bench(platform, redis)
    await bench.tokens.get(ACCOUNT)
    platform.tokens.append("token-2")
    assert await bench.tokens.renew(ACCOUNT, "token-1") == "token-2"
    assert await bench.tokens.renew(ACCOUNT, "token-1") == "token-2"
    assert len(platform.token_calls) == 2


async def test_force_is_used_only_when_the_same_token_comes_again_and_not_within_30_s(
    platform: Platform, redis: FakeRedis
) -> None:
    bench = Bench(platform, redis)
    await bench.tokens.get(ACCOUNT)
    second = await bench.tokens.renew(ACCOUNT, "token-1")
    assert [call["force_refresh"] for call in platform.token_calls] == [False, False, True]
    with pytest.raises(NotDelivered) as refused:
        await bench.tokens.renew(ACCOUNT, second)
    assert (refused.value.problem, refused.value.again) == ("token", True)
    assert refused.value.wait_seconds == 30
    assert redis.expiries[f"{STORED}:forced"] == 30_000


async def test_force_is_used_twenty_times_a_day_at_most(
    platform: Platform, redis: FakeRedis
) -> None:
    bench = Bench(platform, redis)
    token = await bench.tokens.get(ACCOUNT)
    forced = 0
    for _ in range(FORCED_A_DAY + 5):
        redis.values.pop(f"{STORED}:forced", None)
        try:
            token = await bench.tokens.renew(ACCOUNT, token)
            forced += 1
        except NotDelivered:
            continue
    assert forced == FORCED_A_DAY


async def test_without_redis_each_process_asks_for_itself_and_remembers(
    platform: Platform, redis: FakeRedis
) -> None:
    redis.away = True
    one, other = Bench(platform, redis), Bench(platform, redis)
    for bench in (one, one, other, other):
        assert await bench.tokens.get(ACCOUNT) == "token-1"
    assert len(platform.token_calls) == 2


async def test_an_emptied_redis_means_one_more_call(platform: Platform, redis: FakeRedis) -> None:
    bench = Bench(platform, redis)
    await bench.tokens.get(ACCOUNT)
    redis.values.clear()
    assert await bench.tokens.get(ACCOUNT) == "token-1"
    assert len(platform.token_calls) == 2


@pytest.mark.parametrize(
    ("code", "problem", "again"),
    [(40125, "token", False), (40164, "not_allowed", False), (45011, "busy", True)],
)
async def test_why_there_is_no_token_is_told(
    platform: Platform, redis: FakeRedis, code: int, problem: str, again: bool
) -> None:
    platform.answers["token"] = [{"errcode": code}]
    with pytest.raises(NotDelivered) as refused:
        await Bench(platform, redis).tokens.get(ACCOUNT)
    assert (refused.value.problem, refused.value.code, refused.value.again) == (
        *(problem, code, again),
    )
    assert not any(":lock" in key for key in redis.values)


@pytest.mark.parametrize("answer", [httpx.ReadTimeout("cut"), {"expires_in": 7200}])
async def test_no_answer_means_that_a_later_try_may_succeed(
    platform: Platform, redis: FakeRedis, answer: Any
) -> None:
    platform.answers["token"] = [answer]
    with pytest.raises(NotDelivered) as refused:
        await Bench(platform, redis).tokens.get(ACCOUNT)
    assert (refused.value.problem, refused.value.again) == ("away", True)


async def test_customer_service_accounts_ask_with_their_corp_id(
    platform: Platform, redis: FakeRedis
) -> None:
    bench = Bench(platform, redis)
    assert await bench.tokens.get(KF) == "token-1"
    assert platform.token_calls == [{"corpid": "ww1", "corpsecret": "s" * 32}]
    with pytest.raises(NotDelivered):
        await bench.tokens.renew(KF, "token-1")


async def test_a_changed_secret_asks_anew(platform: Platform, redis: FakeRedis) -> None:
    bench = Bench(platform, redis)
    await bench.tokens.get(ACCOUNT)
    await bench.tokens.forget(ACCOUNT.id)
    await bench.tokens.get(ACCOUNT)
    assert len(platform.token_calls) == 2
