"""Access tokens, shared by all processes through Redis, with one refresher at a time.

A token is renewed five minutes early. One that the platform refuses is asked for anew, which gives
the same one while it is valid, and forced only if it is the very one that was refused: at most
every 30 s and 20 times a day (wechat.md, Sending). Without Redis each process asks for itself.

Credentials that were refused (secret, id, allow-list) are tried again ever more seldom, until the
account is changed or checked.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from api.channels.interface import AccountKeys, NotDelivered, Unconfirmed
from api.channels.wechat.problems import away
from api.channels.wechat.transport import Platforms
from api.ids import now

log = structlog.get_logger(__name__)

EARLY_SECONDS = 300
FORCED_APART_SECONDS = 30
FORCED_A_DAY = 20
_AT_LEAST_SECONDS = 10.0
_LOCK_SECONDS = 12.0
_WAIT_SECONDS = 6.0
_POLL_SECONDS = 0.05
_DAY_SECONDS = 86_400
REFUSED_FIRST_SECONDS = 10
REFUSED_LONGEST_SECONDS = 300
_MOST_DOUBLINGS = 5
_UNLOCK = """
if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end
return 0
"""


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    good_until: float
    """Unix time from which it is renewed."""


class Tokens:
    """The tokens of all accounts."""

    def __init__(self, redis: Redis, platforms: Platforms) -> None:
        self._redis = redis
        self._platforms = platforms
        self._own: dict[UUID, _Token] = {}

    async def get(self, account: AccountKeys) -> str:
        """The account's token. Raises NotDelivered when there is none to be had."""
        known = await self._known(account)
        return known or await self._renew(account, refused=None)

    async def renew(self, account: AccountKeys, refused: str) -> str:
        """Another token than the one that was refused. Raises NotDelivered."""
        known = await self._known(account)
        if known is not None and known != refused:
            return known
        return await self._renew(account, refused)

    async def forget(self, account_id: UUID) -> None:
        """The account's secret was changed: its token is asked for anew."""
        self._own.pop(account_id, None)
        key = _key(account_id)
        with suppress(RedisError, OSError):
            await self._redis.delete(key, f"{key}:refused", f"{key}:refusals")

    async def _renew(self, account: AccountKeys, refused: str | None) -> str:
        lock, holder = f"{_key(account.id)}:lock", uuid4().hex
        deadline = time.monotonic() + _WAIT_SECONDS
        while not await self._take(lock, holder):
            await asyncio.sleep(_POLL_SECONDS)
            known = await self._known(account)
            if known is not None and known != refused:
                return known
            if time.monotonic() > deadline:
                raise away()
        try:
            known = await self._known(account)
            if known is not None and known != refused:
                return known
            return await self._asked_for(account, refused)
        finally:
            with suppress(RedisError, OSError):
                await self._redis.eval(_UNLOCK, 1, lock, holder)

    async def _asked_for(self, account: AccountKeys, refused: str | None) -> str:
        await self._check_refused(account)
        found = await self._fetch(account, force=False)
        forced = False
        if refused is not None and found.value == refused:
            if account.kind == "kf":
                raise NotDelivered("token")
            await self._may_force(account, now())
            found, forced = await self._fetch(account, force=True), True
        log.info("wechat.token", account=account.key, forced=forced)
        await self._keep(account, found)
        return found.value

    async def _fetch(self, account: AccountKeys, *, force: bool) -> _Token:
        platform = self._platforms.of(account.kind)
        try:
            if account.kind == "kf":
                query = {"corpid": account.app_id, "corpsecret": account.secret}
                found = await platform.get("/cgi-bin/gettoken", query)
            else:
                wanted = {
                    "grant_type": "client_credential",
                    "appid": account.app_id,
                    "secret": account.secret,
                    "force_refresh": force,
                }
                found = await platform.post("/cgi-bin/stable_token", {}, wanted)
            lasts = float(found["expires_in"])
            # one that is about to end is renewed at once, and never asked for in a loop
            good_for = max(lasts - EARLY_SECONDS, min(lasts / 2, _AT_LEAST_SECONDS))
            return _Token(str(found["access_token"]), time.time() + good_for)
        except (Unconfirmed, KeyError, ValueError, TypeError):
            raise away() from None
        except NotDelivered as error:
            log.warning("wechat.no_token", account=account.key, code=error.code)
            if not error.again:
                await self._note_refused(account, error)
            raise

    async def _check_refused(self, account: AccountKeys) -> None:
        """Raises NotDelivered as the platform did not long ago."""
        try:
            raw = await self._redis.get(f"{_key(account.id)}:refused")
        except (RedisError, OSError):
            return
        if raw is not None:
            raise NotDelivered(**json.loads(raw))

    async def _note_refused(self, account: AccountKeys, error: NotDelivered) -> None:
        """Ask no more for a while, which grows with each refusal in a row."""
        key = _key(account.id)
        with suppress(RedisError, OSError):
            count = int(await self._redis.incr(f"{key}:refusals"))
            await self._redis.expire(f"{key}:refusals", _DAY_SECONDS)
            doubled = REFUSED_FIRST_SECONDS * 2 ** min(count - 1, _MOST_DOUBLINGS)
            value = json.dumps({"problem": error.problem, "code": error.code})
            wait = min(doubled, REFUSED_LONGEST_SECONDS)
            await self._redis.set(f"{key}:refused", value, ex=wait)

    async def _may_force(self, account: AccountKeys, at: datetime) -> None:
        """Counts a forced refresh. Raises NotDelivered when none is allowed; without Redis none is.

        The next one is allowed after a while, but no more than those of a day.
        """
        key = _key(account.id)
        try:
            if not await self._redis.set(f"{key}:forced", "1", nx=True, ex=FORCED_APART_SECONDS):
                raise NotDelivered("token", again=True, wait_seconds=FORCED_APART_SECONDS)
            day = f"{key}:forced:{at:%Y%m%d}"
            count = await self._redis.incr(day)
            await self._redis.expire(day, _DAY_SECONDS)
        except (RedisError, OSError):
            raise away() from None
        if int(count) > FORCED_A_DAY:
            raise NotDelivered("token")

    async def _known(self, account: AccountKeys) -> str | None:
        try:
            raw = await self._redis.get(_key(account.id))
        except (RedisError, OSError):
            own = self._own.get(account.id)
            return own.value if own is not None and own.good_until > time.time() else None
        if raw is None:
            return None
        value: str = json.loads(raw)["token"]
        return value

    async def _keep(self, account: AccountKeys, token: _Token) -> None:
        self._own[account.id] = token
        key = _key(account.id)
        lasts = max(1, int((token.good_until - time.time()) * 1000))
        with suppress(RedisError, OSError):
            await self._redis.set(key, json.dumps({"token": token.value}), px=lasts)
            await self._redis.delete(f"{key}:refusals")

    async def _take(self, lock: str, holder: str) -> bool:
        """The lock, for a while; without Redis everybody has it."""
        try:
            taken = await self._redis.set(lock, holder, nx=True, px=int(_LOCK_SECONDS * 1000))
        except (RedisError, OSError):
            return True
        return bool(taken)


def _key(account_id: UUID) -> str:
    return f"fenzhen:wechat:token:{account_id}"
