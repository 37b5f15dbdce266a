"""What customers of an official account (公众号 / 服务号) write and do (wechat.md)."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog

from api.channels import inbound, subscription
from api.channels.interface import Incoming, Media, Opens
from api.channels.wechat.envelope import Fields
from api.channels.wechat.greeting import greet
from api.channels.wechat.saying import link, location
from api.channels.wechat.schemas import Switches
from api.conversations.text import tidied
from api.db import Transaction
from api.errors import CallbackUnreadable
from api.i18n import say
from api.ids import now
from api.jobs import JobQueue
from api.models import ChannelAccount

log = structlog.get_logger(__name__)

_LONGEST_ID = 128
_MEDIA = {"image": "image", "voice": "voice", "video": "video", "shortvideo": "video"}
_SCANS = frozenset({"scan", "scancode_push", "scancode_waitmsg"})
_CONSENT = "subscribe_msg_popup_event"
_MOST_TEMPLATES = 10
_EPOCH_END = 253_402_300_799
"""The last second a datetime can tell."""


async def take(tx: Transaction, queue: JobQueue, account: ChannelAccount, fields: Fields) -> None:
    """Store what a callback tells; the same again changes nothing. Raises CallbackUnreadable."""
    openid = _openid(fields)
    if fields.get("MsgType") == "event":
        await _event(tx, queue, account, openid, fields)
        return
    incoming = Incoming(
        key=_key("message", fields, "MsgId", "CreateTime", "FromUserName"),
        external_id=openid,
        at=_at(fields),
        text=_words(fields),
        opens=Opens.TAP if fields.get("bizmsgmenuid") else Opens.MESSAGE,
        media=_media(fields, Switches.model_validate(account.switches)),
        menu_id=fields.get("bizmsgmenuid") or None,
    )
    await inbound.receive(tx, queue, account, incoming)


async def _event(
    tx: Transaction, queue: JobQueue, account: ChannelAccount, openid: str, fields: Fields
) -> None:
    event, at = fields.get("Event", "").lower(), _at(fields)
    key = _key("event", fields, "FromUserName", "CreateTime", "Event", "EventKey")
    if event == "click":
        incoming = Incoming(key, openid, at, fields.get("EventKey", ""), Opens.TAP)
        await inbound.receive(tx, queue, account, incoming)
        return
    if not await inbound.first_time(tx, account, key):
        return
    if event == "subscribe":
        conversation, contact = await inbound.did(tx, account, openid, Opens.TAP, at)
        contact.subscribed = True
        greet(tx, conversation, Switches.model_validate(account.switches))
    elif event == "unsubscribe":
        _, contact = await inbound.did(tx, account, openid, None, at, came=False)
        contact.subscribed = False
    elif event == _CONSENT:
        _, contact = await inbound.did(tx, account, openid, None, at)
        for template_id in _allowed(fields):
            await subscription.granted(tx, contact, template_id, at)
    elif event in _SCANS:
        _, contact = await inbound.did(tx, account, openid, Opens.TAP, at)
        contact.subscribed = True
    log.info("wechat.event", account=account.key, kind=tidied(event[:40]))


def _allowed(fields: Fields) -> list[str]:
    """The templates of which the customer allowed one message each."""
    found = []
    for place in range(1, _MOST_TEMPLATES + 1):
        item = f"SubscribeMsgPopupEvent.List.{place}"
        accepted = fields.get(f"{item}.SubscribeStatusString") == "accept"
        template_id = fields.get(f"{item}.TemplateId", "").strip()
        if accepted and _is_id(template_id):
            found.append(template_id)
    return found


def _words(fields: Fields) -> str:
    """What stands in the message; never empty."""
    kind = fields.get("MsgType", "")
    if kind == "text":
        return fields.get("Content", "")
    if kind == "voice" and fields.get("Recognition", "").strip():
        return fields["Recognition"]  # the sound is hung on it, which marks it as spoken
    if kind == "location":
        place = fields.get("Label", "")
        return location("", place, fields.get("Location_X", ""), fields.get("Location_Y", ""))
    if kind == "link":
        return link(*(fields.get(name, "") for name in ("Title", "Description", "Url")))
    if kind in _MEDIA:
        return say(f"message.{_MEDIA[kind]}")
    return say("message.unsupported")


def _media(fields: Fields, switches: Switches) -> Media | None:
    kind = _MEDIA.get(fields.get("MsgType", ""))
    media_id = fields.get("MediaId", "")
    if kind is None or not switches.media or not _is_id(media_id):
        return None
    return Media(media_id, kind)


def _openid(fields: Fields) -> str:
    found = fields.get("FromUserName", "")
    if not _is_id(found):
        raise CallbackUnreadable("sender")
    return found


def _is_id(value: str) -> bool:
    return 0 < len(value) <= 2 * _LONGEST_ID and value.isascii() and value.isprintable()


def _at(fields: Fields) -> datetime:
    """When it was written, not later than now."""
    seconds = fields.get("CreateTime", "")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= len(str(_EPOCH_END))):
        raise CallbackUnreadable("time")
    return min(now(), datetime.fromtimestamp(min(int(seconds), _EPOCH_END), UTC))


def _key(kind: str, fields: Fields, *names: str) -> str:
    """64 characters that are the same for a repetition and no other (wechat.md).

    A message without a MsgId is known by all that stands in it.
    """
    chosen = names if kind == "event" or fields.get("MsgId") else tuple(sorted(fields))
    return inbound.receipt_key(kind, *(f"{name}\0{fields.get(name, '')}" for name in chosen))
