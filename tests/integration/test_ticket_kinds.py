"""Every kind of ticket says what it is, whatever else the conversation was about."""

from __future__ import annotations

import pytest

from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig

SAID = {
    "冰箱不制冷": labels_of(category="quality", nature="help", impact=3, urgency=2),
    "你们的客服真好": labels_of(category="service", nature="praise", impact=1, urgency=1),
    "希望能上门取件": labels_of(category="refund", nature="suggestion", impact=1, urgency=1),
}


@pytest.mark.parametrize(
    ("kind", "said", "nature"),
    [
        ("feedback", ["冰箱不制冷", "你们的客服真好"], "praise"),
        ("feedback", ["你们的客服真好", "希望能上门取件"], "suggestion"),
        ("feedback", ["你们的客服真好", "冰箱不制冷"], "praise"),
        ("feedback", ["冰箱不制冷"], "suggestion"),
        ("feedback", [], "suggestion"),
        ("complaint", ["你们的客服真好"], "complaint"),
        ("request", ["冰箱不制冷", "你们的客服真好"], "help"),
        ("repair", ["冰箱不制冷"], "help"),
        ("call_back", [], "help"),
        ("privacy", [], "help"),
    ],
)
async def test_the_nature_of_a_ticket_follows_its_kind(
    rig: Rig, kind: str, said: list[str], nature: str
) -> None:
    visitor, gateway, agent = await rig.visitor(), await rig.gateway(), await rig.staff()
    for text in said:
        await visitor.say(text)
        await rig.run_turns(labeller=LabelledByText(SAID))
    last = await visitor.say("登记一下")
    body = {
        "conversation_id": str(visitor.conversation_id),
        "message_id": last["id"],
        "kind": kind,
        "description": "内容",
        "order_number": None,
        "contact": None,
    }
    opened = await gateway.post("/internal/v1/tickets", json=body)
    assert opened.status_code == 200, opened.text
    found = (await agent.get(f"/api/v1/tickets/{opened.json()['number']}")).json()
    assert (found["kind"], found["nature"]["key"], found["state"]) == (kind, nature, "open")
