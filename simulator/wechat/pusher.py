"""Sends callbacks to the desk: five seconds, the same again, three attempts in all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import httpx

from simulator.wechat import callbacks
from simulator.wechat.callbacks import Request
from simulator.wechat.core import Record, World
from simulator.wechat.faults import GENUINE, PushFault
from simulator.wechat.markup import Fields
from simulator.wechat.replies import BadReply, read_reply
from simulator.wechat.world import APOLOGY, Account, Kind, Phone

_IMPATIENT_SECONDS = 0.01


@dataclass
class Push:
    """One callback and what came of it."""

    statuses: list[int] = field(default_factory=list)
    """HTTP status of each attempt; 0 when there was no answer in time."""
    seconds: list[float] = field(default_factory=list)
    """How long each attempt took."""
    problem: str = ""
    """Why WeChat does not take the answer."""
    bodies: list[bytes] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Did the desk take it?"""
        return not self.problem and 200 in self.statuses

    @property
    def status(self) -> int:
        """Of the last attempt."""
        return self.statuses[-1]


class Pusher:
    """`http` reaches the desk; with a transport of its own it may be an app in this process."""

    def __init__(self, world: World, http: httpx.AsyncClient) -> None:
        self._world = world
        self._http = http
        self._last_ids: dict[str, dict[str, str | int | Fields]] = {}
        """The MsgId of each customer's last message, by account; the newest last."""

    async def push(
        self,
        account: Account,
        phone: Phone | None,
        fields: Fields,
        spoilt: Set[PushFault] = frozenset(),
    ) -> Push:
        """Send one, with the faults that are switched on and `spoilt`."""
        met = frozenset(spoilt) | self._world.faults.pushed()
        fields = self._altered(account, phone, fields, met)
        request = callbacks.make(account, fields, met, phone.id if phone else "")
        what = " ".join(str(fields[name]) for name in ("MsgType", "Event") if name in fields)
        record = self._world.record("push", what, account.key, _shown(fields))
        record.note = ", ".join(sorted(met))
        count = 2 if PushFault.duplicate in met else 1
        first = _IMPATIENT_SECONDS if PushFault.impatient in met else self._world.rules.push_seconds
        sending = (self._send(account, request, phone, first) for _ in range(count))
        pushes = await asyncio.gather(*sending)
        self._finish(account, phone, pushes, record, genuine=met <= GENUINE)
        return pushes[0]

    def _altered(
        self, account: Account, phone: Phone | None, fields: Fields, met: Set[PushFault]
    ) -> Fields:
        """The fields as a WeChat sends them that is genuine and not at its best."""
        if phone is None or "MsgId" not in fields:
            return fields
        altered, ids = dict(fields), self._last_ids.setdefault(account.key, {})
        others = [number for customer, number in ids.items() if customer != phone.id]
        ids.pop(phone.id, None)
        if PushFault.same_message_id in met and others:
            altered["MsgId"] = others[-1]
        ids[phone.id] = altered["MsgId"]
        if PushFault.no_message_id in met:
            del altered["MsgId"]
        if PushFault.no_recognition in met and altered["MsgType"] == "voice":
            altered["Recognition"] = ""
        return altered

    async def check(self, account: Account) -> str:
        """What the console does when an address is entered: empty when all is well, or why not."""
        echo = str(time.time_ns())
        request = callbacks.check_request(account, echo)
        record = self._world.record("push", "GET", account.key, {})
        try:
            answer = await self._http.get(
                account.callback, params=request.query, timeout=self._world.rules.push_seconds
            )
        except httpx.HTTPError as error:
            record.note = type(error).__name__
            return record.note
        record.result = answer.status_code
        good = answer.status_code == 200 and answer.content == echo.encode()
        return "" if good else f"HTTP {answer.status_code}, {len(answer.content)} bytes"

    async def _send(
        self, account: Account, request: Request, phone: Phone | None, first: float
    ) -> Push:
        """The attempts; the first one waits for `first` seconds."""
        made = Push()
        for attempt in range(self._world.rules.attempts):
            began = time.monotonic()
            seconds = self._world.rules.push_seconds if attempt else first
            status, body = await self._attempt(account.callback, request, seconds)
            made.seconds.append(time.monotonic() - began)
            made.statuses.append(status)
            if status:
                made.bodies.append(body)
                break
        if not made.status:
            made.problem = "no answer"
            return made
        try:
            passive = read_reply(account, phone, made.status, made.bodies[-1])
        except BadReply as error:
            made.problem = str(error)
            return made
        if passive is not None and phone is not None:
            now = self._world.now()
            if self._world.rules.passive_counts and not phone.ledger.verdict(now):
                phone.ledger.charge(now)
            phone.show(
                now, "desk", passive.kind, passive.text, media_id=passive.media_id, way="passive"
            )
        return made

    async def _attempt(self, callback: str, request: Request, seconds: float) -> tuple[int, bytes]:
        """Status and body; 0 when no answer came in time."""
        try:
            async with asyncio.timeout(seconds):
                answer = await self._http.post(
                    callback,
                    params=request.query,
                    content=request.body,
                    headers={"Content-Type": "text/xml"},
                )
        except (httpx.HTTPError, TimeoutError):
            return 0, b""
        return answer.status_code, answer.content

    def _finish(
        self,
        account: Account,
        phone: Phone | None,
        pushes: list[Push],
        record: Record,
        *,
        genuine: bool,
    ) -> None:
        record.result = pushes[0].status
        record.seconds = sum(pushes[0].seconds)
        problem = next((push.problem for push in pushes if push.problem), "")
        record.note = "; ".join(each for each in (record.note, problem) if each)
        self._world.changes += 1
        if problem and genuine and phone is not None and account.kind is Kind.official:
            phone.show(self._world.now(), "wechat", "notice", APOLOGY)


def _shown(fields: Fields) -> Mapping[str, object]:
    """The fields for the log, the long ones shortened."""
    return {
        name: value if isinstance(value, int) else str(value)[:200]
        for name, value in fields.items()
    }
