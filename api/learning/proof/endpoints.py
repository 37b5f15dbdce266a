"""Proofs for supervisors and admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.auth.dependencies import SupervisorDep
from api.context import DeskDep
from api.errors import Forbidden, NotFound, NotSignedIn, declare
from api.learning.proof import service
from api.learning.proof.shapes import Proof, ProofBeingMade

router = APIRouter(prefix="/api/v1/learning/releases", tags=["learning"])


@router.get(
    "/{number}/proof",
    response_model=Proof | ProofBeingMade,
    responses={202: {"model": ProofBeingMade}, **declare(NotSignedIn, Forbidden, NotFound)},
)
async def show_proof(
    number: int,
    response: Response,
    _staff: SupervisorDep,
    desk: DeskDep,
    against: Annotated[int | None, Query(description="without: the live release")] = None,
) -> Proof | ProofBeingMade:
    """A release beside another one; 202 while it is being made, which takes about a minute."""
    async with desk.database.transaction() as tx:
        other = await service.against_of(tx, number, against)
        proof = await service.known(tx, number, other)
        if proof is None:
            await service.order(tx, desk.queue, number, other)
    if proof is not None:
        return proof
    response.status_code = 202
    return ProofBeingMade(release=number, against=other)
