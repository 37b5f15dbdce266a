"""Why did it say that, and what would another release say?"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from api.assistant import (
    NOTHING_KNOWN,
    Answer,
    AssistantUnavailable,
    Context,
    EchoAssistant,
    Entity,
    FaqDecision,
    Guess,
    OtherModel,
    Ranked,
    Reply,
    Understanding,
)
from api.errors import TryFailed, TryRuns
from api.learning import releases
from api.learning.why.trying import try_text
from tests.support.labelling import LabelledByText, RecordedBot, labels_of
from tests.support.releases import add_release
from tests.support.rig import Rig

PHONE = "13912345678"
TEXT = f"订单到哪了，我的手机{PHONE}"
TRY = "/api/v1/learning/try"


def understood(key: str) -> Understanding:
    start = TEXT.index(PHONE)
    return Understanding(
        intent=Guess(name="faq", confidence=0.8),
        intent_ranking=(Guess(name="faq", confidence=0.8), Guess(name="greet", confidence=0.1)),
        faq_ranking=(Ranked(key=key, score=0.77), Ranked(key="gone", score=0.1)),
        faq_decision=FaqDecision(verdict="answer"),
        entities=(Entity(entity="phone", value=PHONE, start=start, end=start + len(PHONE)),),
    )


async def an_entry(rig: Rig) -> tuple[str, str]:
    (row,) = await rig.rows("SELECT key, question FROM knowledge_entry ORDER BY key LIMIT 1")
    return row.key, row.question


async def ask_why(http: httpx.AsyncClient, conversation: object, seq: int) -> httpx.Response:
    return await http.get(f"/api/v1/conversations/{conversation}/messages/{seq}/why")


async def test_a_turn_says_what_was_seen_in_it_with_numbers_hidden(rig: Rig) -> None:
    key, question = await an_entry(rig)
    visitor, lead = await rig.visitor(), await rig.staff("supervisor")
    await visitor.say(TEXT)
    answer = Answer(
        replies=(Reply(text="在这里查"),),
        outcome="faq",
        answers=(Ranked(key=key, score=0.77),),
        nlu=understood(key),
    )
    labels = labels_of(category="logistics", impact=3, urgency=3)
    await rig.run_turns(RecordedBot({TEXT: answer}), LabelledByText({TEXT: labels}))
    response = await ask_why(lead, visitor.conversation_id, 1)
    assert response.status_code == 200, response.text
    assert PHONE not in response.text
    why = response.json()
    assert "".join(token["text"] for token in why["tokens"]) == why["text"]
    assert "订单" in [token["text"] for token in why["tokens"]]
    assert [intent["name"] for intent in why["intents"]] == ["faq", "greet"]
    assert why["intents"][1]["title"] == "打招呼"
    assert why["faq"][0] == {"key": key, "question": question, "score": 0.77}
    assert why["faq"][1]["question"] == "gone"
    (entity,) = why["entities"]
    assert (entity["title"], entity["value"]) == ("手机号", "139****5678")
    assert why["text"][entity["start"] : entity["end"]] == "139****5678"
    assert why["labels"]["category"]["evidence"] == ["包裹"]
    assert [rule["kind"] for rule in why["rules"]].count("priority") >= 2
    assert why["answers"][0]["key"] == key
    reply = (await ask_why(lead, visitor.conversation_id, 2)).json()
    assert reply == why, "the reply is explained by the message it answers"
    assert (await ask_why(lead, visitor.conversation_id, 3)).status_code == 404
    assert (await ask_why(lead, uuid4(), 1)).status_code == 404


async def test_a_hand_off_says_which_rule_called_a_person(rig: Rig) -> None:
    visitor, lead = await rig.visitor(), await rig.staff("supervisor")
    await visitor.say("煤气泄漏了")
    urgent = LabelledByText({"煤气泄漏了": labels_of(impact=4, urgency=4)})
    await rig.run_turns(labeller=urgent)
    why = (await ask_why(lead, visitor.conversation_id, 1)).json()
    assert why["rules"][0] == {"kind": "handoff", "code": "p1", "text": "紧急问题（P1）"}
    assert why["outcome"] == "handoff"


async def test_agents_see_why_in_conversations_that_they_may_see(rig: Rig) -> None:
    visitor, agent = await rig.visitor(), await rig.staff("agent")
    await visitor.say("你好")
    await rig.run_turns()
    known = await agent.get(f"/api/v1/conversations/{visitor.conversation_id}")
    why = await ask_why(agent, visitor.conversation_id, 1)
    assert why.status_code == known.status_code


class ReadingBot(EchoAssistant):
    """Reads with the models it has loaded."""

    def __init__(self, found: Understanding, *loaded: str) -> None:
        self.found, self.loaded = found, loaded
        self.told: list[Context] = []

    async def read(self, text: str, context: Context = NOTHING_KNOWN) -> Understanding:
        self.told.append(context)
        if not self.loaded:
            raise AssistantUnavailable("away")
        if context.model not in self.loaded:
            raise OtherModel(self.loaded[0])
        return self.found


async def release_with(rig: Rig, classifier: Path, state: str) -> tuple[int, str]:
    """A release that can be tried, and the name of its model."""
    number = await add_release(rig, state)
    folder = releases.folder(rig.desk.settings, number) / releases.CLASSIFIER
    shutil.rmtree(folder)
    shutil.copytree(classifier, folder)
    query = "SELECT model_hash FROM release WHERE number = :number"
    return number, await rig.scalar(query, number=number)


def program(folder: Path, *lines: str) -> Path:
    """A program in the place of the bot's Python."""
    path = folder / "python"
    path.write_text("\n".join(["#!/bin/sh", *lines]) + "\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def says(found: Understanding) -> str:
    """What prints one parsed line."""
    line = json.dumps({"ms": 1.0, "parsed": found.model_dump()}, ensure_ascii=False)
    return f"cat >/dev/null; cat <<'END'\n{line}\nEND"


async def test_a_release_that_answers_is_asked_where_it_runs(rig: Rig, classifier: Path) -> None:
    key, question = await an_entry(rig)
    number, model = await release_with(rig, classifier, "live")
    bot = ReadingBot(understood(key), "another", model)
    tried = await try_text(rig.database, rig.desk.settings, bot, "订单到哪了", None)
    assert (tried.release, tried.outcome) == (number, "faq")
    assert [(entry.key, entry.question) for entry in tried.answers] == [(key, question)]
    assert tried.labels is not None
    assert [context.model for context in bot.told] == [model]


@pytest.mark.parametrize("state", ["candidate", "live"])
async def test_any_other_release_is_started_for_it(
    rig: Rig, classifier: Path, tmp_path: Path, state: str
) -> None:
    key, _ = await an_entry(rig)
    number, _ = await release_with(rig, classifier, state)
    found = understood(key).model_copy(
        update={"faq_decision": FaqDecision(verdict="suggest", offer=(key,))}
    )
    settings = rig.desk.settings.model_copy(update={"bot_python": program(tmp_path, says(found))})
    tried = await try_text(rig.database, settings, ReadingBot(found), "订单到哪了", number)
    assert tried.outcome == "suggestions"
    assert [entry.key for entry in tried.suggestions] == [key]
    assert tried.answers == []


async def test_only_one_release_is_started_at_a_time(
    rig: Rig, classifier: Path, tmp_path: Path
) -> None:
    number, _ = await release_with(rig, classifier, "candidate")
    found = understood("gone")
    begun, go_on = tmp_path / "begun", tmp_path / "go_on"
    os.mkfifo(begun)
    os.mkfifo(go_on)
    waiting = f"echo >{begun}; cat {go_on} >/dev/null"
    settings = rig.desk.settings.model_copy(
        update={"bot_python": program(tmp_path, waiting, says(found))}
    )
    bot = ReadingBot(found)
    first = asyncio.create_task(try_text(rig.database, settings, bot, "在吗", number))
    await asyncio.to_thread(begun.read_text)
    with pytest.raises(TryRuns):
        await try_text(rig.database, settings, bot, "在吗", number)
    await asyncio.to_thread(go_on.write_text, "go")
    assert (await first).release == number


async def test_a_program_that_breaks_is_said_so(rig: Rig, classifier: Path, tmp_path: Path) -> None:
    number, _ = await release_with(rig, classifier, "candidate")
    for broken in (program(tmp_path, "exit 1"), tmp_path / "no such program"):
        settings = rig.desk.settings.model_copy(update={"bot_python": broken})
        with pytest.raises(TryFailed):
            await try_text(rig.database, settings, EchoAssistant(), "在吗", number)


async def test_a_release_that_is_not_there_cannot_be_tried(rig: Rig) -> None:
    lead = await rig.staff("supervisor")
    assert (await lead.post(TRY, json={"text": "在吗"})).status_code == 404
    assert (await lead.post(TRY, json={"text": "在吗", "release": 99})).status_code == 404
    assert (await lead.post(TRY, json={"text": " "})).status_code == 422
