"""Records in the audit log of a desk under test."""

from __future__ import annotations

from typing import Any

from api.audit.service import record
from api.auth.service import Role, SignedIn
from api.ids import new_id
from tests.support.rig import Rig

PERSON = SignedIn(new_id(), "agent", "小云", Role.AGENT, "")


async def note(rig: Rig, *reasons: str) -> None:
    """One transaction that looks at a customer's data for each of `reasons`."""
    async with rig.database.transaction() as tx:
        for reason in reasons:
            await record(tx, PERSON, "reveal", "customer", "c1", {"reason": reason}, "10.0.0.9")


async def recorded(rig: Rig, action: str) -> list[Any]:
    """The records of an action, the oldest first."""
    return await rig.rows(
        "SELECT * FROM audit_record WHERE action = :action ORDER BY seq", action=action
    )
