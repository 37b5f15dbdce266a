"""A turn is handled by one release: labels, hand-off and answer are of the same one."""

from __future__ import annotations

from uuid import UUID

import pytest

from api.conversations import repository
from api.conversations.judging import judge
from api.learning.labelling import Labels
from tests.support.labelling import labels_of
from tests.support.releases import BotOfReleases, LabelledByRelease
from tests.support.rig import Rig, Visitor
from triage.packet import MessageLabels

OLD = labels_of(category="logistics", impact=3, urgency=3)
NEW = labels_of(category="invoice", impact=1, urgency=1)
URGENT = labels_of(category="account", impact=4, urgency=4)


async def stored(rig: Rig, visitor: Visitor) -> list[tuple[int, str, int]]:
    """Release and category of the labels and release of the turn, message by message."""
    rows = await rig.rows(
        """SELECT result.release, result.category, turn.release AS answered
           FROM turn JOIN triage_result result USING (message_id)
           WHERE turn.conversation_id = :id ORDER BY turn.created_at""",
        id=visitor.conversation_id,
    )
    return [(row.release, row.category, row.answered) for row in rows]


async def labels(rig: Rig, visitor: Visitor) -> tuple[str, str]:
    query = "SELECT priority, category FROM conversation WHERE id = :id"
    (row,) = await rig.rows(query, id=visitor.conversation_id)
    return row.priority, row.category


@pytest.mark.parametrize("heeds", [True, False])
async def test_a_bot_that_has_gone_on_to_another_release_takes_the_labels_with_it(
    rig: Rig, heeds: bool
) -> None:
    visitor = await rig.visitor()
    await visitor.say("发票抬头错了")
    bot = BotOfReleases(live=2, heeds=heeds)
    await rig.run_turns(bot, LabelledByRelease({1: OLD, 2: NEW}, live=1))
    assert await stored(rig, visitor) == [(2, "invoice", 2)]
    assert await labels(rig, visitor) == ("P4", "invoice")
    assert await visitor.texts("bot") == ["发票抬头错了"]
    assert bot.asked == ["model-1", "model-2"]


async def test_an_answer_from_before_a_crash_keeps_the_release_that_gave_it(rig: Rig) -> None:
    visitor = await rig.visitor()
    sent = await visitor.say("包裹丢了")
    bot, labeller = BotOfReleases(live=1), LabelledByRelease({1: OLD, 2: NEW}, live=1)
    bot.crash = True
    with pytest.raises(ZeroDivisionError):
        await rig.runner(bot, labeller).run(UUID(sent["id"]))
    bot.crash, bot.live, labeller.live = False, 2, 2
    await rig.run_turns(bot, labeller)
    assert await stored(rig, visitor) == [(1, "logistics", 1)]
    assert (await labels(rig, visitor))[1] == "logistics"


async def test_the_release_that_answers_also_decides_whether_a_person_is_needed(rig: Rig) -> None:
    visitor = await rig.visitor()
    await visitor.say("帐号被盗了")
    await rig.run_turns(BotOfReleases(live=2), LabelledByRelease({1: NEW, 2: URGENT}, live=1))
    assert await stored(rig, visitor) == [(2, "account", 2)]
    assert await rig.scalar("SELECT reason FROM handoff") == "p1"
    packet = await rig.scalar("SELECT packet FROM handoff")
    assert packet["labels"]["category"]["key"] == "account"
    assert await visitor.texts("bot") == []


async def test_a_hand_off_without_the_bot_names_the_release_that_decided(rig: Rig) -> None:
    visitor, bot = await rig.visitor(), BotOfReleases(live=1)
    await visitor.say("煤气泄漏了")
    await rig.run_turns(bot, LabelledByRelease({1: URGENT}, live=1))
    assert await stored(rig, visitor) == [(1, "account", 1)]
    assert bot.asked == []


async def test_what_stood_before_holds_again_when_another_release_answers(rig: Rig) -> None:
    visitor = await rig.visitor()
    calm = labels_of(category="invoice", impact=2, urgency=2)
    labeller = LabelledByRelease({1: calm, 2: OLD, 3: NEW}, live=1)
    await visitor.say("发票呢")
    await rig.run_turns(BotOfReleases(live=1), labeller)
    before = await labels(rig, visitor)
    labeller.live = 2
    await visitor.say("还有")
    await rig.run_turns(BotOfReleases(live=3), labeller)
    assert await stored(rig, visitor) == [(1, "invoice", 1), (3, "invoice", 3)]
    assert await labels(rig, visitor) == before, "release 2 called it more urgent, and is undone"


async def judged(rig: Rig, visitor: Visitor, release: int, seen: MessageLabels, *said: str) -> None:
    """These messages are labelled together by a release."""
    async with rig.database.transaction() as tx:
        conversation = await repository.lock(tx, visitor.conversation_id)
        await judge(tx, conversation, [UUID(each) for each in said], Labels(release, seen))


async def corrected(rig: Rig, visitor: Visitor, **right: str) -> None:
    path = f"/api/v1/conversations/{visitor.conversation_id}/labels"
    answer = await (await rig.staff("supervisor")).put(path, json=right)
    assert answer.status_code == 200, answer.text


CALM = labels_of(category="invoice", impact=2, urgency=2)


async def test_what_a_person_has_said_since_stays_when_another_release_answers(rig: Rig) -> None:
    visitor = await rig.visitor()
    first = (await visitor.say("发票呢"))["id"]
    await judged(rig, visitor, 1, CALM, first)
    calm = (await labels(rig, visitor))[0]
    second = (await visitor.say("包裹丢了"))["id"]
    await judged(rig, visitor, 2, OLD, second)
    urgent = (await labels(rig, visitor))[0]
    assert urgent < calm
    # there and back: it is what the labels said, and what a person has said
    await corrected(rig, visitor, priority="P4")
    await corrected(rig, visitor, priority=urgent, category="refund")
    for release in (3, 4):
        await judged(rig, visitor, release, NEW, second)
        assert await labels(rig, visitor) == (urgent, "refund")


async def test_what_a_person_has_said_before_holds_again(rig: Rig) -> None:
    visitor = await rig.visitor()
    first = (await visitor.say("发票呢"))["id"]
    await judged(rig, visitor, 1, NEW, first)
    await corrected(rig, visitor, priority="P3", category="refund")
    second = (await visitor.say("包裹丢了"))["id"]
    await judged(rig, visitor, 2, URGENT, second)
    assert (await labels(rig, visitor))[0] < "P3"
    await judged(rig, visitor, 3, NEW, second)
    assert await labels(rig, visitor) == ("P3", "refund")


async def test_labels_of_messages_that_are_now_read_together_are_undone_together(rig: Rig) -> None:
    visitor, twin = await rig.visitor(), await rig.visitor()
    for each in (visitor, twin):
        first, second, third = [(await each.say(text))["id"] for text in ("发票呢", "包裹", "丢了")]
        await judged(rig, each, 1, NEW, first)
        if each is visitor:
            await judged(rig, each, 2, OLD, second)
            assert (await labels(rig, each))[0] == "P2"
        await judged(rig, each, 3, NEW, second, third)
    assert await labels(rig, visitor) == await labels(rig, twin)
    assert (await labels(rig, visitor))[0] > "P2"


async def test_a_bot_that_changes_all_the_time_is_asked_again_later(rig: Rig) -> None:
    class Restless(BotOfReleases):
        async def ask(self, *question: object) -> object:  # type: ignore[override]
            self.live = 3 - self.live
            return await super().ask(*question)  # type: ignore[arg-type]

    visitor, bot = await rig.visitor(), Restless(live=1)
    labeller = LabelledByRelease({1: OLD, 2: NEW}, live=1)
    await visitor.say("发票抬头错了")
    await rig.run_turns(bot, labeller)  # type: ignore[arg-type]
    assert await rig.scalar("SELECT state FROM turn") == "told"
    await rig.run_turns(BotOfReleases(live=2), labeller)
    assert await stored(rig, visitor) == [(2, "invoice", 2)]


@pytest.mark.parametrize("loaded", [True, False])
async def test_the_canary_answers_its_track_and_live_does_while_it_is_not_loaded(
    rig: Rig, loaded: bool
) -> None:
    visitor, other = await rig.visitor(), await rig.visitor()
    await rig.rows(
        "UPDATE conversation SET track = 'canary' WHERE id = :id RETURNING id",
        id=visitor.conversation_id,
    )
    for each in (visitor, other):
        await each.say("发票抬头错了")
    bot = BotOfReleases(live=1, canary=2 if loaded else 0)
    await rig.run_turns(bot, LabelledByRelease({1: OLD, 2: NEW}, live=1, canary=2))
    mine = (2, "invoice", 2) if loaded else (1, "logistics", 1)
    assert await stored(rig, visitor) == [mine]
    assert await stored(rig, other) == [(1, "logistics", 1)]


async def test_staff_see_which_release_answered_each_message(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff("agent")
    await visitor.say("发票抬头错了")
    await rig.run_turns(BotOfReleases(live=2), LabelledByRelease({2: NEW}, live=2))
    path = f"/api/v1/conversations/{visitor.conversation_id}/messages"
    found = (await agent.get(path)).json()["messages"]
    assert [(item["author"], item["turn"]["release"]) for item in found] == [
        ("customer", 2),
        ("bot", 2),
    ]
