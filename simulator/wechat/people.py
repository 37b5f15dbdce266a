"""A customer at work: writes, taps, sends files, follows; and sees what comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Set
from datetime import timedelta
from typing import TypeVar

from simulator.wechat import kf_events
from simulator.wechat.core import World
from simulator.wechat.faults import PushFault
from simulator.wechat.ledger import Trigger
from simulator.wechat.markup import Fields
from simulator.wechat.pusher import Push, Pusher
from simulator.wechat.sayings import Said, kf_item, official_fields
from simulator.wechat.world import Account, Bubble, Item, Kind, Phone

T = TypeVar("T")

_PAUSE = 0.02
_WELCOME_AGAIN = timedelta(hours=48)
_OPENS: dict[str, Trigger | None] = {"CLICK": "tap", "SCAN": "tap", "subscribe": "tap"}
NOTHING: Set[PushFault] = frozenset()


class Person:
    """One customer of one account. What they do is pushed to the desk before the call returns."""

    def __init__(self, world: World, pusher: Pusher, account: Account, phone: Phone) -> None:
        self._world = world
        self._pusher = pusher
        self.account = account
        self.phone = phone
        self._looked_at = 0

    @property
    def texts(self) -> list[str]:
        """Texts of what the desk sent."""
        return [bubble.text for bubble in self.phone.received]

    async def write(self, text: str, spoilt: Set[PushFault] = NOTHING) -> Push:
        """Write a message."""
        return await self.say(Said("text", text), spoilt)

    async def say(
        self,
        said: Said,
        spoilt: Set[PushFault] = NOTHING,
        *,
        message_id: int | None = None,
        hint: bool = True,
    ) -> Push:
        """Send a message of any kind. `message_id` fixes the MsgId of an official account; without
        `hint` 微信客服 does not tell the desk."""
        now = self._world.now()
        self.phone.wrote_at = now
        tapped = bool(said.menu_id) and self.account.kind is Kind.official
        self.phone.ledger.open("tap" if tapped else "message", now)
        self.phone.show(now, "me", said.kind, said.shown, media_id=said.media_id)
        if self.account.kind is Kind.kf:
            return await self._into_log(said, spoilt, hint=hint)
        number = message_id or self._world.next_message_id()
        fields = official_fields(self.account, self.phone, said, now, number)
        return await self._push(fields, spoilt)

    async def tap(self, name: str, spoilt: Set[PushFault] = NOTHING) -> Push:
        """Tap the newest menu item whose text or id is `name`; KeyError when there is none."""
        item = self.item(name)
        return await self.say(Said("text", item.text, menu_id=item.id), spoilt)

    def item(self, name: str) -> Item:
        """The newest menu item with that text or id."""
        for bubble in reversed(self.phone.received):
            for item in bubble.items:
                if item.id and name in (item.text, item.id):
                    return item
        raise KeyError(name)

    async def send_file(
        self, kind: str, name: str, content: bytes, recognition: str | None = None
    ) -> Push:
        """Send an image, voice, video or file."""
        now = self._world.now()
        kept = self._world.media.add(self.account.app_id, kind, name, content, now)
        address = f"{self._world.address}/media/{kept.id}"
        said = Said(kind, media_id=kept.id, recognition=recognition, url=address)
        return await self.say(said)

    async def happen(
        self,
        event: str,
        key: str | None = None,
        more: Fields | None = None,
        spoilt: Set[PushFault] = NOTHING,
    ) -> Push:
        """An event of an official account: subscribe, unsubscribe, SCAN, CLICK, VIEW, LOCATION …"""
        now = self._world.now()
        if event == "unsubscribe":
            self.phone.follows = False
            self.phone.ledger.close()
        elif event == "subscribe":
            self.phone.follows = True
        opens = _OPENS.get(event)
        if opens:
            self.phone.ledger.open(opens, now)
        said = Said("event", event=event, event_key=key, more=more)
        self.phone.show(now, "me", "event", f"{event} {key or ''}".strip())
        fields = official_fields(self.account, self.phone, said, now, None)
        return await self._push(fields, spoilt)

    async def follow(self, scene: str = "") -> Push:
        """Follow the account, by a code with a scene if given."""
        more: Fields = {"Ticket": f"ticket-{scene}"} if scene else {}
        return await self.happen("subscribe", f"qrscene_{scene}" if scene else "", more)

    async def unfollow(self) -> Push:
        """Leave it."""
        return await self.happen("unsubscribe", "")

    async def scan(self, scene: str) -> Push:
        """Scan a code while following."""
        return await self.happen("SCAN", scene, {"Ticket": f"ticket-{scene}"})

    async def click(self, key: str) -> Push:
        """Tap a button of the menu below the conversation."""
        return await self.happen("CLICK", key)

    async def grant(self, template: str) -> Push:
        """Allow one subscription message."""
        self.phone.grants[template] += 1
        allowed = {"TemplateId": template, "SubscribeStatusString": "accept", "PopupScene": "2"}
        return await self.happen(
            "subscribe_msg_popup_event", None, {"SubscribeMsgPopupEvent": {"List": allowed}}
        )

    async def enter(self, scene: str = "desk") -> Push:
        """Open the conversation with a 微信客服 account; with a welcome code where one is due."""
        now = self._world.now()
        before = self.phone.welcomed_at
        more: dict[str, object] = {"scene": scene, "scene_param": ""}
        wrote = self.phone.wrote_at is not None
        if not wrote and (before is None or now - before >= _WELCOME_AGAIN):
            self.phone.welcomed_at = now
            log = self._world.log(self.account)
            more["welcome_code"] = log.new_code(self.phone.id, now, self._world.rules.welcome_code)
        entered = kf_events.event("enter_session", self.account, self.phone, **more)
        self._world.log(self.account).add(entered, now)
        return await self._push(kf_events.hint(self._world, self.account), NOTHING)

    async def wait_for(self, part: str = "", seconds: float = 20) -> Bubble:
        """The next thing from the desk, with `part` in its text, not yet looked at.

        AssertionError when none comes in time.
        """

        def found() -> Bubble | None:
            received = self.phone.received
            for place in range(self._looked_at, len(received)):
                if part in received[place].text:
                    self._looked_at = place + 1
                    return received[place]
            return None

        return await self._until(found, seconds, part)

    async def wait_for_item(self, part: str, seconds: float = 20) -> Item:
        """The newest menu item with `part` in its text, once there is one."""

        def found() -> Item | None:
            menus = (bubble.items for bubble in reversed(self.phone.received))
            items = (item for menu in menus for item in menu)
            return next((item for item in items if part in item.text), None)

        return await self._until(found, seconds, part)

    async def _until(self, find: Callable[[], T | None], seconds: float, what: str) -> T:
        deadline = time.monotonic() + seconds
        while (found := find()) is None:
            if time.monotonic() > deadline:
                seen = [(bubble.side, bubble.text) for bubble in self.phone.bubbles]
                raise AssertionError(f"nothing with {what!r} within {seconds} s: {seen}")
            await asyncio.sleep(_PAUSE)
        return found

    async def _into_log(self, said: Said, spoilt: Set[PushFault], *, hint: bool) -> Push:
        if self.phone.state == 4:
            self.phone.state = 0
        item = kf_item(self.account, self.phone, said)
        self._world.log(self.account).add(item, self._world.now())
        if not hint:
            return Push()
        return await self._push(kf_events.hint(self._world, self.account), spoilt)

    async def _push(self, fields: Fields, spoilt: Set[PushFault]) -> Push:
        whose = self.phone if self.account.kind is Kind.official else None
        return await self._pusher.push(self.account, whose, fields, spoilt)
