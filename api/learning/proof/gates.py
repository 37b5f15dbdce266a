"""What the gate says of proofs, decided from their figures with the settings of now."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import text

from api.db import Transaction
from api.learning.proof import comparing
from api.learning.proof.shapes import Compared, ComparedLabel, GateOut, Part
from api.policies.service import policies

_FIGURES = text(
    """SELECT release, jsonb_path_query_array(result, '$.parts[*].part') AS names,
    jsonb_path_query_array(result, '$.parts[*].overall') AS figures,
    result -> 'protected' AS protected
    FROM release_proof WHERE against = :against AND release = ANY(:numbers)"""
)


async def of_findings(
    tx: Transaction, parts: Sequence[Part], protected: Sequence[ComparedLabel]
) -> GateOut:
    """What it says of one comparison."""
    policy = (await policies(tx)).gate
    overall: dict[str, Compared] = {each.part: each.overall for each in parts}
    return comparing.gate_of(overall, {each.label: each for each in protected}, policy)


async def against(tx: Transaction, live: int, numbers: Collection[int]) -> dict[int, GateOut]:
    """What it says of releases beside `live`; those that nobody has compared are not in it."""
    policy = (await policies(tx)).gate
    rows = await tx.execute(_FIGURES, {"against": live, "numbers": list(numbers)})
    found: dict[int, GateOut] = {}
    for row in rows:
        figures = map(Compared.model_validate, row.figures)
        labels = map(ComparedLabel.model_validate, row.protected or ())
        found[row.release] = comparing.gate_of(
            dict(zip(row.names, figures, strict=True)), {it.label: it for it in labels}, policy
        )
    return found
