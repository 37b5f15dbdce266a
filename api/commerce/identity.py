"""Who is it? A proof makes a conversation, not a browser, that of a shop customer (norms §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select

from api.commerce.interface import Customer, OpenShop, Proof
from api.commerce.masking import mask_name, mask_phone
from api.commerce.once import serialise
from api.commerce.standing import Standing, after_wrong_try, attempts_left, target_of, without_try
from api.customers import proofs
from api.db import Database, Transaction
from api.errors import DeskError, NotVerified, TooManyAttempts
from api.ids import new_id, now
from api.models import CommerceIdentity, VerificationTry
from api.policies.service import policies

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Verification:
    """What became of a proof."""

    verified: bool
    attempts_left: int
    display_name: str | None = None
    phone_masked: str | None = None


@dataclass(frozen=True, slots=True)
class _Try:
    """A proof that is being tried; until the shop has answered it counts as a wrong one."""

    id: UUID
    conversation_id: UUID
    left: int


async def verify(
    database: Database, shop: OpenShop, conversation_id: UUID, proof: Proof
) -> Verification:
    """Try a proof. It is counted before the shop is asked, and taken back when it was right.

    A right proof takes back itself alone, never the wrong ones before it: whoever has an order
    of his own could guess at others for ever. Raises TooManyAttempts while the conversation, or
    the order it asks for, is locked: guessing goes no faster from many conversations.
    """
    async with database.transaction() as tx:
        tried = await _begin(tx, conversation_id, target_of(proof.order_number))
    try:
        async with shop() as opened:
            customer = await opened.find_customer(proof)
    except DeskError:
        async with database.transaction() as tx:
            await _take_back(tx, tried)
        raise
    if customer is None:
        log.info("identity.refused", conversation_id=str(conversation_id), attempts_left=tried.left)
        return Verification(False, tried.left)
    async with database.transaction() as tx:
        return await _accept(tx, tried, customer)


async def verified_customer(tx: Transaction, conversation_id: UUID) -> str:
    """The shop's id of the verified customer; raises NotVerified."""
    known = await tx.get(CommerceIdentity, conversation_id)
    if known is None or known.shop_customer is None:
        raise NotVerified
    if known.verified_until is None or known.verified_until <= now():
        raise NotVerified
    return known.shop_customer


async def _begin(tx: Transaction, conversation_id: UUID, target: bytes) -> _Try:
    """Count the try for its conversation and its order; raises TooManyAttempts."""
    policy, moment = (await policies(tx)).identity, now()
    known = await _locked(tx, conversation_id)
    await serialise(tx, f"identity:{target.hex()}")
    standing = _standing(known)
    since = moment - timedelta(hours=policy.order_window_hours)
    query = select(func.count()).where(
        VerificationTry.target == target, VerificationTry.created_at > since
    )
    at_order = await tx.scalar(query) or 0
    if standing.locked(moment) or at_order >= policy.wrong_tries_per_order:
        log.warning("identity.locked", conversation_id=str(conversation_id))
        raise TooManyAttempts
    standing = after_wrong_try(standing, moment, policy)
    known.wrong_tries, known.locked_until = standing.wrong_tries, standing.locked_until
    row = VerificationTry(id=new_id(), target=target, created_at=moment)
    tx.add(row)
    return _Try(row.id, conversation_id, attempts_left(standing, policy))


async def _take_back(tx: Transaction, tried: _Try) -> CommerceIdentity:
    known = await _locked(tx, tried.conversation_id)
    standing = without_try(_standing(known))
    known.wrong_tries, known.locked_until = standing.wrong_tries, standing.locked_until
    await tx.execute(delete(VerificationTry).where(VerificationTry.id == tried.id))
    return known


async def _accept(tx: Transaction, tried: _Try, customer: Customer) -> Verification:
    policy = (await policies(tx)).identity
    known = await _take_back(tx, tried)
    known.shop_customer = customer.id
    known.verified_until = now() + timedelta(minutes=policy.valid_minutes)
    await proofs.proved(tx, tried.conversation_id, customer.id)
    log.info("identity.verified", conversation_id=str(tried.conversation_id))
    left = attempts_left(_standing(known), policy)
    return Verification(True, left, mask_name(customer.name), mask_phone(customer.phone))


async def _locked(tx: Transaction, conversation_id: UUID) -> CommerceIdentity:
    """The conversation's row, made if need be, that nobody else changes meanwhile."""
    await serialise(tx, f"identity:{conversation_id}")
    known = await tx.get(CommerceIdentity, conversation_id)
    if known is None:
        known = CommerceIdentity(conversation_id=conversation_id, wrong_tries=0)
        tx.add(known)
    return known


def _standing(known: CommerceIdentity) -> Standing:
    return Standing(known.wrong_tries, known.locked_until)
