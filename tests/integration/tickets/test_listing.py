"""Views, filters and pages of the list."""

from __future__ import annotations

from tests.support.rig import Rig
from tests.support.ticketing import Opener, Person, person, team

MANY = """
    INSERT INTO ticket (id, number, customer_id, source, cause, kind, title, description, category,
        nature, impact, urgency, priority, labels, state, tags, root_cause, repeated, version,
        assignee_id, first_response_due_at, resolution_due_at, created_at, updated_at)
    SELECT gen_random_uuid(), 'N' || n, (SELECT id FROM customer LIMIT 1), 'form', 'n' || n,
        'request', '第' || n || '件', '描述', 'order', 'help', 1, 1, 'P4', '{}',
        CASE WHEN n % 10 = 0 THEN 'open' ELSE 'closed' END, '[]', '[]', false, 1, NULL,
        now() + interval '1 day', now() + interval '1 day',
        now() - (n % 500) * interval '1 minute', now()
    FROM generate_series(1, :count) AS n RETURNING 1"""


async def test_pages_show_every_ticket_once_newest_first(
    rig: Rig, agent: Person, open_: Opener
) -> None:
    await open_()
    await rig.rows(MANY, count=230)
    seen: list[str] = []
    cursor, newest = None, None
    while True:
        page = await agent.get("", limit=100, **({"cursor": cursor} if cursor else {}))
        if cursor is None:
            assert page["counts"]["all"] == 24
            await open_(title="同时新开的")
        else:
            assert page["counts"] is None
        for item in page["items"]:
            assert newest is None or item["created_at"] <= newest
            newest = item["created_at"]
            seen.append(item["number"])
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 231


async def test_a_cursor_that_is_none_and_a_huge_page_are_refused(agent: Person) -> None:
    for query in ("cursor=abc", "cursor=%FF", "cursor=MjAyNi0wMS0wMQ", "limit=101", "limit=0"):
        assert await agent.refused(f"?{query}", method="GET") == (422, "validation_failed")
    for query in ("view=ours", "state=waiting", "priority=P9"):
        assert await agent.refused(f"?{query}", method="GET") == (422, "validation_failed")


async def test_views_hold_what_they_say(rig: Rig, agent: Person, open_: Opener) -> None:
    ours = await team(rig, "一组")
    one = await person(rig, "one", ours)
    mine = await open_(one, assignee_id=str(one.id))
    free = await open_(one)
    late = await open_(one, assignee_id=str(agent.id))
    done = await one.move(await open_(one, assignee_id=str(one.id)), "resolved", "closed")
    await rig.rows(
        "UPDATE deadline SET warn_at = now() - interval '2 h', due_at = now() - interval '1 h'"
        " FROM ticket WHERE ticket.id = subject_id AND ticket.number = :number"
        " AND deadline.kind = 'ticket_first_response' RETURNING deadline.id",
        number=late["number"],
    )
    expected = {
        "mine": {mine["number"]},
        "team": {mine["number"]},
        "unassigned": {free["number"]},
        "breaching": {late["number"]},
        "watching": set(),
        "all": {each["number"] for each in (mine, free, late, done)},
    }
    for view, numbers in expected.items():
        page = await one.get("", view=view)
        assert {each["number"] for each in page["items"]} == numbers, view
        assert page["counts"][view] == len(numbers - {done["number"]})
    overdue = (await one.get("", view="breaching"))["items"][0]["deadline"]
    assert (overdue["kind"], overdue["breached"]) == ("ticket_first_response", True)
    closed = await one.get("", view="mine", state="closed")
    assert [each["number"] for each in closed["items"]] == [done["number"]]


async def test_filters_narrow_the_list(agent: Person, open_: Opener) -> None:
    one = await open_(
        title="发票抬头错了",
        category="invoice",
        nature="complaint",
        order_number="YS2026112100001",
        tags=["加急"],
        priority="P2",
    )
    await open_(customer={"display_name": "王先生 100%"})
    number = one["number"]
    for wanted in (
        {"q": "抬头"},
        {"q": number.lower()},
        {"q": "ys20261121"},
        {"tag": "加急"},
        {"category": "invoice"},
        {"nature": "complaint"},
        {"priority": "P2"},
        {"customer_id": one["customer"]["id"]},
        {"state": "open", "q": "抬头", "category": "invoice"},
    ):
        found = (await agent.get("", **wanted))["items"]
        assert [each["number"] for each in found] == [number], wanted
    assert len((await agent.get("", q="王先生 100%"))["items"]) == 1
    assert (await agent.get("", q="_"))["items"] == []
    assert (await agent.get("", tag="没有"))["items"] == []
