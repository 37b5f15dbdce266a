"""Proofs for supervisors and admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth.dependencies import SupervisorDep
from api.context import DeskDep
from api.errors import CsrfFailed, Forbidden, NotFound, NotSignedIn, declare
from api.learning.proof import service
from api.learning.proof.shapes import Proof, ProofBeingMade, ProofNotMade

router = APIRouter(prefix="/api/v1/learning/releases", tags=["learning"])

_Against = Annotated[int | None, Query(description="without: the live release")]


@router.get(
    "/{number}/proof",
    response_model=Proof | ProofBeingMade | ProofNotMade,
    responses={202: {"model": ProofBeingMade}, **declare(NotSignedIn, Forbidden, NotFound)},
)
async def show_proof(
    number: int,
    response: Response,
    _staff: SupervisorDep,
    desk: DeskDep,
    against: _Against = None,
) -> Proof | ProofBeingMade | ProofNotMade:
    """A release beside another one; 202 while it is being made, which takes about a minute.

    One that could not be made says so until it is ordered again.
    """
    async with desk.database.transaction() as tx:
        other = await service.against_of(tx, number, against)
        proof = await service.known(tx, number, other)
        if proof is not None:
            return proof
        failed_at = await service.failed_at(tx, number, other)
        if failed_at is not None:
            return ProofNotMade(release=number, against=other, failed_at=failed_at)
        await service.order(tx, desk.queue, number, other)
    response.status_code = 202
    return ProofBeingMade(release=number, against=other)


@router.post(
    "/{number}/proof",
    status_code=202,
    responses=declare(NotSignedIn, CsrfFailed, Forbidden, NotFound),
)
async def order_proof(
    number: int, _staff: SupervisorDep, desk: DeskDep, against: _Against = None
) -> ProofBeingMade:
    """Have a proof made that could not be made before; harmless while it is made or there."""
    async with desk.database.transaction() as tx:
        other = await service.against_of(tx, number, against)
        if await service.known(tx, number, other) is None:
            await service.order(tx, desk.queue, number, other)
    return ProofBeingMade(release=number, against=other)
