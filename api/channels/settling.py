"""What became of a call is written down: its end, the window, and the messages it carried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import select

from api.channels import sendings
from api.channels.outbound import HELD_PROBLEMS, settle
from api.channels.sendings import Body
from api.channels.wechat import window
from api.channels.wechat.problems import is_of_account
from api.db import Transaction
from api.models import ChannelContact, Delivery, Sending
from triage.reach import Kind, Ledger, refunded

_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)
_MOST_DOUBLINGS = 9

_BEFORE_LOOKING = frozenset({"token", "not_allowed", "closed", "elsewhere"})
"""Refusals of whatever message: nobody has looked whether it is known."""

End = Literal["sent", "unconfirmed", "unknown", "again", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended. `unknown`: it may be made again with the same id; `again`: it was surely
    not taken and may be later."""

    end: End
    problem: str | None = None
    code: int | None = None
    wait: timedelta = timedelta(0)
    """No try before that may succeed."""

    @property
    def of_account(self) -> bool:
        """No other call can succeed either, until the account is put right."""
        return self.end == "failed" and is_of_account(self.problem, self.code)


async def settle_call(
    tx: Transaction, sending_id: UUID, outcome: Outcome, at: datetime
) -> datetime | None:
    """Settle a call that was begun; returns when to try again, None to go on.

    A call that is settled already stays as it is.
    """
    contact = await window.lock_of(tx, sending_id)
    sending = await tx.get_one(
        Sending, sending_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if sending.state != "begun":
        return None
    body = sendings.body_of(sending)
    outcome = _with_earlier_tries(outcome, body)
    if outcome.end == "unknown":
        repeat_at = at + wait_after(body.tries)
        changes = {"again_at": repeat_at, "unknown": True}
        sending.body = sendings.stored(body.model_copy(update=changes))
        return repeat_at
    sending.state = {"sent": "sent", "unconfirmed": "unconfirmed"}.get(outcome.end, "failed")
    sending.code, sending.settled_at = outcome.code, at
    wait = max(wait_after(body.tries), outcome.wait)
    again_at = at + wait if outcome.end == "again" else None
    changes = {"call": None, "again_at": again_at}
    sending.body = sendings.stored(body.model_copy(update=changes))
    await _keep_ledger(tx, contact, sending, outcome)
    if outcome.problem == "elsewhere":
        window.is_elsewhere(contact)
    await _settle_deliveries(tx, sending, outcome, at)
    return again_at


def _with_earlier_tries(outcome: Outcome, body: Body) -> Outcome:
    """How a call ended all in all: that this try was surely not taken says nothing of those before.

    Only a refusal of the message itself does: the channel would have known its id.
    """
    if not body.unknown:
        return outcome
    if outcome.end == "again":
        return Outcome("unknown")
    if outcome.end == "failed" and outcome.problem in _BEFORE_LOOKING:
        return Outcome("unconfirmed")
    return outcome


def wait_after(tries: int) -> timedelta:
    """How long to wait after so many tries: 1 s, 2 s, 4 s … up to 5 min."""
    doubled: timedelta = _FIRST_WAIT * 2 ** min(tries - 1, _MOST_DOUBLINGS)
    return min(_LONGEST_WAIT, doubled)


async def _keep_ledger(
    tx: Transaction, contact: ChannelContact, sending: Sending, outcome: Outcome
) -> None:
    if sending.charged is None:
        return
    kind: Kind = "tap" if sending.charged == "tap" else "message"
    ledger: Ledger = window.ledger_of(contact)
    if outcome.end not in ("sent", "unconfirmed"):
        ledger = refunded(ledger, kind, sending.created_at)
    if outcome.problem in HELD_PROBLEMS and not window.wrote_since(contact, sending.created_at):
        ledger = await window.none_left(tx, contact, outcome.problem)
    window.write(contact, ledger)


async def _settle_deliveries(
    tx: Transaction, sending: Sending, outcome: Outcome, at: datetime
) -> None:
    deliveries = await _carried(tx, sending)
    if outcome.end in ("sent", "unconfirmed"):
        await tx.flush()
        calls = await sendings.since(tx, sending.contact_id, deliveries)
        said = sendings.progress(deliveries, calls)
        for delivery in deliveries:
            reached = said[delivery.message_id]
            if reached.said:
                state = "unconfirmed" if reached.unconfirmed else "sent"
                settle(tx, delivery, state, None, None, at)
        return
    state, problem = _state_after(outcome)
    for delivery in deliveries:
        settle(tx, delivery, state, problem, outcome.code, at if state == "failed" else None)


def _state_after(outcome: Outcome) -> tuple[str, str | None]:
    """State and problem of what was surely not taken."""
    if outcome.end == "again":
        return "waiting", outcome.problem
    if outcome.of_account:
        return "held", "account"
    return "held" if outcome.problem in HELD_PROBLEMS else "failed", outcome.problem


async def _carried(tx: Transaction, sending: Sending) -> Sequence[Delivery]:
    """The deliveries whose words the call carried, locked; not those that were dropped."""
    ids = [UUID(message_id) for message_id in sending.message_ids]
    query = (
        select(Delivery)
        .where(Delivery.message_id.in_(ids), Delivery.state != "dropped")
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return (await tx.scalars(query)).all()
