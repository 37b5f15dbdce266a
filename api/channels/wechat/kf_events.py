"""What one message or event of 微信客服 does to the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog
from sqlalchemy import delete

from api.assistant import Button
from api.channels import inbound, outbound, sendings
from api.channels.interface import (
    AccountKeys,
    Calls,
    Channel,
    Incoming,
    NotDelivered,
    Opens,
    Outgoing,
    Unconfirmed,
)
from api.channels.settling import Outcome, settle_call
from api.channels.wechat import kf_messages
from api.channels.wechat.greeting import greet
from api.channels.wechat.kf_messages import KfEvent, KfItem
from api.channels.wechat.schemas import Switches
from api.conversations import repository
from api.conversations.service import append
from api.db import Database, Transaction
from api.events import Event
from api.handoffs.notices import language_of
from api.i18n import say
from api.ids import now
from api.jobs import JobQueue
from api.models import (
    ChannelAccount,
    Conversation,
    Delivery,
    Message,
    SearchEntry,
)
from api.models.base import JsonObject
from api.policies.service import policies

log = structlog.get_logger(__name__)

ON_EVENT = "/cgi-bin/kf/send_msg_on_event"
CODE_HOLDS = timedelta(seconds=20)
"""Of those for the welcome and for the end."""
_ENDED, _NEW, _HUMAN = 4, 0, 3
_AFTER = {1: _HUMAN, 2: _HUMAN, 3: _ENDED, 4: _HUMAN}
"""The session's state after a change, by `change_type`."""


@dataclass(frozen=True, slots=True)
class OnEvent:
    """A message that is stored and has to be said with the code of an event."""

    code: str
    message: Outgoing
    longest_bytes: int
    now_or_never: bool = False
    """Refused by the platform it is not said later either."""


async def take(
    tx: Transaction,
    queue: JobQueue,
    account: ChannelAccount,
    item: KfItem,
    raw: JsonObject,
    *,
    old: bool,
) -> OnEvent | None:
    """Store one item; the same again changes nothing. `old` ones are not answered."""
    key = inbound.receipt_key("kf", item.msgid)
    if item.is_customers:
        await _message(tx, queue, account, item, raw, key, old=old)
        return None
    if item.origin == kf_messages.CUSTOMER and item.msgtype != "event":
        return None
    if not await inbound.first_time(tx, account, key):
        return None
    if item.origin == kf_messages.STAFF and item.external_userid:
        await _said_elsewhere(tx, account, item, raw)
        return None
    event = kf_messages.event(item, raw)
    return None if event is None else await _event(tx, account, event, item, old=old)


async def say_on_event(
    database: Database, calls: Calls, channel: Channel, account: AccountKeys, event: OnEvent
) -> None:
    """Say a message with its code, once; what comes of it is noted.

    What one call cannot say is left to the outbox.
    """
    message_id = event.message.message_id
    part, *rest = channel.parts([event.message], None, event.longest_bytes)
    async with database.transaction() as tx:
        delivery = await tx.get_one(Delivery, message_id)
        sending_id = await sendings.begin(tx, delivery.contact_id, part, now())
    outcome = Outcome("sent")
    try:
        await calls.post(
            account, ON_EVENT, {"code": event.code, "msgid": sending_id.hex, **part.body}
        )
    except Unconfirmed:
        outcome = Outcome("unconfirmed")
    except NotDelivered as error:
        problem = "refused" if event.now_or_never else error.problem
        outcome = Outcome("failed", problem, error.code)
    async with database.transaction() as tx:
        await settle_call(tx, sending_id, outcome, now())
        if rest and outcome.end == "sent":
            delivery = await tx.get_one(Delivery, message_id, with_for_update={"key_share": True})
            outbound.settle(tx, delivery, "waiting")
            tx.to_deliver(delivery.contact_id)


async def _message(
    tx: Transaction,
    queue: JobQueue,
    account: ChannelAccount,
    item: KfItem,
    raw: JsonObject,
    key: str,
    *,
    old: bool,
) -> None:
    keeps = Switches.model_validate(account.switches).media
    menu_id = kf_messages.menu_id(item, raw)
    incoming = Incoming(
        key=key,
        external_id=item.external_userid,
        at=item.at,
        text=kf_messages.words(item, raw),
        opens=Opens.TAP if menu_id else Opens.MESSAGE,
        media=kf_messages.media(item, raw) if keeps else None,
        menu_id=menu_id,
        answered=not old,
    )
    if await inbound.receive(tx, queue, account, incoming) is None:
        return
    contact = await inbound.contact_of(tx, account, item.external_userid)
    if contact.service_state == _ENDED:
        contact.service_state = _NEW  # who writes after the end begins a new session


async def _said_elsewhere(
    tx: Transaction, account: ChannelAccount, item: KfItem, raw: JsonObject
) -> None:
    """A colleague answered in the app of 企业微信: ours see it as a note."""
    who = item.external_userid
    conversation, _ = await inbound.did(tx, account, who, None, item.at, came=False)
    words = inbound.storable(say("message.elsewhere", text=kf_messages.words(item, raw)))
    append(tx, conversation, author="system", kind="notice", text=words, private=True)


async def _event(
    tx: Transaction, account: ChannelAccount, event: KfEvent, item: KfItem, *, old: bool
) -> OnEvent | None:
    who = event.external_userid or item.external_userid
    in_time = not old and now() - item.at <= CODE_HOLDS
    if event.event_type == "msg_send_fail":
        await outbound.failed_late(tx, event.fail_msgid, event.fail_type)
    elif event.event_type == "user_recall_msg":
        await _recalled(tx, account, who, event.recall_msgid)
    elif who and event.event_type == "session_status_change":
        conversation, contact = await inbound.did(tx, account, who, None, item.at, came=False)
        contact.service_state = _AFTER.get(event.change_type, contact.service_state)
        ended = contact.service_state == _ENDED and conversation.contact_id == contact.id
        if ended and event.msg_code and in_time:
            return await _farewell(tx, conversation, event.msg_code)
    elif who and event.event_type == "enter_session":
        conversation, _ = await inbound.did(tx, account, who, None, item.at)
        if event.welcome_code and in_time:
            return await _welcome(tx, account, conversation, event.welcome_code)
    log.info("wechat.event", account=account.key, kind=event.event_type[:40])
    return None


async def _welcome(
    tx: Transaction, account: ChannelAccount, conversation: Conversation, code: str
) -> OnEvent | None:
    """The greeting goes out with the event's code, if there is one."""
    switches = Switches.model_validate(account.switches)
    message = greet(tx, conversation, switches)
    if message is None:
        return None
    return await _by_code(tx, message, code, switches.greeting_buttons)


async def _farewell(tx: Transaction, conversation: Conversation, code: str) -> OnEvent:
    """A colleague has ended the session in 企业微信, and the customer is told that it is over."""
    words = say("notice.closed_again", language_of(conversation))
    message = append(tx, conversation, author="system", kind="notice", text=words)
    return replace(await _by_code(tx, message, code), now_or_never=True)


async def _by_code(
    tx: Transaction, message: Message, code: str, buttons: Sequence[Button] = ()
) -> OnEvent:
    """A new message that goes out with an event's code: the outbox must not send it as well.

    Until it is said nobody knows whether it was.
    """
    await tx.flush()
    delivery = await tx.get_one(Delivery, message.id)
    outbound.settle(tx, delivery, "unconfirmed", at=now())
    said = Outgoing(message.id, message.author, message.kind, message.text, buttons)
    return OnEvent(code, said, (await policies(tx)).wechat.longest_bytes)


async def _recalled(tx: Transaction, account: ChannelAccount, who: str, msgid: str) -> None:
    """The customer took a message back: nobody is shown it any more."""
    message = await inbound.message_of(tx, account, who, inbound.receipt_key("kf", msgid))
    if message is None:
        return
    conversation = await repository.lock(tx, message.conversation_id)
    await tx.refresh(message)
    if message.recalled_at is not None:
        return
    message.recalled_at = now()
    if conversation.last_message_at == message.created_at:
        conversation.last_text = say("message.recalled")
    found = (SearchEntry.kind == "message") & (SearchEntry.subject_id == message.id)
    await tx.execute(delete(SearchEntry).where(found))
    data = {"recalled": str(message.seq)}
    tx.emit(Event("message", str(message.conversation_id), data))
