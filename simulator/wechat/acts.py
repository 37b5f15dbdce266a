"""What the page can make a customer do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from simulator.wechat.bodies import Body
from simulator.wechat.people import Person
from simulator.wechat.sayings import MEDIA, Said

_PLACE = "浙江省杭州市西湖区文三路 90 号"

_ACTS: dict[str, Callable[[Person, str], Awaitable[object]]] = {
    "write": lambda person, text: person.write(text),
    "tap": lambda person, text: person.tap(text),
    "location": lambda person, text: person.say(Said("location", label=text or _PLACE)),
    "link": lambda person, text: person.say(
        Said("link", "商品详情", title=text, url="https://example.com/item")
    ),
    "unknown": lambda person, _text: person.say(Said("sticker")),
    "follow": lambda person, text: person.follow(text),
    "unfollow": lambda person, _text: person.unfollow(),
    "scan": lambda person, text: person.scan(text or "desk"),
    "click": lambda person, text: person.click(text),
    "enter": lambda person, _text: person.enter(),
    "grant": lambda person, text: person.grant(text),
}


async def act(person: Person, body: Body, file: bytes) -> None:
    """One act by its name, on the customer's phone."""
    name = body.text("act")
    if name in MEDIA:
        words = body.values.get("recognition")
        recognition = words if isinstance(words, str) else None
        await person.send_file(name, body.text("name"), file, recognition)
    else:
        await _ACTS[name](person, body.optional("text"))


def known(name: str) -> bool:
    """Is there such an act?"""
    return name in MEDIA or name in _ACTS
