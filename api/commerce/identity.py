"""Who is it? A proof makes a conversation, not a browser, that of a shop customer (norms §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import func, select

from api.commerce.interface import Commerce, Proof
from api.commerce.masking import mask_name, mask_phone
from api.commerce.once import serialise
from api.commerce.standing import Standing, after_wrong_try, attempts_left, target_of
from api.db import Transaction
from api.errors import NotVerified, TooManyAttempts
from api.ids import new_id, now
from api.models import CommerceIdentity, VerificationTry
from triage.policy import identity_policy

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a proof."""

    verified: bool
    attempts_left: int
    display_name: str | None = None
    phone_masked: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Whether the conversation is verified at this moment."""

    verified: bool
    expires_at: datetime | None = None
    phone_masked: str | None = None


async def verify(
    tx: Transaction, shop: Commerce, conversation_id: UUID, proof: Proof
) -> Verification:
    """Try a proof. A wrong one is counted: the caller must commit.

    Raises TooManyAttempts while the conversation, or the order it asks for, is locked: guessing
    goes no faster from many conversations.
    """
    policy, moment = identity_policy(), now()
    target = target_of(proof.order_number)
    await serialise(tx, f"identity:{conversation_id}")
    await serialise(tx, f"identity:{target.hex()}")
    known = await tx.get(CommerceIdentity, conversation_id)
    standing = Standing(known.wrong_tries, known.locked_until) if known else Standing()
    since = moment - timedelta(minutes=policy.locked_minutes)
    if standing.locked(moment) or await _tries(tx, target, since) >= policy.wrong_tries_per_order:
        log.warning("identity.locked", conversation_id=str(conversation_id))
        raise TooManyAttempts
    customer = await shop.find_customer(proof)
    identity = known or CommerceIdentity(conversation_id=conversation_id)
    tx.add(identity)
    if customer is None:
        standing = after_wrong_try(standing, moment, policy)
        tx.add(VerificationTry(id=new_id(), target=target, created_at=moment))
    else:
        standing = Standing()
        identity.shop_customer = customer.id
        identity.phone_masked = mask_phone(customer.phone)
        identity.verified_until = moment + timedelta(minutes=policy.valid_minutes)
    identity.wrong_tries, identity.locked_until = standing.wrong_tries, standing.locked_until
    await tx.flush()
    left = attempts_left(standing, policy)
    if customer is None:
        log.info("identity.refused", conversation_id=str(conversation_id), attempts_left=left)
        return Verification(False, left)
    log.info("identity.verified", conversation_id=str(conversation_id))
    return Verification(True, left, mask_name(customer.name), identity.phone_masked)


async def identity(tx: Transaction, conversation_id: UUID) -> Identity:
    """The conversation's identity now."""
    known = await _valid(tx, conversation_id)
    if known is None:
        return Identity(False)
    return Identity(True, known.verified_until, known.phone_masked)


async def verified_customer(tx: Transaction, conversation_id: UUID) -> str:
    """The shop's id of the verified customer; raises NotVerified."""
    known = await _valid(tx, conversation_id)
    if known is None or known.shop_customer is None:
        raise NotVerified
    return known.shop_customer


async def _valid(tx: Transaction, conversation_id: UUID) -> CommerceIdentity | None:
    known = await tx.get(CommerceIdentity, conversation_id)
    if known is None or known.verified_until is None or known.verified_until <= now():
        return None
    return known


async def _tries(tx: Transaction, target: bytes, since: datetime) -> int:
    query = select(func.count()).where(
        VerificationTry.target == target, VerificationTry.created_at > since
    )
    return await tx.scalar(query) or 0
