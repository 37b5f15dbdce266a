"""Customers for staff."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from api.auth.dependencies import AdminDep, StaffDep, address_of
from api.context import DeskDep
from api.customers import erasing, merging, repository, service, views
from api.customers.schemas import (
    CustomerChange,
    CustomerDetail,
    CustomerList,
    ErasureOut,
    ErasureWish,
    MergeWish,
    NewNote,
    Revealed,
    RevealField,
)
from api.customers.sealing import sealer_of
from api.errors import (
    CannotUnseal,
    Conflict,
    CsrfFailed,
    CustomerErased,
    CustomerInUse,
    CustomersNotMergeable,
    ErasureNotConfirmed,
    Forbidden,
    NotFound,
    NotSignedIn,
    ProofMissing,
    ReasonTooShort,
    TooManyReveals,
    TrainingRuns,
    declare,
)
from api.paging import CursorParameter, Limit

router = APIRouter(prefix="/api/v1/customers", tags=["customers"])

_WRITING = declare(NotSignedIn, CsrfFailed, Forbidden, NotFound)


@router.get("", responses=declare(NotSignedIn))
async def list_customers(
    _staff: StaffDep,
    desk: DeskDep,
    q: Annotated[str | None, Query(max_length=64)] = None,
    cursor: CursorParameter = None,
    limit: Limit = 50,
) -> CustomerList:
    """Customers, the newest first; with `q` those whose name holds it."""
    async with desk.database.transaction() as tx:
        found, next_page = await repository.search(tx, q, cursor, limit)
    return CustomerList(items=[views.line(each) for each in found], next=next_page)


@router.get("/{customer_id}", responses=declare(NotSignedIn, NotFound))
async def show_customer(customer_id: UUID, staff: StaffDep, desk: DeskDep) -> CustomerDetail:
    """One customer; a merged one as the one it became."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await repository.current(tx, customer_id), staff)


@router.patch(
    "/{customer_id}", responses=_WRITING | declare(Conflict, CustomerErased, CannotUnseal)
)
async def change_customer(
    customer_id: UUID, body: CustomerChange, staff: StaffDep, desk: DeskDep
) -> CustomerDetail:
    """Change the record; only supervisors change the tier."""
    async with desk.database.transaction() as tx:
        changed = await service.change(tx, sealer_of(desk.settings), staff, customer_id, body)
        return await views.detail(tx, changed, staff)


@router.post(
    "/{customer_id}/reveal",
    responses=_WRITING | declare(ReasonTooShort, TooManyReveals, CannotUnseal),
)
async def reveal_field(
    customer_id: UUID, body: RevealField, request: Request, staff: StaffDep, desk: DeskDep
) -> Revealed:
    """A masked field in full; the look and its reason are recorded."""
    sealer = sealer_of(desk.settings)
    async with desk.database.transaction() as tx:
        value = await service.show_field(tx, sealer, staff, customer_id, body, address_of(request))
    return Revealed(value=value)


@router.post("/{customer_id}/notes", status_code=201, responses=_WRITING | declare(CustomerErased))
async def add_note(
    customer_id: UUID, body: NewNote, staff: StaffDep, desk: DeskDep
) -> CustomerDetail:
    """Write down what colleagues should know."""
    async with desk.database.transaction() as tx:
        customer = await service.add_note(tx, staff, customer_id, body.text)
        return await views.detail(tx, customer, staff)


@router.post(
    "/{customer_id}/merge",
    responses=_WRITING | declare(CustomersNotMergeable, ProofMissing, CannotUnseal),
)
async def merge(
    customer_id: UUID, body: MergeWish, staff: StaffDep, desk: DeskDep
) -> CustomerDetail:
    """Make another customer part of this one; the proof has to hold."""
    async with desk.database.transaction() as tx:
        target = await merging.merge(tx, sealer_of(desk.settings), staff, customer_id, body)
        return await views.detail(tx, target, staff)


@router.post("/merges/{merge_id}/undo", responses=_WRITING | declare(CustomersNotMergeable))
async def undo_merge(merge_id: UUID, staff: StaffDep, desk: DeskDep) -> CustomerDetail:
    """Put back what a merge moved; gives the customer that is one of its own again."""
    async with desk.database.transaction() as tx:
        return await views.detail(tx, await merging.undo(tx, staff, merge_id), staff)


@router.post(
    "/{customer_id}/erase",
    responses=_WRITING | declare(CustomerInUse, TrainingRuns, ErasureNotConfirmed),
)
async def erase(
    customer_id: UUID, body: ErasureWish, request: Request, staff: AdminDep, desk: DeskDep
) -> ErasureOut:
    """Delete everything that names a customer, for good, with all records merged into theirs; what
    counts stays. Again changes nothing."""
    async with desk.database.transaction() as tx:
        erased = await erasing.erase(
            tx, desk.settings, staff, customer_id, body, address_of(request)
        )
    await erasing.drop_files(desk.database, desk.settings, erased.files)
    async with desk.database.transaction() as tx:
        customer = await repository.current(tx, erased.customer_id)
        shown = await views.detail(tx, customer, staff)
    return ErasureOut(customer=shown, lines=erased.lines, releases=list(erased.releases))
