"""The `deliver` job: sends what waits for a contact, in its order.

Each call is written down (`Sending`, `begun`) and charged to the contact's window before it is
made, and settled after it; the job may be killed at any point. A call whose end is unknown is made
again only where the channel knows the same id again, else it is shown as unconfirmed. While one
call to a contact is under way no other is begun, whoever tries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import select

from api.channels import outgoing, sendings
from api.channels.interface import (
    Channel,
    NotDelivered,
    Opens,
    Part,
    Reach,
    Recipient,
    Unconfirmed,
)
from api.channels.outbound import settle
from api.channels.registry import Channels
from api.channels.settling import Outcome, settle_call
from api.channels.wechat import accounts, window
from api.customers.sealing import sealer_of
from api.db import Database, Transaction
from api.errors import CannotUnseal
from api.ids import now
from api.models import ChannelAccount, ChannelContact, Delivery, Sending
from api.policies.service import policies
from api.settings import Settings
from triage.reach import Left, calls_for, charged

log = structlog.get_logger(__name__)

PATIENCE = timedelta(seconds=20)
"""A call that has not been settled for so long has an unknown end: its process is gone."""
_BATCH = 40
_CALLS_A_JOB = 3
"""A job ends well before it is taken for stuck; another one goes on."""
_REPEATS = 6


@dataclass(frozen=True, slots=True)
class Step:
    """One call to make."""

    sending_id: UUID
    channel: Channel
    to: Recipient
    part: Part


@dataclass(frozen=True, slots=True)
class Later:
    """Nothing before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Sends with the process's database and channels."""

    database: Database
    settings: Settings
    channels: Channels

    async def run(self, contact_id: UUID) -> datetime | None:
        """Send what waits; returns when to look again, None when nothing is left to do."""
        for _ in range(_CALLS_A_JOB):
            async with self.database.transaction() as tx:
                step = await self.begin(tx, contact_id, now())
            if step is None:
                return None
            if isinstance(step, Later):
                return step.at
            outcome = await _call(step)
            async with self.database.transaction() as tx:
                again_at = await settle_call(tx, step.sending_id, outcome, now())
                if outcome.of_account:
                    await _hold(tx, contact_id, "account")
                    return None
                if again_at is None and not await window.waits(tx, contact_id):
                    return None
            if again_at is not None:
                return again_at
        return now()

    async def begin(self, tx: Transaction, contact_id: UUID, at: datetime) -> Step | Later | None:
        """Write the next call down, or what keeps it from being made."""
        contact = await window.lock(tx, contact_id)
        account = await tx.get_one(ChannelAccount, contact.account_id)
        channel = self.channels[account.kind]
        last = await sendings.last(tx, contact_id)
        if last is not None and last.state == "begun":
            due = sendings.body_of(last).again_at or last.created_at + PATIENCE
            if at < due:
                return Later(due)
            repeated = await self._repeat(tx, channel, account, contact, last, at)
            if repeated is not None:
                return repeated
        waiting = await _waiting(tx, contact_id)
        if not waiting:
            return None
        if not account.enabled:
            await _hold(tx, contact_id, "account")
            return None
        rest = sendings.body_of(last) if last is not None and last.state == "failed" else None
        if rest is not None and rest.again_at is not None and rest.again_at > at:
            return Later(rest.again_at)
        tries = rest.tries + 1 if rest is not None and rest.again_at is not None else 1
        return await self._plan(tx, channel, account, contact, waiting, tries, at)

    async def _plan(
        self,
        tx: Transaction,
        channel: Channel,
        account: ChannelAccount,
        contact: ChannelContact,
        waiting: Sequence[Delivery],
        tries: int,
        at: datetime,
    ) -> Step | None:
        reason = window.barred(contact)
        if reason in ("unsubscribed", "closed"):
            await _hold(tx, contact.id, reason)
            return None
        found = await window.left_for(tx, contact, at)
        if found.window is None:
            await _hold(tx, contact.id, "quota" if found.open else "window")
            return None
        messages = await outgoing.messages_of(tx, contact.id, waiting, at)
        policy = (await policies(tx)).wechat
        answers = sum(not message.is_notice for message in messages)
        calls = calls_for(found, answers, policy)
        if messages and not calls:
            await _hold(tx, contact.id, "with_next")
            return None
        reach = Reach(calls, found.seconds(at), found.until, Opens(found.window))
        parts = channel.parts(messages, reach, policy.longest_bytes)
        to = self._recipient(account, contact)
        if to is None:
            await _hold(tx, contact.id, "account")
        if to is None or not parts:
            return None
        return await _write_down(tx, channel, to, contact, found, parts[0], tries, at)

    async def _repeat(
        self,
        tx: Transaction,
        channel: Channel,
        account: ChannelAccount,
        contact: ChannelContact,
        unsettled: Sending,
        at: datetime,
    ) -> Step | None:
        """The same call again where that is harmless, else its end stays unknown."""
        body = sendings.body_of(unsettled)
        to = self._recipient(account, contact)
        harmless = channel.repeatable and body.call is not None and account.enabled
        if not harmless or body.tries >= _REPEATS or to is None:
            await settle_call(tx, unsettled.id, Outcome("unconfirmed"), at)
            return None
        unsettled.created_at = at
        changes = {"tries": body.tries + 1, "again_at": None, "unknown": True}
        unsettled.body = sendings.stored(body.model_copy(update=changes))
        await tx.flush()
        return Step(unsettled.id, channel, to, body.part)

    def _recipient(self, account: ChannelAccount, contact: ChannelContact) -> Recipient | None:
        """Whom it goes to; None when the account's secrets do not open."""
        try:
            keys = accounts.opened(sealer_of(self.settings), account)
        except CannotUnseal:
            log.error("channel.cannot_unseal", account=account.key)
            return None
        return Recipient(keys, contact.external_id, contact.service_state)


async def _write_down(
    tx: Transaction,
    channel: Channel,
    to: Recipient,
    contact: ChannelContact,
    found: Left,
    part: Part,
    tries: int,
    at: datetime,
) -> Step:
    assert found.window is not None
    window.write(contact, charged(window.ledger_of(contact), found.window))
    sending_id = await sendings.begin(tx, contact.id, part, at, charged=found.window, tries=tries)
    return Step(sending_id, channel, to, part)


async def _call(step: Step) -> Outcome:
    """Make the call; what became of it."""
    try:
        await step.channel.send(step.to, step.part, step.sending_id)
    except Unconfirmed:
        return Outcome("unknown" if step.channel.repeatable else "unconfirmed")
    except NotDelivered as error:
        wait = timedelta(seconds=error.wait_seconds)
        return Outcome("again" if error.again else "failed", error.problem, error.code, wait)
    return Outcome("sent")


async def _waiting(tx: Transaction, contact_id: UUID) -> Sequence[Delivery]:
    """What is to be sent, in its order, locked."""
    query = (
        select(Delivery)
        .where(Delivery.contact_id == contact_id, Delivery.state.in_(window.OPEN_STATES))
        .order_by(Delivery.created_at, Delivery.message_id)
        .limit(_BATCH)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(query)).all()


async def _hold(tx: Transaction, contact_id: UUID, problem: str) -> None:
    """Everything that waits is held."""
    query = (
        select(Delivery)
        .where(Delivery.contact_id == contact_id, Delivery.state == "waiting")
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    for delivery in (await tx.scalars(query)).all():
        settle(tx, delivery, "held", problem)
