"""The customer's end of each channel, so that one suite can hold all of them to the same promises.

A new channel is entered in `SIDES` with a class of its own (docs/channels.md).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID, uuid4

from simulator.wechat.faults import PushFault
from simulator.wechat.people import NOTHING, Person
from simulator.wechat.world import Bubble, Kind
from tests.support.desk_work import ok
from tests.support.rig import Visitor
from tests.support.wechat_desk import WechatDesk

ATTACHMENTS = "/api/v1/visitor/attachments"


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing of the desk's on the customer's screen: words, titles of buttons, files."""

    text: str
    buttons: tuple[str, ...] = ()
    files: tuple[bytes, ...] = ()


class CustomerSide(Protocol):
    """A customer on one channel."""

    @property
    def channel(self) -> str:
        """What `Conversation.channel` says of what they write."""

    @property
    def limit(self) -> int | None:
        """How many messages the channel takes after each of the customer's; None: all."""

    @property
    def longest_bytes(self) -> int | None:
        """How long one text on the screen may be, in UTF-8; None: as long as a message."""

    async def says(self, text: str, *, twice: bool = False) -> None:
        """Write. With `twice` the channel tells the desk of that one message more than once."""

    async def taps(self, title: str) -> None:
        """Tap the newest button of that title."""

    async def sends_file(self, name: str, content: bytes) -> None:
        """Send a picture."""

    async def rates(self, score: int) -> None:
        """Answer the survey with 1 to 5, as often as this is called."""

    async def sees(self) -> list[Seen]:
        """All that the desk has said to them, oldest first; not what was taken back."""

    async def conversation(self) -> UUID:
        """The desk's conversation they write in."""


class WebSide:
    """The page, over plain HTTP."""

    channel = "web"
    limit = None
    longest_bytes = None

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    async def says(self, text: str, *, twice: bool = False) -> None:
        client_id = uuid4().hex
        for _ in range(2 if twice else 1):
            await self.visitor.say(text, client_id)

    async def taps(self, title: str) -> None:
        shown = [button for each in await self._messages() for button in each["buttons"]]
        text = next(button["text"] for button in reversed(shown) if button["title"] == title)
        await self.says(text)

    async def sends_file(self, name: str, content: bytes) -> None:
        sent = self.visitor.http.post(ATTACHMENTS, files={"file": (name, content)})
        body = {
            "text": "",
            "client_id": uuid4().hex,
            "attachment_ids": [(await ok(sent, 201))["id"]],
        }
        await ok(self.visitor.http.post("/api/v1/visitor/messages", json=body), 202)

    async def rates(self, score: int) -> None:
        answer = await self.visitor.http.post("/api/v1/visitor/rating", json={"score": score})
        assert answer.status_code in (204, 409), answer.text

    async def sees(self) -> list[Seen]:
        return [
            Seen(
                each["text"],
                tuple(button["title"] for button in each["buttons"]),
                tuple([await self._content(file["id"]) for file in each["attachments"]]),
            )
            for each in await self._messages()
            if each["author"] != "customer" and not each["recalled"]
        ]

    async def conversation(self) -> UUID:
        return UUID((await self.visitor.read())["conversation"]["id"])

    async def _messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            page = await self.visitor.read(found[-1]["seq"] if found else 0)
            if not page["messages"]:
                return found
            found += page["messages"]

    async def _content(self, file_id: str) -> bytes:
        answer = await self.visitor.http.get(f"{ATTACHMENTS}/{file_id}")
        assert answer.status_code == 200, answer.text
        return answer.content


class WechatSide:
    """A customer of an official account or of 微信客服, with the simulator's phone."""

    limit = 5
    longest_bytes = 1800

    def __init__(self, desk: WechatDesk, person: Person) -> None:
        self._desk = desk
        self.person = person
        self._official = person.account.kind is Kind.official
        self.channel = "wechat" if self._official else "wechat_kf"

    async def says(self, text: str, *, twice: bool = False) -> None:
        await self.person.write(text, {PushFault.duplicate} if twice else NOTHING)
        if twice and not self._official:
            await self._pull_again()

    async def taps(self, title: str) -> None:
        await self.person.tap(title)

    async def sends_file(self, name: str, content: bytes) -> None:
        await self.person.send_file("image", name, content)

    async def rates(self, score: int) -> None:
        await self.person.tap((await self.person.wait_for_item(f"{score} 分")).id)

    async def sees(self) -> list[Seen]:
        return [self._seen(bubble) for bubble in self.person.phone.received]

    async def conversation(self) -> UUID:
        return await self._desk.conversation_of(self.person)

    def _seen(self, bubble: Bubble) -> Seen:
        media = self._desk.simulator.world.media
        file = media.peek(bubble.media_id) if bubble.media_id else None
        titles = tuple(item.text for item in bubble.items)
        return Seen(bubble.text, titles, (file.content,) if file else ())

    async def _pull_again(self) -> None:
        """The cursor was lost: what was pulled once comes a second time."""
        await self._desk.work()
        await self._desk.rig.rows("UPDATE channel_account SET cursor = NULL RETURNING id")
        await self._desk.simulator.hint(self.person.account)


async def web(desk: WechatDesk) -> CustomerSide:
    """A new visitor of the page."""
    return WebSide(await desk.rig.visitor())


async def official(desk: WechatDesk) -> CustomerSide:
    """A new customer of an official account in safe mode."""
    return WechatSide(desk, desk.customer(await desk.official()))


async def kf(desk: WechatDesk) -> CustomerSide:
    """A new customer of 微信客服."""
    return WechatSide(desk, desk.customer(await desk.kf()))


SIDES: Mapping[str, Callable[[WechatDesk], Awaitable[CustomerSide]]] = {
    "web": web,
    "official": official,
    "kf": kf,
}
"""Every channel of the desk. What is entered here is held to all promises."""
