"""api.weixin.qq.com, as far as a desk calls it."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.wechat.answers import OK, Refused
from simulator.wechat.bodies import Body, fits
from simulator.wechat.calls import Call, Endpoint, Given
from simulator.wechat.ledger import OUT_OF_TIME
from simulator.wechat.menus import check_menu
from simulator.wechat.rules import Rules
from simulator.wechat.world import Item, Kind, Phone

_WITH_MEDIA = ("image", "voice", "video", "mpnews")
_CARDS = ("music", "news", "mpnewsarticle", "wxcard", "miniprogrampage")


async def stable_token(call: Call) -> Given:
    """A token, the same for everybody who asks."""
    if call.body.text("grant_type", 40002) != "client_credential":
        raise Refused(40002)
    if call.body.text("secret", 41004) != call.account.secret:
        raise Refused(40125)
    token, seconds = call.account.tokens.stable(call.now, force=call.body.flag("force_refresh"))
    return {"errcode": OK, "access_token": token, "expires_in": seconds}


async def send(call: Call) -> Given:
    """A message of customer service."""
    phone = phone_of(call, "touser")
    kind = call.body.text("msgtype", 40008)
    kind, text, items, tail, media_id = content(call, kind, call.world.rules)
    errcode = phone.ledger.verdict(call.now) if phone.follows else OUT_OF_TIME
    if errcode:
        raise Refused(errcode)
    phone.ledger.charge(call.now)
    phone.show(
        call.now,
        "desk",
        kind,
        text,
        items=items,
        tail=tail,
        media_id=media_id,
        way="send",
        call=call.number,
    )
    return {}


def content(call: Call, kind: str, rules: Rules) -> tuple[str, str, list[Item], str, str]:
    """Kind, text, items, tail and media id of a message, all checked."""
    if kind == "text":
        said = call.body.part("text", 44004).text("content", 44004)
        return kind, fits(said, rules.text_bytes), [], "", ""
    if kind == "msgmenu":
        return menu(call.body.part("msgmenu", 44004), rules)
    if kind in _WITH_MEDIA:
        media_id = call.body.part(kind, 41006).text("media_id", 41006)
        call.world.media.find(call.account.app_id, media_id, call.now)
        return kind, "", [], "", media_id
    if kind in _CARDS:
        part = call.body.part(kind, 44004)
        return kind, part.optional("title"), [], "", ""
    raise Refused(40008, kind)


def menu(part: Body, rules: Rules) -> tuple[str, str, list[Item], str, str]:
    """A menu in a message."""
    items = [
        Item(each.text("id", 44004), fits(each.text("content", 44004), rules.menu_item_bytes))
        for each in part.parts("list")
    ]
    if not 1 <= len(items) <= rules.menu_items:
        raise Refused(45002, f"{len(items)} items")
    if len({item.id for item in items}) != len(items):
        raise Refused(47001, "the same id twice")
    head = fits(part.optional("head_content"), rules.menu_text_bytes)
    tail = fits(part.optional("tail_content"), rules.menu_text_bytes)
    return "msgmenu", head, items, tail, ""


async def typing(call: Call) -> Given:
    """The sign of typing."""
    phone = phone_of(call, "touser")
    command = call.body.text("command", 45072)
    if command not in ("Typing", "CancelTyping"):
        raise Refused(45072)
    if command == "CancelTyping":
        phone.typing_until = None
        return {}
    rules = call.world.rules
    if phone.wrote_at is None or call.now - phone.wrote_at > rules.typing_within:
        raise Refused(45080)
    if phone.types(call.now):
        raise Refused(45081)
    phone.typing_until = call.now + rules.typing_lasts
    return {}


async def media_get(call: Call) -> Given:
    """A file: its bytes, or for a video where they are."""
    media_id = call.query.get("media_id", "")
    if not media_id:
        raise Refused(41006)
    found = call.world.media.find(call.account.app_id, media_id, call.now)
    official = call.account.kind is Kind.official
    if official and found.kind == "video" and call.world.rules.video_as_json:
        return {"video_url": f"{call.world.address}/media/{found.id}"}
    return found


async def media_upload(call: Call) -> Given:
    """Keeps a file."""
    kind = call.query.get("type", "")
    name, data = call.file or ("", b"")
    made = call.world.media.upload(call.account.app_id, kind, name, data, call.now)
    return {"type": kind, "media_id": made.id, "created_at": int(call.now.timestamp())}


async def menu_create(call: Call) -> Given:
    """The menu below the conversation."""
    call.account.menu = check_menu(call.body)
    return {}


async def menu_get(call: Call) -> Given:
    """The menu as it is."""
    return {"menu": {"button": list(call.account.menu)}}


async def menu_delete(call: Call) -> Given:
    """No menu."""
    call.account.menu = ()
    return {}


async def subscription(call: Call) -> Given:
    """A subscription message: one for one consent."""
    phone = phone_of(call, "touser")
    template = call.body.text("template_id", 41028)
    if template not in call.account.templates:
        raise Refused(40037)
    said = []
    for name, value in call.body.part("data", 47003).values.items():
        if not isinstance(value, Mapping):
            raise Refused(47003, name)
        words = Body(value).text("value", 47003)
        if name.startswith("thing") and len(words) > 20:
            raise Refused(47003, f"{name}: more than 20 characters")
        said.append(words)
    if phone.grants[template] <= 0:
        raise Refused(43101)
    phone.grants[template] -= 1
    phone.show(
        call.now, "desk", "subscription", "\n".join(said), way="subscription", call=call.number
    )
    return {}


def phone_of(call: Call, name: str, missing: int = 41009, unknown: int = 40003) -> Phone:
    """The customer a call is about."""
    found = call.account.phones.get(call.body.text(name, missing))
    if found is None:
        raise Refused(unknown)
    return found


ENDPOINTS = (
    Endpoint("POST", "/cgi-bin/stable_token", stable_token, needs_token=False),
    Endpoint("POST", "/cgi-bin/message/custom/send", send),
    Endpoint("POST", "/cgi-bin/message/custom/typing", typing),
    Endpoint("POST", "/cgi-bin/message/subscribe/bizsend", subscription),
    Endpoint("GET", "/cgi-bin/media/get", media_get),
    Endpoint("POST", "/cgi-bin/media/upload", media_upload, upload=True),
    Endpoint("POST", "/cgi-bin/menu/create", menu_create),
    Endpoint("GET", "/cgi-bin/menu/get", menu_get),
    Endpoint("GET", "/cgi-bin/menu/delete", menu_delete),
)
