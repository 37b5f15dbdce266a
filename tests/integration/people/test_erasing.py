"""A customer is erased on request: nothing that names them is left anywhere, and what counts stays."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.attachments import pruning
from api.conversations.accepting import accept
from api.customers import erasing
from api.customers.schemas import ErasureWish
from api.errors import SessionExpired
from api.ids import new_id
from api.learning.material.rasa_files import Example, write_examples
from api.models import TrainingRun
from api.models.base import Base
from api.settings import Settings
from api.tickets.status_links import status_key
from tests.support import files
from tests.support.audit import PERSON, recorded
from tests.support.customers import CUSTOMERS, change, code, customer_of, show
from tests.support.desk_work import ok, path_of, refused
from tests.support.known_customer import MARK, NAME, PHONE, well_known
from tests.support.releases import add_release
from tests.support.rig import Rig
from tests.support.ticketing import TICKETS
from tests.support.wechat_desk import WechatDesk, wechat_desk

WHY = "客户来信要求删除"
COUNTED = (
    *("conversation", "message", "turn", "ticket", "ticket_note", "handoff", "wrap_up"),
    *("channel_contact", "queue_wait", "triage_result", "checklist_item"),
)
"""Tables of which no row goes."""


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[WechatDesk]:
    """The desk under test, and its WeChat."""
    async with wechat_desk(settings) as running:
        yield running


@pytest.fixture
async def admin(rig: Rig) -> httpx.AsyncClient:
    return await rig.staff("admin")


async def erase(
    admin: httpx.AsyncClient, customer: str, confirm: str = NAME, reason: str = WHY
) -> httpx.Response:
    body = {"reason": reason, "confirm": confirm}
    return await admin.post(f"{CUSTOMERS}/{customer}/erase", json=body)


async def holding(rig: Rig, *needles: str) -> dict[str, set[str]]:
    """The tables of the database in which each needle stands, as text or as bytes; all tables but
    those of the shop."""
    tables = await rig.rows(
        "SELECT table_schema AS place, table_name AS name FROM information_schema.tables"
        " WHERE table_type = 'BASE TABLE' AND table_schema IN ('public', 'rasa')"
        " AND table_name NOT LIKE 'shop%'"
    )
    names = {table.name for table in tables}
    assert {each for each in Base.metadata.tables if not each.startswith("shop")} <= names
    found: dict[str, set[str]] = {needle: set() for needle in needles}
    for table in tables:
        for needle in needles:
            there = await rig.scalar(
                f'SELECT EXISTS (SELECT 1 FROM {table.place}."{table.name}" AS line'
                " WHERE strpos(line::text, :plain) > 0 OR strpos(line::text, :hexed) > 0)",
                plain=needle,
                hexed=needle.encode().hex(),
            )
            if there:
                found[needle].add(table.name)
    return found


async def counts(rig: Rig) -> Mapping[str, int]:
    return {name: await rig.scalar(f"SELECT count(*) FROM {name}") for name in COUNTED}


async def test_nothing_that_names_an_erased_customer_is_left(desk: WechatDesk) -> None:
    it, admin = await well_known(desk), await desk.rig.staff("admin")
    rig, openid = it.rig, it.wechat.phone.id
    before, stood = await holding(rig, NAME, PHONE, MARK, openid), await counts(rig)
    assert before[MARK] >= {
        *("checklist_item", "conversation", "customer", "customer_note"),
        *("events", "follow_up", "handoff", "incident", "knowledge_question", "knowledge_version"),
        *("learning_event", "message", "review_item", "ticket", "ticket_event", "ticket_note"),
        *("training_line", "wrap_up"),
    }
    assert before[NAME] >= {"alert", "attachment", "customer", "notification", "ticket"}
    assert before[PHONE] >= {"ticket", "turn"}
    assert before[openid] >= {"channel_contact", "customer_identity"}
    shown = await ok(erase(admin, it.customer))
    assert shown["customer"]["display_name"] == "已删除的客户"
    assert shown["customer"]["erased_at"] is not None
    assert shown["lines"] == 2
    after = await holding(rig, NAME, PHONE, MARK, openid)
    assert after == {needle: set() for needle in after}
    assert await rig.scalar("SELECT count(*) FROM customer WHERE sealed IS NOT NULL") == 0
    left = [each for each in rig.desk.settings.files.rglob("*") if each.is_file()]
    assert left == [], "the files go with their rows"
    assert await counts(rig) == stood, "what counts stays"
    row = (await rig.rows("SELECT * FROM conversation WHERE rating IS NOT NULL"))[0]
    assert (row.rating, row.nps, row.rating_comment, row.state) == (4, 9, None, "closed")
    assert await rig.scalar("SELECT count(*) FROM ticket WHERE state <> 'closed'") == 0
    assert await rig.scalar("SELECT count(*) FROM rasa.events") == 1


async def test_what_is_left_can_be_looked_at_and_the_audit_log_holds(desk: WechatDesk) -> None:
    it, admin = await well_known(desk), await desk.rig.staff("admin")
    await ok(erase(admin, it.customer, reason=f"{NAME} {PHONE} 来信要求"))
    again = await ok(erase(admin, it.customer, "别的"))
    assert (again["lines"], again["releases"]) == (0, [])
    (line,) = await recorded(it.rig, "customer_erased")
    assert (line.subject_id, line.data["tickets"], line.data["files"]) == (it.customer, 2, 2)
    assert NAME not in str(line.data)
    assert PHONE not in str(line.data)
    assert (await ok(admin.get("/api/v1/audit/verify")))["whole"] is True
    for path in (
        *(path_of(it.visitor, each) for each in ("", "/messages?after=0")),
        f"/api/v1/handoffs?conversation_id={it.visitor.conversation_id}",
        *(f"{TICKETS}/{number}" for number in it.tickets),
        *(f"{TICKETS}/{number}/history" for number in it.tickets),
        *("/api/v1/notifications", "/api/v1/follow-ups?due=done", "/api/v1/incidents/E1"),
    ):
        assert MARK not in str(await ok(admin.get(path))), path
    found = await ok(admin.get("/api/v1/search", params={"q": MARK}))
    assert found["items"] == []


async def test_no_way_leads_to_an_erased_customer(desk: WechatDesk) -> None:
    it, admin = await well_known(desk), await desk.rig.staff("admin")
    settings, rig = it.rig.desk.settings, it.rig
    ticket = await rig.scalar("SELECT id FROM ticket WHERE number = :n", n=it.tickets[1])
    key = status_key(settings, UUID(str(ticket)))
    page = f"/t/{it.tickets[1]}"
    assert (await it.visitor.http.get(page, params={"key": key})).status_code == 200
    await ok(erase(admin, it.customer))
    assert (await it.visitor.http.get(page, params={"key": key})).status_code == 404
    assert (await it.visitor.send("还在吗")).status_code == 401
    await it.wechat.write("我又来了")
    talk = await desk.conversation_of(it.wechat)
    assert await customer_of(rig, talk) != it.customer
    assert await desk.said(it.wechat) == ["我又来了"]
    changed = await change(it.agent, it.customer, display_name="王先生")
    assert code(changed) == (409, "customer_erased")
    noted = await it.agent.post(f"{CUSTOMERS}/{it.customer}/notes", json={"text": "回来过"})
    assert code(noted) == (409, "customer_erased")
    body = {"source_id": await customer_of(rig, talk), "proof": "phone", "reason": "同一个人"}
    merged = await it.agent.post(f"{CUSTOMERS}/{it.customer}/merge", json=body)
    assert code(merged) == (409, "customers_not_mergeable")


async def test_the_open_page_of_an_erased_customer_writes_nothing_more(
    rig: Rig, admin: httpx.AsyncClient
) -> None:
    visitor = await rig.visitor(NAME)
    await visitor.say("你好")
    await rig.run_turns()
    await ok(erase(admin, await customer_of(rig, visitor.conversation_id)))
    with pytest.raises(SessionExpired):
        async with rig.database.transaction() as tx:
            await accept(tx, rig.desk.queue, visitor.conversation_id, MARK, "again")


async def test_while_people_are_at_work_nothing_is_erased_and_it_is_said_on_what(
    rig: Rig, admin: httpx.AsyncClient
) -> None:
    visitor = await rig.visitor(NAME)
    await visitor.say("转人工")
    await rig.run_turns()
    customer = await customer_of(rig, visitor.conversation_id)
    opened = {"customer_id": customer, "kind": "request", "description": MARK}
    ticket = await ok(admin.post(TICKETS, json=opened), 201)
    await ok(admin.post(path_of(visitor, "/take")))
    details = await refused(erase(admin, customer), 409, "customer_in_use")
    assert details["conversations"] == [str(visitor.conversation_id)]
    assert details["tickets"] == [ticket["number"]]
    await ok(admin.post(path_of(visitor, "/return-to-bot"), json={"note": "没事了"}))
    details = await refused(erase(admin, customer), 409, "customer_in_use")
    assert (details["conversations"], details["tickets"]) == ([], [ticket["number"]])
    assert await rig.scalar("SELECT text FROM message WHERE author = 'customer'") == "转人工"


async def test_only_who_types_the_name_erases_and_no_training_is_under_way(
    rig: Rig, admin: httpx.AsyncClient
) -> None:
    visitor = await rig.visitor(NAME)
    customer = await customer_of(rig, visitor.conversation_id)
    await refused(erase(admin, customer, "司马"), 422, "erasure_not_confirmed")
    await refused(erase(admin, customer, reason=" 要 "), 422, "validation_failed")
    lead = await rig.staff("supervisor")
    assert code(await erase(lead, customer))[0] == 403
    async with rig.database.transaction() as tx:
        tx.add(run := TrainingRun(id=new_id(), state="running"))
    await refused(erase(admin, customer), 409, "training_runs")
    await rig.rows("UPDATE training_run SET state = 'done' WHERE id = :id RETURNING 1", id=run.id)
    assert (await show(admin, customer))["erased_at"] is None
    await ok(erase(admin, customer))


async def test_what_releases_were_trained_on_loses_the_words_of_erased_customers(
    rig: Rig, admin: httpx.AsyncClient
) -> None:
    number = await add_release(rig, "retired")
    folder = rig.desk.settings.releases / str(number)
    path = folder / "data" / "intents" / "examples.yml"
    path.parent.mkdir(parents=True)
    write_examples(path, [Example("track_order", each) for each in (MARK, "查物流")])
    visitor = await rig.visitor(NAME)
    customer = await customer_of(rig, visitor.conversation_id)
    await rig.rows(
        """INSERT INTO training_line (id, kind, label, text, digest, labels, source, state,
        customer_id, created_at) VALUES (:id, 'intent', 'track_order', :text, 'x', '{}', 'review',
        'active', :customer, now()) RETURNING 1""",
        id=new_id(),
        text=MARK,
        customer=customer,
    )
    shown = await ok(erase(admin, customer))
    assert (shown["lines"], shown["releases"]) == (1, [number])
    left = path.read_text("utf-8")
    assert (MARK in left, "查物流" in left) == (False, True)
    assert await rig.scalar("SELECT erased_lines FROM release WHERE number = :n", n=number) == 1
    (released,) = (await ok(admin.get("/api/v1/learning/releases")))["items"]
    assert released["erased_lines"] == 1


async def test_files_that_a_crash_has_left_are_swept(rig: Rig, admin: httpx.AsyncClient) -> None:
    visitor = await rig.visitor(NAME)
    sent = {"file": ("图.png", files.PNG, "image/png")}
    kept = await ok(visitor.http.post("/api/v1/visitor/attachments", files=sent), 201)
    body = {"text": "", "client_id": "1", "attachment_ids": [kept["id"]]}
    await ok(visitor.http.post("/api/v1/visitor/messages", json=body), 202)
    await rig.run_turns()
    customer = await customer_of(rig, visitor.conversation_id)
    wish = ErasureWish(reason=WHY, confirm=NAME)
    async with rig.database.transaction() as tx:
        await erasing.erase(tx, rig.desk.settings, PERSON, UUID(customer), wish)
    (path,) = [each for each in rig.desk.settings.files.rglob("*") if each.is_file()]
    assert await pruning.prune(rig.database, rig.desk.settings, timedelta(0)) == 1
    assert not path.exists()


async def test_a_hop_and_a_history_let_go_of_words_and_of_nothing_else(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("转人工")
    await rig.run_turns()
    erasing_now = "SELECT set_config('fenzhen.erasing', 'on', true)"

    async def tried(*statements: str) -> None:
        async with rig.database.transaction() as tx:
            for statement in statements:
                await tx.execute(text(statement))

    for more in (
        "UPDATE handoff SET reason = 'p1'",
        "UPDATE handoff SET packet = '{}', hop = hop + 1",
        "DELETE FROM handoff",
    ):
        with pytest.raises(DBAPIError):
            await tried(erasing_now, more)
    with pytest.raises(DBAPIError):
        await tried("UPDATE handoff SET packet = '{}'")
    await tried(erasing_now, "UPDATE handoff SET packet = '{}'")
    assert await rig.scalar("SELECT packet FROM handoff") == {}
