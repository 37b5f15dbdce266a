"""Labels and tags that people put right."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.desk_work import ok, path_of, refused, taken_by, waiting_visitor
from tests.support.labelling import LabelledByText, labels_of
from tests.support.rig import Rig, Visitor
from tests.support.routing import change

URGENT = LabelledByText({"插座冒烟了，转人工": labels_of(impact=4, urgency=4)})


async def urgent_visitor(rig: Rig) -> Visitor:
    visitor = await rig.visitor()
    await visitor.say("插座冒烟了，转人工")
    await rig.run_turns(labeller=URGENT)
    return visitor


async def put_right(staff: httpx.AsyncClient, visitor: Visitor, **labels: Any) -> httpx.Response:
    return await staff.put(path_of(visitor, "/labels"), json=labels)


async def test_corrections_are_kept_and_audited(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await visitor.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    wanted = {"category": "refund", "nature": "complaint", "priority": "P2", "reason": "要求赔偿"}
    detail = await ok(put_right(agent, visitor, **wanted))
    assert (detail["category"]["key"], detail["priority"]) == ("refund", "P2")
    kept = await rig.rows("SELECT * FROM label_correction ORDER BY target")
    assert [(row.target, row.said, row.corrected) for row in kept] == [
        ("category", "logistics", "refund"),
        ("nature", "help", "complaint"),
        ("priority", "P3", "P2"),
    ]
    assert {row.message_id for row in kept} == {await rig.scalar("SELECT id FROM message LIMIT 1")}
    noted = await rig.rows("SELECT action, data FROM audit_record ORDER BY seq")
    actions = [row.action for row in noted if "reason" in row.data]
    assert actions == ["label_changed", "label_changed", "priority_changed"]
    assert all(row.data["reason"] == "要求赔偿" for row in noted if "reason" in row.data)
    await ok(put_right(agent, visitor, **wanted))
    assert await rig.scalar("SELECT count(*) FROM label_correction") == 3, "nothing has changed"


async def test_the_deadline_follows_the_priority(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await waiting_visitor(rig)
    due = {}
    for priority in ("P4", "P2", "P1"):
        detail = await ok(put_right(agent, visitor, priority=priority))
        due[priority] = detail["deadline"]["due_at"]
        assert detail["deadline"]["due_at"] == detail["first_response_due_at"]
    assert due["P1"] < due["P2"] < due["P4"]


async def test_nobody_but_a_supervisor_lowers_p1(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await urgent_visitor(rig)
    assert (await ok(agent.get(path_of(visitor))))["priority"] == "P1"
    asked = put_right(agent, visitor, category="quality", priority="P2", reason="没有危险")
    await refused(asked, 403, "priority_protected")
    assert await rig.scalar("SELECT count(*) FROM label_correction") == 0, "nothing half done"
    await ok(put_right(agent, visitor, priority="P1", category="quality"))
    lowered = await ok(put_right(await rig.staff("supervisor"), visitor, priority="P3"))
    assert lowered["priority"] == "P3"


async def test_the_complaint_of_a_vip_is_raised_and_nothing_is_lowered(rig: Rig) -> None:
    agent = await rig.staff()
    visitor, other = await rig.visitor(), await rig.visitor()
    await change(
        rig,
        "UPDATE customer SET tier = 'vip' WHERE id ="
        " (SELECT customer_id FROM conversation WHERE id = %s)",
        visitor.conversation_id,
    )
    for each in (visitor, other):
        await each.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    assert (await ok(agent.get(path_of(visitor))))["priority"] == "P3"
    raised = await ok(put_right(agent, visitor, nature="complaint", reason="要说法"))
    assert raised["priority"] == "P2"
    assert (await ok(put_right(agent, other, nature="complaint")))["priority"] == "P3"
    (noted,) = await rig.rows("SELECT data FROM audit_record WHERE action = 'priority_changed'")
    assert (noted.data["before"], noted.data["after"]) == ("P3", "P2")
    assert (await ok(put_right(agent, visitor, nature="help")))["priority"] == "P2"
    await ok(put_right(agent, visitor, priority="P1"))
    assert (await ok(put_right(agent, visitor, nature="complaint")))["priority"] == "P1"


async def test_a_person_who_says_both_has_the_last_word(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await rig.visitor()
    await visitor.say("包裹丢了，转人工")
    await rig.run_turns(labeller=LabelledByText())
    await change(rig, "UPDATE customer SET tier = 'vip'")
    said = await ok(put_right(agent, visitor, nature="complaint", priority="P4"))
    assert said["priority"] == "P4"


async def test_a_later_message_does_not_overrule_a_persons_category(rig: Rig) -> None:
    agent, visitor = await rig.staff(), await waiting_visitor(rig)
    await ok(put_right(agent, visitor, category="refund"))
    await visitor.say("插座冒烟了，转人工")
    await rig.run_turns(labeller=URGENT)
    detail = await ok(agent.get(path_of(visitor)))
    assert (detail["priority"], detail["category"]["key"]) == ("P1", "refund")


@pytest.mark.parametrize(
    "labels",
    [
        {},
        {"category": "x"},
        {"nature": "x"},
        {"priority": "P5"},
        {"priority": None},
        {"reason": "a"},
    ],
)
async def test_unknown_labels_change_nothing(rig: Rig, labels: dict[str, Any]) -> None:
    agent, visitor = await rig.staff(), await waiting_visitor(rig)
    await refused(put_right(agent, visitor, **labels), 422, "validation_failed")
    assert await rig.scalar("SELECT count(*) FROM label_correction") == 0


async def test_tags_are_given_once_each_and_found_by(rig: Rig) -> None:
    agent = await rig.staff()
    visitor, other = await taken_by(rig, agent), await taken_by(rig, agent)
    body = {"tags": ["加急", " 赔付 ", "加急"]}
    assert (await ok(agent.put(path_of(visitor, "/tags"), json=body)))["tags"] == ["加急", "赔付"]
    await ok(agent.put(path_of(other, "/tags"), json={"tags": ["赔付"]}))
    listed = await ok(agent.get("/api/v1/conversations", params={"view": "mine", "tag": "加急"}))
    assert [item["id"] for item in listed["items"]] == [str(visitor.conversation_id)]
    assert (await ok(agent.put(path_of(visitor, "/tags"), json={"tags": []})))["tags"] == []


@pytest.mark.parametrize("tags", [[""], [" "], ["长" * 31], [str(n) for n in range(21)]])
async def test_unfit_tags_are_refused(rig: Rig, tags: list[str]) -> None:
    agent = await rig.staff()
    visitor = await taken_by(rig, agent)
    asked = agent.put(path_of(visitor, "/tags"), json={"tags": tags})
    await refused(asked, 422, "validation_failed")
