"""qyapi.weixin.qq.com, as far as a desk calls it for 微信客服."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from simulator.wechat.answers import Refused
from simulator.wechat.bodies import Body, fits
from simulator.wechat.calls import Call, Endpoint, Given
from simulator.wechat.faults import ApiFault
from simulator.wechat.kf_events import failed_later
from simulator.wechat.ledger import USED_UP
from simulator.wechat.official_api import media_get, media_upload, phone_of
from simulator.wechat.rules import Rules
from simulator.wechat.world import Item, Phone

_MSGID = re.compile(r"[0-9a-zA-Z_-]{0,32}")
_TABLE = {0: {1, 2, 3, 4}, 1: {2, 3, 4}, 2: {3, 4}, 3: {3, 4}, 4: set[int]()}
"""Which state may follow which; to 3 from 3 only with another person."""
NEW, BOT, QUEUE, HUMAN, ENDED = range(5)
_WITH_MEDIA = ("image", "voice", "video", "file")
_CARDS = ("link", "miniprogram", "location", "ca_link")


async def get_token(call: Call) -> Given:
    """A token of the company."""
    if call.query.get("corpsecret") != call.account.secret:
        raise Refused(40001, "corpsecret")
    token, seconds = call.account.tokens.stable(call.now)
    return {"access_token": token, "expires_in": seconds}


async def sync_msg(call: Call) -> Given:
    """Messages and events after a cursor."""
    _own_account(call)
    log = call.world.log(call.account)
    log.check_token(call.body.optional("token"), call.now)
    cursor = call.body.optional("cursor")
    limit = call.body.number("limit", call.world.rules.kf_page)
    if not 1 <= limit <= 1000:
        raise Refused(40058, "limit")
    if call.world.faults.hit(ApiFault.empty_page, call.path):
        _, next_cursor = log.page(cursor, 0, call.now)
        return {"next_cursor": next_cursor, "has_more": 1, "msg_list": []}
    found, next_cursor = log.page(cursor, limit, call.now)
    return {"next_cursor": next_cursor, "has_more": int(log.more(next_cursor)), "msg_list": found}


async def send_msg(call: Call) -> Given:
    """A message, in states 0 and 1; the same msgid again changes nothing."""
    _own_account(call)
    phone = phone_of(call, "touser", unknown=40096)
    msgid = _msgid(call.body)
    kind, text, items, tail, media_id = content(call, call.world.rules)
    log = call.world.log(call.account)
    if msgid and msgid in log.sent:
        return {"msgid": msgid}
    _may_send(call, phone)
    made = msgid or secrets.token_hex(16)
    log.sent[made] = phone.id
    phone.ledger.charge(call.now)
    later = call.world.faults.hit(ApiFault.fails_later, call.path)
    if later:
        call.world.later(failed_later(call.world, call.account, phone, made, later))
        return {"msgid": made}
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
    return {"msgid": made}


def _may_send(call: Call, phone: Phone) -> None:
    if phone.state == ENDED:
        raise Refused(95013)
    if phone.state not in (NEW, BOT):
        raise Refused(95018)
    errcode = phone.ledger.verdict(call.now)
    if errcode:
        raise Refused(95001 if errcode == USED_UP else 95002)


def content(call: Call, rules: Rules) -> tuple[str, str, list[Item], str, str]:
    """Kind, text, items, tail and media id of a message, all checked."""
    kind = call.body.text("msgtype", 40008)
    if kind == "text":
        said = call.body.part("text", 44004).text("content", 44004)
        return kind, fits(said, rules.text_bytes), [], "", ""
    if kind == "msgmenu":
        part = call.body.part("msgmenu", 44004)
        head = fits(part.optional("head_content"), rules.menu_text_bytes)
        tail = fits(part.optional("tail_content"), rules.menu_text_bytes)
        lines = part.parts("list") if part.has("list") else []
        if len(lines) > rules.menu_items:
            raise Refused(95008)
        return kind, head, [_line(each, rules) for each in lines], tail, ""
    if kind in _WITH_MEDIA:
        media_id = call.body.part(kind, 41006).text("media_id", 41006)
        call.world.media.find(call.account.app_id, media_id, call.now)
        return kind, "", [], "", media_id
    if kind in _CARDS:
        part = call.body.part(kind, 44004)
        return kind, part.optional("title") or part.optional("name"), [], "", ""
    raise Refused(40008, kind)


def _line(line: Body, rules: Rules) -> Item:
    """One line of a menu."""
    kind = line.text("type", 95009)
    part = line.part(kind, 95009)
    if kind == "click":
        said = fits(part.text("content"), rules.menu_item_bytes)
        return Item(fits(part.optional("id"), 128) or said, said)
    if kind == "view":
        return Item("", fits(part.text("content"), 1024), url=fits(part.text("url"), 2048))
    if kind in ("text", "miniprogram"):
        return Item("", part.text("content"))
    raise Refused(95009, kind)


async def send_on_event(call: Call) -> Given:
    """The one message that an event allows."""
    kind, text, items, tail, _ = content(call, call.world.rules)
    if kind not in ("text", "msgmenu"):
        raise Refused(40008, kind)
    msgid = _msgid(call.body) or secrets.token_hex(16)
    states = {phone.id: phone.state for phone in call.account.phones.values()}
    phone_id = call.world.log(call.account).use_code(call.body.text("code"), call.now, states)
    call.account.phones[phone_id].show(
        call.now, "desk", kind, text, items=items, tail=tail, way="event", call=call.number
    )
    return {"msgid": msgid}


async def state_get(call: Call) -> Given:
    """The state of a session."""
    _own_account(call)
    phone = phone_of(call, "external_userid", unknown=40096)
    return {"service_state": phone.state, "servicer_userid": phone.servicer}


async def state_trans(call: Call) -> Given:
    """A new state of a session."""
    _own_account(call)
    phone = phone_of(call, "external_userid", unknown=40096)
    wanted = call.body.number("service_state")
    servicer = call.body.optional("servicer_userid")
    if wanted not in _TABLE[phone.state]:
        raise Refused(95016, f"{phone.state} to {wanted}")
    if wanted == HUMAN and servicer not in call.account.servicers:
        raise Refused(95014 if servicer else 40058, "servicer_userid")
    if wanted == HUMAN and phone.state == HUMAN and servicer == phone.servicer:
        raise Refused(95016, "the same servicer")
    phone.state = wanted
    phone.servicer = servicer if wanted == HUMAN else ""
    return {"msg_code": _code(call, phone, wanted, call.now)} if wanted != BOT else {}


def _code(call: Call, phone: Phone, state: int, at: datetime) -> str:
    rules = call.world.rules
    good_for = rules.end_code if state == ENDED else rules.state_code
    return call.world.log(call.account).new_code(phone.id, at, good_for, state)


def _own_account(call: Call) -> None:
    if call.body.text("open_kfid", 95000) != call.account.open_kfid:
        raise Refused(95000)


def _msgid(body: Body) -> str:
    msgid = body.optional("msgid")
    if not _MSGID.fullmatch(msgid):
        raise Refused(40058, "msgid")
    return msgid


ENDPOINTS = (
    Endpoint("GET", "/cgi-bin/gettoken", get_token, needs_token=False),
    Endpoint("POST", "/cgi-bin/kf/sync_msg", sync_msg),
    Endpoint("POST", "/cgi-bin/kf/send_msg", send_msg),
    Endpoint("POST", "/cgi-bin/kf/send_msg_on_event", send_on_event),
    Endpoint("POST", "/cgi-bin/kf/service_state/get", state_get),
    Endpoint("POST", "/cgi-bin/kf/service_state/trans", state_trans),
    Endpoint("GET", "/cgi-bin/media/get", media_get),
    Endpoint("POST", "/cgi-bin/media/upload", media_upload, upload=True),
)
