"""Reminders beyond the window: one consent of the customer, one subscription message (wechat.md).

The consent is used before the call is made, and given back when WeChat surely took nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from api.audit import service as audit
from api.auth.service import SignedIn
from api.channels import sendings
from api.channels.interface import AccountKeys, Calls, NotDelivered, Unconfirmed
from api.channels.settling import End, Outcome, settle_call
from api.channels.wechat import accounts
from api.channels.wechat.official import SUBSCRIPTION
from api.channels.wechat.schemas import SubscriptionTemplate, Switches
from api.conversations import access, repository
from api.conversations.service import append
from api.customers.sealing import sealer_of
from api.db import Database, Transaction
from api.errors import NoConsent, NotSent
from api.i18n import say
from api.ids import new_id, now
from api.models import ChannelAccount, ChannelContact, Conversation, Sending, SubscriptionGrant
from api.models.base import JsonObject
from api.policies.service import policies
from api.settings import Settings

_USED_UP = "subscription"
"""The problem that says that there was no consent after all."""


@dataclass(frozen=True, slots=True)
class _Reminder:
    sending_id: UUID
    grant_id: UUID
    account: AccountKeys
    body: JsonObject


async def granted(tx: Transaction, contact: ChannelContact, template_id: str, at: datetime) -> None:
    """The customer allowed one message of a template."""
    grant = SubscriptionGrant(
        id=new_id(), contact_id=contact.id, template_id=template_id, granted_at=at
    )
    tx.add(grant)
    await tx.flush()


async def send(
    database: Database, settings: Settings, calls: Calls, conversation_id: UUID, staff: SignedIn
) -> End:
    """Remind the customer of a conversation; `sent` or `unconfirmed`.

    Raises NotFound, NoConsent without a consent or a template, and NotSent when WeChat took
    nothing.
    """
    async with database.transaction() as tx:
        reminder = await _begin(tx, settings, conversation_id, staff)
    outcome = await _call(calls, reminder)
    async with database.transaction() as tx:
        if outcome.end != "failed":
            await _note(tx, conversation_id, staff, outcome.end)
        elif outcome.problem != _USED_UP:
            grant = await tx.get_one(SubscriptionGrant, reminder.grant_id)
            grant.used_at = None
        await settle_call(tx, reminder.sending_id, outcome, now())
    if outcome.end == "failed":
        raise NotSent(problem=outcome.problem, errcode=outcome.code)
    return outcome.end


async def _begin(
    tx: Transaction, settings: Settings, conversation_id: UUID, staff: SignedIn
) -> _Reminder:
    conversation = await access.find(tx, staff, conversation_id)
    if conversation.contact_id is None:
        raise NoConsent
    contact = await tx.get_one(ChannelContact, conversation.contact_id)
    account = await tx.get_one(ChannelAccount, contact.account_id)
    template = Switches.model_validate(account.switches).subscription
    if template is None or not account.enabled:
        raise NoConsent
    grant = await _use_grant(tx, contact, template)
    sending = Sending(
        id=new_id(),
        contact_id=contact.id,
        message_ids=[],
        body=sendings.stored(sendings.Body(grant_id=grant.id)),
        created_at=now(),
    )
    tx.add(sending)
    data = {"conversation_id": str(conversation_id)}
    await audit.record(tx, staff, "subscription_sent", "conversation", conversation_id, data)
    await tx.flush()
    body = {"touser": contact.external_id, **await _filled(tx, template, account.display_name)}
    keys = accounts.opened(sealer_of(settings), account)
    return _Reminder(sending.id, grant.id, keys, body)


async def _use_grant(
    tx: Transaction, contact: ChannelContact, template: SubscriptionTemplate
) -> SubscriptionGrant:
    """The oldest consent, used from now on; raises NoConsent."""
    query = (
        select(SubscriptionGrant)
        .where(
            SubscriptionGrant.contact_id == contact.id,
            SubscriptionGrant.template_id == template.template_id,
            SubscriptionGrant.used_at.is_(None),
        )
        .order_by(SubscriptionGrant.granted_at)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    grant = await tx.scalar(query)
    if grant is None:
        raise NoConsent
    grant.used_at = now()
    return grant


async def _filled(tx: Transaction, template: SubscriptionTemplate, shop: str) -> JsonObject:
    local = now().astimezone((await policies(tx)).calendar.zone)
    time = f"{local:%Y-%m-%d %H:%M}"
    data = {
        name: {"value": text.replace("{shop}", shop).replace("{time}", time)}
        for name, text in template.fields.items()
    }
    page = {"page": str(template.page)} if template.page is not None else {}
    return {"template_id": template.template_id, **page, "data": data}


async def _call(calls: Calls, reminder: _Reminder) -> Outcome:
    try:
        await calls.post(reminder.account, SUBSCRIPTION, reminder.body)
    except Unconfirmed:
        return Outcome("unconfirmed")
    except NotDelivered as error:
        return Outcome("failed", error.problem, error.code)
    return Outcome("sent")


async def _note(tx: Transaction, conversation_id: UUID, staff: SignedIn, end: End) -> None:
    """A line in the conversation for staff only."""
    conversation: Conversation = await repository.lock(tx, conversation_id)
    append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=say(f"channel.subscription_{end}"),
        staff_id=staff.id,
        private=True,
    )
