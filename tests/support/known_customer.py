"""A customer of whom everything is known that a desk can know."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid4

import httpx
from sqlalchemy import text

from api.assistant import Answer, Entity, Guess, Reply, Understanding
from api.ids import new_id, now
from api.learning.review import collecting
from api.models import Alert, Incident
from simulator.wechat.people import Person
from tests.support import files
from tests.support.customers import CUSTOMERS, change, customer_of
from tests.support.desk_work import note, ok, path_of, reply
from tests.support.labelling import LabelledByText, RecordedBot
from tests.support.rig import Rig, Visitor
from tests.support.shop import ON_ITS_WAY, Shopper
from tests.support.ticketing import TICKETS
from tests.support.wechat_desk import WechatDesk

NAME = "司马青鸾"
PHONE = "18877665544"
MARK = "紫云英开在第七道田埂"
"""Stands in everything that was said by or of the customer."""
_ASKED = f"{MARK}，什么时候能到"
_MEANT = f"{MARK}，帮我查一下"
_CONFIRMED = "确认合并两边的对话"


def _unsure(said: str) -> Answer:
    """The bot has not understood, but has kept the phone and echoes what was said."""
    entity = Entity(entity="phone", value=PHONE, start=0, end=2)
    guess = Guess(name="nlu_fallback", confidence=0.2)
    return Answer(
        replies=(Reply(text=f"您说的是“{said}”吗"),),
        outcome="fallback",
        nlu=Understanding(intent=guess, entities=(entity,)),
        slots={"phone": PHONE, "name": NAME},
    )


@dataclass
class Known:
    """They are known on two channels; `tickets` are numbers."""

    desk: WechatDesk
    visitor: Visitor
    wechat: Person
    agent: httpx.AsyncClient
    customer: str
    tickets: list[str]

    @property
    def rig(self) -> Rig:
        return self.desk.rig


async def well_known(desk: WechatDesk) -> Known:
    """Somebody who has written on two channels, been served, called, visited and learned from."""
    rig, agent = desk.rig, await desk.rig.staff("agent")
    visitor = await rig.visitor(NAME)
    person = desk.customer(await desk.official())
    await person.write(f"微信上说{MARK}")
    said = {_ASKED: _unsure(_ASKED), _MEANT: _unsure(_MEANT)}
    await _talk(rig, visitor, said)
    opened = await ok(visitor.http.post("/api/v1/visitor/join-code"), 201)
    await person.write(str(opened["code"]))
    await person.write(_CONFIRMED)
    await rig.run_turns()
    it = Known(desk, visitor, person, agent, "", [])
    it.customer = await customer_of(rig, visitor.conversation_id)
    await _record(it)
    await _shop(it)
    await _learn(it)
    await _serve(it)
    await _tickets(it)
    await _besides(it)
    return it


async def _talk(rig: Rig, visitor: Visitor, said: dict[str, Answer]) -> None:
    for words in said:
        await visitor.say(words)
        await rig.run_turns(RecordedBot(dict(said)), LabelledByText())
    sent = {"file": (f"{NAME}.png", files.PNG, "image/png")}
    kept = await ok(visitor.http.post("/api/v1/visitor/attachments", files=sent), 201)
    body = {"text": "", "client_id": uuid4().hex, "attachment_ids": [kept["id"]]}
    await ok(visitor.http.post("/api/v1/visitor/messages", json=body), 202)
    await rig.run_turns()


async def _record(it: Known) -> None:
    """What staff have written down."""
    fields = {"display_name": NAME, "phone": PHONE, "preferences": {"称呼": MARK}}
    assert (await change(it.agent, it.customer, **fields)).status_code == 200
    await ok(it.agent.post(f"{CUSTOMERS}/{it.customer}/notes", json={"text": MARK}), 201)


async def _shop(it: Known) -> None:
    """A proof, a visit and a call-back."""
    at = Shopper(await it.rig.gateway(), it.visitor.conversation_id)
    await at.prove(ON_ITS_WAY)
    where = {"service": "measure", "address": "浙江省杭州市余杭区文一西路 1 号"}
    slot = (await at.ask("slots", **where))["slots"][0]
    contact = {"contact": f"{NAME} {PHONE}", "note": MARK}
    await at.ask("appointment/book", **where, slot_id=slot["id"], **contact)
    called = await at.ask("call-back", phone=PHONE, at=None, topic=MARK)
    it.tickets.append(called["reference"])


async def _learn(it: Known) -> None:
    """Two messages are learned from: as a question of an entry and as an intent."""
    rig, lead = it.rig, await it.rig.staff("supervisor")
    await collecting.collect(rig.database)
    items = (await ok(lead.get("/api/v1/learning/review")))["items"]
    by_text = {item["text"]: item["message_id"] for item in items}
    entry = await rig.scalar("SELECT key FROM knowledge_entry ORDER BY key LIMIT 1")
    for words, label in (
        (_ASKED, {"kind": "faq", "key": entry}),
        (_MEANT, {"kind": "intent", "key": "track_order"}),
    ):
        body = {"decision": "wrong", "label": label}
        await ok(lead.post(f"/api/v1/learning/review/{by_text[words]}", json=body))


async def _serve(it: Known) -> None:
    """A person has served the customer."""
    await it.visitor.say(f"转人工，{MARK}")
    await it.rig.run_turns(labeller=LabelledByText())
    await ok(it.agent.post(path_of(it.visitor, "/take")))
    await ok(reply(it.agent, it.visitor, f"{NAME}您好，{MARK}"), 201)
    await ok(note(it.agent, it.visitor, f"{NAME}打过电话"), 201)
    lead = await it.rig.staff("supervisor")
    await ok(lead.post(path_of(it.visitor, "/whisper"), json={"text": MARK}), 201)
    await ok(it.agent.put(path_of(it.visitor, "/tags"), json={"tags": [NAME]}))
    await ok(it.agent.post(path_of(it.visitor, "/wrap-up")))
    form = {"result": "resolved", "root_cause": MARK, "note": MARK}
    await ok(it.agent.post(path_of(it.visitor, "/close"), json=form))
    answers = {"score": 4, "nps": 9, "comment": MARK}
    await ok(it.visitor.http.post("/api/v1/visitor/rating", json=answers), 204)


async def _tickets(it: Known) -> None:
    """A ticket with everything in it, done; and somebody has asked how it was."""
    body = {
        "conversation_id": str(it.visitor.conversation_id),
        "kind": "request",
        "title": MARK,
        "description": MARK,
        "contact": PHONE,
    }
    ticket = await ok(it.agent.post(TICKETS, json=body), 201)
    path = f"{TICKETS}/{ticket['number']}"
    it.tickets.append(ticket["number"])
    await ok(it.agent.post(f"{path}/notes", json={"text": MARK, "public": True}), 201)
    await ok(it.agent.post(f"{path}/checklist", json={"text": MARK}), 201)
    sent = {"file": (f"{NAME}.pdf", files.PDF, "application/pdf")}
    await ok(it.agent.post(f"{path}/attachments", files=sent), 201)
    for number in it.tickets:
        now_ = await ok(it.agent.get(f"{TICKETS}/{number}"))
        change_ = {"version": now_["version"], "title": f"{NAME}，{MARK}", "tags": [NAME]}
        now_ = await ok(it.agent.patch(f"{TICKETS}/{number}", json=change_))
        for state in ("resolved", "closed")[: 1 if number == it.tickets[0] else 2]:
            moved = {"version": now_["version"], "state": state, "result": MARK, "reason": MARK}
            now_ = await ok(it.agent.post(f"{TICKETS}/{number}/state", json=moved))
    await it.rig.rows("UPDATE follow_up SET not_before = created_at RETURNING id")
    asked = await it.rig.scalar("SELECT id FROM follow_up WHERE ticket_id IS NOT NULL LIMIT 1")
    done = {"satisfied": True, "result": MARK}
    await ok(it.agent.post(f"/api/v1/follow-ups/{asked}/done", json=done))


async def _besides(it: Known) -> None:
    """What the desk has told people, what the bot remembers, and what releases were trained on."""
    async with it.rig.database.transaction() as tx:
        talk = it.visitor.conversation_id
        incident = Incident(
            id=new_id(), number="E1", grade="minor", title=NAME, cause=f"p1:{talk}",
            conversation_id=talk, description=MARK, review=MARK, detected_at=now(),
        )  # fmt: skip
        told = Alert(
            id=new_id(), kind="incident", subject_kind="incident", subject_id=incident.id,
            level="agent", data={"title": NAME}, ended_at=now(),
        )  # fmt: skip
        tx.add_all([incident, told])
    for statement in (
        "CREATE SCHEMA IF NOT EXISTS rasa",
        "CREATE TABLE rasa.events (sender_id text PRIMARY KEY, tracker text NOT NULL)",
    ):
        async with it.rig.database.transaction() as tx:
            await tx.execute(text(statement))
    await it.rig.rows(
        "INSERT INTO rasa.events VALUES (:mine, :said), ('another', 'theirs') RETURNING 1",
        mine=str(it.visitor.conversation_id),
        said=MARK,
    )
