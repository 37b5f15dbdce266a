"""The labels of a conversation: what all messages of its matter say together."""

from __future__ import annotations

from typing import Any

from api.assistant import Answer, Guess, Reply, Understanding
from tests.support.desk_work import ok, path_of
from tests.support.labelling import LabelledByText, RecordedBot, labels_of
from tests.support.rig import Rig, Visitor
from triage.packet import MessageLabels

LOST = "快递丢了三天没人管"
ANGRY = "我要投诉！包裹被你们弄丢了"


def read_as(intent: str) -> Answer:
    return Answer(
        replies=(Reply(text="好的"),),
        outcome="task",
        nlu=Understanding(intent=Guess(name=intent, confidence=0.9)),
    )


async def told(rig: Rig, said: dict[str, MessageLabels], bot: RecordedBot) -> Visitor:
    """A customer who has said all this, each message handled before the next."""
    visitor, labeller = await rig.visitor(), LabelledByText(said)
    for text in said:
        await visitor.say(text)
        await rig.run_turns(bot, labeller)
    return visitor


async def hops_of(rig: Rig, visitor: Visitor) -> dict[str, Any]:
    query = {"conversation_id": str(visitor.conversation_id)}
    return await ok((await rig.staff()).get("/api/v1/handoffs", params=query))


async def test_a_wish_for_a_person_does_not_change_what_the_matter_is(rig: Rig) -> None:
    said = {
        LOST: labels_of(category="logistics", nature="help"),
        "还是没用，转人工": labels_of(category="service", nature="complaint", confidence=0.47),
    }
    visitor = await told(rig, said, RecordedBot({LOST: read_as("urge_delivery")}))
    detail = await ok((await rig.staff()).get(path_of(visitor)))
    assert (detail["state"], detail["category"]["key"]) == ("queued", "logistics")
    labels = (await hops_of(rig, visitor))["items"][-1]["packet"]["labels"]
    assert (labels["category"]["key"], labels["nature"]["key"]) == ("logistics", "help")


async def test_a_complaint_stays_one_whatever_is_said_calmly_after_it(rig: Rig) -> None:
    said = {
        ANGRY: labels_of(nature="complaint", sentiment="negative", anger=True),
        "包裹是上周三寄出的": labels_of(nature="help"),
    }
    visitor, agent = await told(rig, said, RecordedBot({})), await rig.staff()
    await ok(agent.post(path_of(visitor, "/take")))
    ticket = await ok(agent.post(path_of(visitor, "/to-ticket"), json={}), 201)
    assert ticket["nature"]["key"] == "complaint"
    assert len(ticket["complaint_steps"]) == 4


async def test_what_the_bot_read_as_an_answer_has_no_say_after_all(rig: Rig) -> None:
    said = {
        LOST: labels_of(category="logistics"),
        "就是那样，对的": labels_of(category="account", impact=3, urgency=3),
    }
    bot = RecordedBot({LOST: read_as("urge_delivery"), "就是那样，对的": read_as("affirm")})
    visitor = await told(rig, said, bot)
    detail = await ok((await rig.staff()).get(path_of(visitor)))
    assert detail["category"]["key"] == "logistics"
    assert detail["priority"] == "P2", "the priority only rises"


async def test_what_is_said_to_a_person_is_read_and_counted_too(rig: Rig) -> None:
    wrong = "手机屏幕是碎的，发票也没有"
    said = {"转人工": labels_of(category="service"), wrong: labels_of(category="quality")}
    visitor = await told(rig, said, RecordedBot({wrong: read_as("request_return")}))
    detail = await ok((await rig.staff()).get(path_of(visitor)))
    assert detail["category"]["key"] == "quality"
    nlu = await rig.scalar(
        "SELECT nlu -> 'intent' ->> 'name' FROM turn JOIN message ON id = message_id"
        " WHERE text = :text",
        text=wrong,
    )
    assert nlu == "request_return"


async def test_a_nature_that_a_person_gave_is_that_of_the_ticket(rig: Rig) -> None:
    visitor = await told(rig, {"转人工": labels_of(category="service")}, RecordedBot({}))
    agent = await rig.staff()
    await ok(agent.post(path_of(visitor, "/take")))
    await ok(agent.put(path_of(visitor, "/labels"), json={"nature": "complaint"}))
    ticket = await ok(agent.post(path_of(visitor, "/to-ticket"), json={}), 201)
    assert ticket["nature"]["key"] == "complaint"
