"""What `/cgi-bin/kf/sync_msg` gives, read tolerantly: a strange message is still a message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import structlog
from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from api.channels.interface import Media
from api.channels.wechat.saying import link, location, named
from api.conversations.text import tidied
from api.i18n import say
from api.ids import now
from api.models.base import JsonObject

log = structlog.get_logger(__name__)

CUSTOMER, SYSTEM, STAFF = 3, 4, 5
"""Who said it (`origin`)."""
_MEDIA = ("image", "voice", "video", "file")
_Id = Annotated[str, Field(pattern=r"^[\x21-\x7e]{0,256}$")]
_MsgId = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,256}$")]
_NAMED = {
    "miniprogram": "message.miniprogram",
    "business_card": "message.business_card",
    "channels": "message.channels",
    "channels_shop_product": "message.shop_product",
    "channels_shop_order": "message.shop_order",
    "merged_msg": "message.merged",
}


class _Text(BaseModel):
    content: str = ""
    menu_id: str | None = None


class _File(BaseModel):
    media_id: _Id = ""
    filename: str = ""


class _Place(BaseModel):
    name: str = ""
    address: str = ""
    latitude: float | str = ""
    longitude: float | str = ""


class _Link(BaseModel):
    title: str = ""
    desc: str = ""
    url: str = ""


class _Titled(BaseModel):
    title: str = ""


class KfEvent(BaseModel):
    """What happened (`event`)."""

    event_type: str = ""
    external_userid: _Id = ""
    welcome_code: str = ""
    fail_msgid: str = ""
    fail_type: int = 0
    change_type: int = 0
    msg_code: str = ""
    recall_msgid: str = ""


class KfItem(BaseModel):
    """One message or event."""

    msgid: _MsgId
    external_userid: _Id = ""
    send_time: int = 0
    origin: int = CUSTOMER
    msgtype: str = ""

    @property
    def is_customers(self) -> bool:
        """A customer wrote it."""
        return self.origin == CUSTOMER and self.msgtype != "event" and bool(self.external_userid)

    @property
    def at(self) -> datetime:
        """When it was sent, not later than now."""
        moment = now()
        return min(moment, datetime.fromtimestamp(max(0, min(self.send_time, 2**32)), UTC))


class KfPage(BaseModel):
    """A page of what is new; what is strange in it counts as not there."""

    next_cursor: Annotated[str, BeforeValidator(lambda found: found if _is_text(found) else "")] = (
        ""
    )
    has_more: Annotated[bool, BeforeValidator(lambda found: found in (1, "1"))] = False
    msg_list: Annotated[
        list[object], BeforeValidator(lambda found: found if isinstance(found, list) else [])
    ] = []


def items(page: KfPage) -> Sequence[tuple[KfItem, JsonObject]]:
    """What has at least an id, with all that stands in it; what was left out stands in the log."""
    found = []
    for raw in page.msg_list:
        try:
            item = KfItem.model_validate(raw)
        except ValidationError as error:
            log.error("kf.skipped", fields=sorted({_place(each["loc"]) for each in error.errors()}))
            continue
        if isinstance(raw, dict):
            found.append((item, raw))
    return found


def _is_text(found: object) -> bool:
    return isinstance(found, str) and found.isprintable() and found.isascii()


def _place(loc: tuple[int | str, ...]) -> str:
    return str(loc[0]) if loc else "item"


def words(item: KfItem, raw: JsonObject) -> str:
    """What stands in a message; never empty."""
    content = raw.get(item.msgtype)
    kind = item.msgtype
    try:
        if kind == "text":
            return _Text.model_validate(content).content
        if kind == "location":
            place = _Place.model_validate(content)
            return location(place.name, place.address, str(place.latitude), str(place.longitude))
        if kind == "link":
            page = _Link.model_validate(content)
            return link(page.title, page.desc, page.url)
        if kind in _NAMED:
            return named(_NAMED[kind], _Titled.model_validate(content or {}).title)
    except ValidationError:
        return say("message.unsupported")
    return say(f"message.{kind}") if kind in _MEDIA else say("message.unsupported")


def menu_id(item: KfItem, raw: JsonObject) -> str | None:
    """The item of a menu that was tapped, if one was."""
    if item.msgtype != "text":
        return None
    try:
        return _Text.model_validate(raw.get("text")).menu_id or None
    except ValidationError:
        return None


def media(item: KfItem, raw: JsonObject) -> Media | None:
    """The file of a message, if it has one."""
    if item.msgtype not in _MEDIA:
        return None
    try:
        file = _File.model_validate(raw.get(item.msgtype))
    except ValidationError:
        return None
    if not file.media_id:
        return None
    return Media(file.media_id, item.msgtype, tidied(file.filename[:200]))


def event(item: KfItem, raw: JsonObject) -> KfEvent | None:
    """The event, if it is one."""
    if item.msgtype != "event":
        return None
    try:
        return KfEvent.model_validate(raw.get("event"))
    except ValidationError:
        return None
