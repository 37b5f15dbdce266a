"""The ledger of a contact: which windows are open, and what was sent in them (triage.reach)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Select, exists, func, select

from api.channels.interface import Barred, Opens, Reach
from api.db import Transaction
from api.models import ChannelAccount, ChannelContact, Delivery, Sending, SubscriptionGrant
from api.policies.service import policies
from triage.policy.wechat import Limits, WechatPolicy
from triage.reach import Kind, Ledger, Left, Window, counted_in, left, used_up
from triage.reach import opened as opened_in

OPEN_STATES = ("waiting", "held")
_WAITS_FOR_COLLEAGUE, _HAS_COLLEAGUE, _ENDED = 2, 3, 4
"""States of a session of 微信客服 in which we may not send."""
ELSEWHERE = (_WAITS_FOR_COLLEAGUE, _HAS_COLLEAGUE)
"""Those in which a colleague answers in the app of 企业微信."""
_WHOLE_SECONDS = timedelta(seconds=1)
"""WeChat tells times in whole seconds: what was sent within that second came before."""
_LONGEST_CALL = timedelta(minutes=1)
"""What was begun earlier has ended before."""


async def opened(tx: Transaction, contact: ChannelContact, opens: Opens, at: datetime) -> None:
    """The customer wrote, or tapped, followed, scanned at `at`: what was held goes out.

    The contact must be locked.
    """
    limits, policy = await rules(tx, contact)
    kind = counted_in(opens.value, limits)
    found = (await tx.execute(_under_way(contact, kind, at))).one()
    since, waiting = found.sent or 0, found.waiting
    ledger = ledger_of(contact)
    if contact.subscribed is False:  # who is back begins anew
        contact.subscribed, ledger = True, Ledger()
    write(contact, opened_in(ledger, opens.value, limits, policy, at, since))
    if waiting:
        tx.to_deliver(contact.id)


async def lock(tx: Transaction, contact_id: UUID) -> ChannelContact:
    """Nobody else changes the contact until the end of the transaction; what it is now is known."""
    await tx.flush()
    return await _locked(tx, ChannelContact.id == contact_id)


async def lock_of(tx: Transaction, sending_id: UUID) -> ChannelContact:
    """The same for the contact that a call goes to."""
    await tx.flush()
    its = select(Sending.contact_id).where(Sending.id == sending_id)
    return await _locked(tx, ChannelContact.id == its.scalar_subquery())


async def _locked(tx: Transaction, which: ColumnElement[bool]) -> ChannelContact:
    query = (
        select(ChannelContact)
        .where(which)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(query)).one()


async def lock_in(tx: Transaction, contact: ChannelContact, conversation_id: UUID) -> bool:
    """The same, if the contact writes in that conversation, which the caller has locked; else
    nothing is locked, and what is known of the contact stays."""
    query = (
        select(ChannelContact)
        .where(ChannelContact.id == contact.id, ChannelContact.conversation_id == conversation_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return await tx.scalar(query) is not None


async def rules(tx: Transaction, contact: ChannelContact) -> tuple[Limits, WechatPolicy]:
    """The limits of a contact's account, and the policy they are from."""
    account = await tx.get_one(ChannelAccount, contact.account_id)
    policy = (await policies(tx)).wechat
    return policy.limits(account.kind), policy


async def left_for(tx: Transaction, contact: ChannelContact, at: datetime) -> Left:
    """What the contact can still be sent."""
    limits, policy = await rules(tx, contact)
    return left(ledger_of(contact), limits, policy, at)


def barred(contact: ChannelContact) -> Barred | None:
    """Why the contact cannot be written to, whatever the windows say; None when they can."""
    if contact.subscribed is False:
        return "unsubscribed"
    if contact.service_state in ELSEWHERE:
        return "elsewhere"
    return "closed" if contact.service_state == _ENDED else None


def is_elsewhere(contact: ChannelContact) -> None:
    """微信客服 says that a colleague has the session; the contact must be locked."""
    if barred(contact) is None:
        contact.service_state = _HAS_COLLEAGUE


async def reach_of(tx: Transaction, contact: ChannelContact, at: datetime) -> Reach:
    """The same as agents see it, with consent to a message beyond the window."""
    found = await left_for(tx, contact, at)
    granted = exists().where(
        SubscriptionGrant.contact_id == contact.id, SubscriptionGrant.used_at.is_(None)
    )
    subscription = bool(await tx.scalar(select(granted)))
    reason = barred(contact)
    if reason is not None:
        return Reach(0, 0, None, None, subscription, reason)
    return Reach(
        messages_left=found.messages,
        seconds_left=found.seconds(at),
        until=found.until,
        window=Opens(found.window) if found.window else None,
        subscription=subscription,
    )


def _under_way(
    contact: ChannelContact, kind: Kind, at: datetime
) -> Select[tuple[int | None, bool]]:
    """How many messages of a window went out since `at` or are under way; whether any waits."""
    sent = (
        select(func.count())
        .select_from(Sending)
        .where(
            Sending.contact_id == contact.id,
            Sending.charged == kind,
            Sending.state != "failed",
            Sending.settled_at.is_(None) | (Sending.settled_at >= at + _WHOLE_SECONDS),
            Sending.created_at >= at - _LONGEST_CALL,
        )
    )
    return select(sent.scalar_subquery().label("sent"), _waits(contact.id).label("waiting"))


async def waits(tx: Transaction, contact_id: UUID) -> bool:
    """Whether something is still to be sent to the contact, now or when it can be."""
    await tx.flush()
    return bool(await tx.scalar(select(_waits(contact_id))))


def _waits(contact_id: UUID) -> Exists:
    return exists().where(Delivery.contact_id == contact_id, Delivery.state.in_(OPEN_STATES))


def ledger_of(contact: ChannelContact) -> Ledger:
    """The contact's windows."""
    return Ledger(
        Window(contact.message_at, contact.message_used), Window(contact.tap_at, contact.tap_used)
    )


async def none_left(tx: Transaction, contact: ChannelContact, problem: str | None) -> Ledger:
    """The ledger once WeChat says that nothing can be sent: used up (`quota`), or closed."""
    if problem != "quota":
        return Ledger()
    limits, _ = await rules(tx, contact)
    return used_up(ledger_of(contact), limits)


def write(contact: ChannelContact, ledger: Ledger) -> None:
    """Keep the windows; the contact must be locked."""
    contact.message_at, contact.message_used = ledger.message.opened_at, ledger.message.used
    contact.tap_at, contact.tap_used = ledger.tap.opened_at, ledger.tap.used


def wrote_since(contact: ChannelContact, moment: datetime) -> bool:
    """The customer has opened a window after `moment`: what was sent before may have missed it."""
    return any(
        opened_at is not None and opened_at > moment
        for opened_at in (contact.message_at, contact.tap_at)
    )
