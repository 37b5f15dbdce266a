"""Changes to a customer's record, notes, and looks at what is sealed."""

from __future__ import annotations

from uuid import UUID

from api.audit import service as audit
from api.auth.service import Role, SignedIn
from api.customers import personal, repository, reveal
from api.customers.schemas import CustomerChange, RevealField
from api.customers.sealing import Sealer
from api.db import Transaction
from api.errors import Conflict, CustomerErased, Forbidden, NotFound
from api.ids import new_id
from api.models import Customer, CustomerNote
from api.search import service as search

_OPEN_FIELDS = ("display_name", "tier", "language", "preferences")


async def change(
    tx: Transaction, sealer: Sealer, staff: SignedIn, customer_id: UUID, wanted: CustomerChange
) -> Customer:
    """Change the record; recorded with the names of the fields, not what was or is in them.

    Raises NotFound, CustomerErased, Conflict for a stale version, and Forbidden when an agent
    changes the tier.
    """
    customer = await _alive(tx, customer_id)
    if customer.version != wanted.version:
        raise Conflict(version=customer.version)
    changed = []
    for name in _OPEN_FIELDS:
        value = getattr(wanted, name)
        if value is not None and value != getattr(customer, name):
            if name == "tier" and not staff.role.covers(Role.SUPERVISOR):
                raise Forbidden
            setattr(customer, name, value)
            changed.append(name)
    changed += _reseal(sealer, customer, wanted)
    if changed:
        customer.version += 1
        await search.touch_customer(tx, customer)
        data = {"fields": changed, **({"tier": customer.tier} if "tier" in changed else {})}
        await audit.record(tx, staff, "customer_changed", "customer", customer.id, data)
    return customer


async def show_field(
    tx: Transaction,
    sealer: Sealer,
    staff: SignedIn,
    customer_id: UUID,
    wanted: RevealField,
    address: str | None,
) -> str:
    """A sealed field in full, recorded with the reason.

    Raises NotFound for a field that is not known, ReasonTooShort, TooManyReveals, CannotUnseal.
    """
    customer = await repository.current(tx, customer_id)
    value = sealer.open(customer.id, customer.sealed).get(wanted.field)
    if value is None:
        raise NotFound
    what = {"field": wanted.field}
    await reveal.permit(tx, staff, "customer", customer.id, wanted.reason, what, address)
    return value


async def add_note(tx: Transaction, staff: SignedIn, customer_id: UUID, text: str) -> Customer:
    """Write down what colleagues should know; raises NotFound and CustomerErased."""
    customer = await _alive(tx, customer_id)
    tx.add(CustomerNote(id=new_id(), customer_id=customer.id, staff_id=staff.id, text=text))
    return customer


async def _alive(tx: Transaction, customer_id: UUID) -> Customer:
    customer = await repository.current(tx, customer_id, lock=True)
    if customer.erased_at is not None:
        raise CustomerErased
    return customer


def _reseal(sealer: Sealer, customer: Customer, wanted: CustomerChange) -> list[str]:
    """Seal what is new beside what was there; the names of the fields that are different."""
    given = [field for field in personal.FIELDS if field in wanted.model_fields_set]
    if not given:
        return []
    before = sealer.open(customer.id, customer.sealed)
    after = dict(before)
    for field in given:
        value = getattr(wanted, field)
        if value is None:
            after.pop(field, None)
        else:
            after[field] = value
    customer.sealed = sealer.seal(customer.id, after)
    customer.masked = {field: personal.masked(field, value) for field, value in after.items()}
    return [field for field in given if before.get(field) != after.get(field)]
