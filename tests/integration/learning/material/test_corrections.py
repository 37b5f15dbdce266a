"""What agents correct in their work is learned once it is accepted, and goes with the customer."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.auth.service import SignedIn, session_of
from api.errors import NotFound
from api.learning.material import corrections, erasure
from tests.support.desk_work import ok, path_of
from tests.support.labelling import LabelledByText
from tests.support.material import add
from tests.support.rig import Rig, Visitor

SAID = "客服答应周三回电 13912345678 一直没人打来，转人工"


async def corrected(rig: Rig) -> Visitor:
    """A customer whose message an agent has put under another category."""
    visitor = await rig.visitor()
    await visitor.say(SAID)
    await rig.run_turns(labeller=LabelledByText())
    agent = await rig.staff("agent")
    labels = {"category": "service", "nature": "complaint", "priority": "P3"}
    await ok(agent.put(f"{path_of(visitor)}/labels", json=labels))
    return visitor


async def admin_of(rig: Rig) -> SignedIn:
    http = await rig.staff("admin")
    async with rig.database.transaction() as tx:
        return await session_of(tx, http.cookies["fenzhen_session"])


async def test_a_correction_becomes_a_line_once_it_is_accepted(rig: Rig) -> None:
    await corrected(rig)
    admin = await admin_of(rig)
    async with rig.database.transaction() as tx:
        found, last = await corrections.since(tx, None, 100)
        assert await corrections.since(tx, last, 100) == ([], last)
        (offered,) = found
        assert "13912345678" not in offered.text
        assert offered.labels == {"category": "service", "nature": "complaint"}
        assert offered.said == {"category": "logistics", "nature": "help"}
        assert await rig.scalar("SELECT count(*) FROM training_line WHERE source='correction'") == 0
        done = await corrections.accept(tx, admin, offered.message_id, {"impact": "2"})
    (line,) = done.added
    assert (line.source, line.label, line.message_id) == (
        "correction",
        "service",
        offered.message_id,
    )
    assert line.labels == {"category": "service", "nature": "complaint", "impact": "2"}
    assert line.customer_id == offered.customer_id


async def test_a_message_nobody_corrected_is_not_found(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("快递到哪了")
    admin = await admin_of(rig)
    async with rig.database.transaction() as tx:
        with pytest.raises(NotFound):
            await corrections.accept(tx, admin, UUID(sent["id"]))


async def test_an_erased_customers_words_are_learned_no_more(rig: Rig) -> None:
    await corrected(rig)
    staff = await rig.staff("admin")
    await add(staff, "triage", "service", "答应的回电没有打来")
    admin = await admin_of(rig)
    async with rig.database.transaction() as tx:
        (offered,), _ = await corrections.since(tx, None, 100)
        done = await corrections.accept(tx, admin, offered.message_id)
    async with rig.database.transaction() as tx:
        assert await erasure.forget(tx, offered.customer_id) == 1
        assert await erasure.forget(tx, offered.customer_id) == 0
    line_id = str(done.added[0].id)
    assert (
        await rig.scalar("SELECT count(*) FROM training_line WHERE id::text = :id", id=line_id) == 0
    )
    assert (
        await rig.scalar(
            "SELECT count(*) FROM learning_event WHERE after->>'text' LIKE '客服答应%'"
        )
        == 0
    )
    assert (
        await rig.scalar("SELECT count(*) FROM training_line WHERE text = '答应的回电没有打来'")
        == 1
    )
