"""Both twins of the Assistant are held by the same tests; the real one against recorded JSON."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, get_args
from uuid import uuid4

import pytest

from api.assistant import (
    Answer,
    Assistant,
    AssistantUnavailable,
    Context,
    EchoAssistant,
    OtherModel,
    Outcome,
    RasaAssistant,
)
from tests.support.desk_channel import WEBHOOK, DeskChannel, desk_channel

RECORDED = Path(__file__).parent / "recorded"
RECORDINGS = sorted(RECORDED.glob("desk_*.json"))
TOKEN = "service-token-for-the-tests-only"
TIMEOUT = 0.4


def recorded_answer(path: Path) -> Any:
    """The answer of a recording: the whole file, or its `response` beside the `request`."""
    content = json.loads(path.read_text("utf-8"))
    return content.get("response", content)


ANSWERS = [path for path in RECORDINGS if "replies" in recorded_answer(path)]


@pytest.fixture
def channel() -> Iterator[DeskChannel]:
    with desk_channel() as running:
        running.answer = (RECORDED / "desk_faq.json").read_bytes()
        yield running


@pytest.fixture
async def rasa(channel: DeskChannel) -> AsyncIterator[RasaAssistant]:
    assistant = RasaAssistant(channel.url, TOKEN, TIMEOUT)
    yield assistant
    await assistant.close()


@pytest.fixture(params=["rasa", "echo"])
def assistant(request: pytest.FixtureRequest, rasa: RasaAssistant) -> Assistant:
    """Each twin in turn."""
    twins: dict[str, Callable[[], Assistant]] = {"rasa": lambda: rasa, "echo": EchoAssistant}
    return twins[request.param]()


async def ask(assistant: Assistant, text: str = "运费多少") -> Answer:
    return await assistant.ask(uuid4(), uuid4(), text, "web")


@pytest.mark.parametrize(
    "text", ["运费多少", "/restart", "<b>", "😀" * 500, "一\n二", '{"a": "b"}', "长" * 2000]
)
async def test_any_text_gets_a_whole_answer(assistant: Assistant, text: str) -> None:
    answer = await ask(assistant, text)
    assert answer.replies
    assert all(reply.text for reply in answer.replies)
    assert answer.outcome in get_args(Outcome)
    assert 0 <= answer.nlu.intent.confidence <= 1


async def test_the_same_message_gets_the_same_replies(assistant: Assistant) -> None:
    conversation, message = uuid4(), uuid4()
    first = await assistant.ask(conversation, message, "运费多少", "web")
    again = await assistant.ask(conversation, message, "运费多少", "web")
    assert again.replies == first.replies


async def test_a_twin_says_whether_it_can_be_asked(assistant: Assistant) -> None:
    assert await assistant.healthy() is True


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
async def test_every_recorded_answer_is_understood(
    rasa: RasaAssistant, channel: DeskChannel, path: Path
) -> None:
    recorded = recorded_answer(path)
    channel.answer = json.dumps(recorded).encode()
    answer = await ask(rasa)
    understood = answer.model_dump(mode="json")
    assert understood["outcome"] == recorded["outcome"]
    assert understood["slots"] == recorded["slots"]
    assert understood["active_form"] == recorded["active_form"]
    assert understood["replayed"] == recorded["replayed"]
    assert understood["answers"] == recorded["answers"]
    assert understood["suggestions"] == recorded["suggestions"]
    assert [reply["text"] for reply in understood["replies"]] == [
        reply["text"] for reply in recorded["replies"]
    ]
    assert [reply["buttons"] for reply in understood["replies"]] == [
        reply.get("buttons", []) for reply in recorded["replies"]
    ]
    assert understood["nlu"]["intent"] == recorded["nlu"]["intent"]
    assert understood["nlu"]["faq_ranking"] == recorded["nlu"]["faq_ranking"]


def test_there_are_recordings_of_answers() -> None:
    assert len(ANSWERS) >= 3


async def test_the_question_has_the_form_of_the_contract(
    rasa: RasaAssistant, channel: DeskChannel
) -> None:
    conversation, message = uuid4(), uuid4()
    context = Context(["a", "b"], 0.25, "canary", "3fe70a")
    await rasa.ask(conversation, message, "运费多少", "web", context)
    assert channel.asked == [
        {
            "path": WEBHOOK,
            "authorization": f"Bearer {TOKEN}",
            "body": {
                "sender": str(conversation),
                "message": "运费多少",
                "metadata": {
                    "message_id": str(message),
                    "channel": "web",
                    "recent": ["a", "b"],
                    "wants_person": 0.25,
                    "track": "canary",
                    "model": "3fe70a",
                },
            },
        }
    ]


async def test_a_model_that_is_not_loaded_is_refused_with_the_one_that_is(
    rasa: RasaAssistant, channel: DeskChannel
) -> None:
    channel.status = 409
    channel.answer = (RECORDED / "desk_other_model.json").read_bytes()
    with pytest.raises(OtherModel) as caught:
        await rasa.ask(uuid4(), uuid4(), "运费多少", "web", Context(model="3fe70a"))
    assert caught.value.model == "474a86"


async def test_a_conflict_that_names_no_model_is_an_outage(
    rasa: RasaAssistant, channel: DeskChannel
) -> None:
    channel.status, channel.answer = 409, b'{"error": {"code": "other_model", "details": {}}}'
    with pytest.raises(AssistantUnavailable):
        await ask(rasa)


async def test_a_bot_says_which_model_answers_on_which_track(
    rasa: RasaAssistant, channel: DeskChannel
) -> None:
    channel.health = b'{"status": "ok", "models": {"live": "474a86", "canary": "3fe70a"}}'
    assert await rasa.models() == {"live": "474a86", "canary": "3fe70a"}
    channel.health = b"<html>"
    assert await rasa.models() == {}
    assert await EchoAssistant().models() == {}


async def test_what_a_person_answers_is_only_read(
    rasa: RasaAssistant, channel: DeskChannel
) -> None:
    nlu = recorded_answer(RECORDED / "desk_faq.json")["nlu"]
    channel.answer = json.dumps(nlu).encode()
    understood = await rasa.read("运费多少", Context(wants_person=0.0))
    assert understood.intent.name == nlu["intent"]["name"]
    assert [item.model_dump() for item in understood.faq_ranking] == nlu["faq_ranking"]
    (asked,) = channel.asked
    assert asked["path"] == "/webhooks/desk/read"
    assert asked["body"] == {
        "message": "运费多少",
        "metadata": {"recent": [], "wants_person": 0.0, "track": "live", "model": None},
    }


@pytest.mark.parametrize(("status", "body"), [(503, b"{}"), (200, b"{}"), (404, b"Not Found")])
async def test_what_cannot_be_read_means_that_the_bot_is_unavailable(
    rasa: RasaAssistant, channel: DeskChannel, status: int, body: bytes
) -> None:
    channel.status, channel.answer = status, body
    with pytest.raises(AssistantUnavailable):
        await rasa.read("运费多少")


def changed(**changes: object) -> bytes:
    answer = json.loads((RECORDED / "desk_faq.json").read_text("utf-8"))
    return json.dumps({**answer, **changes}).encode()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (503, b'{"error": {"code": "bot_incomplete", "message": ""}}'),
        (500, b"Internal Server Error"),
        (401, b"{}"),
        (404, b"{}"),
        (302, b""),
        (204, b""),
        (200, b""),
        (200, b"not json"),
        (200, b"null"),
        (200, b"[]"),
        (200, b"{}"),
        (200, b'{"replies": ['),
        (200, b"\xff\xfe\x00"),
        (200, changed(outcome="something_new")),
        (200, changed(nlu=None)),
        (200, changed(replies=[{"kind": "text"}])),
        (200, changed(replies="text")),
        (200, b"[" * 100_000),
    ],
)
async def test_anything_but_a_whole_answer_means_that_the_bot_is_unavailable(
    rasa: RasaAssistant, channel: DeskChannel, status: int, body: bytes
) -> None:
    channel.status, channel.answer = status, body
    with pytest.raises(AssistantUnavailable):
        await ask(rasa)
    channel.status, channel.answer = 200, (RECORDED / "desk_faq.json").read_bytes()
    assert (await ask(rasa)).outcome == "faq", "it works again at the next message"


async def test_a_bot_that_says_nothing_in_time_is_unavailable(
    rasa: RasaAssistant, channel: DeskChannel
) -> None:
    channel.stuck = True
    started = time.monotonic()
    with pytest.raises(AssistantUnavailable):
        await ask(rasa)
    assert time.monotonic() - started < 3


async def test_a_bot_that_is_not_there_is_unavailable_and_not_healthy() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assistant = RasaAssistant(f"http://127.0.0.1:{probe.getsockname()[1]}", TOKEN, TIMEOUT)
        with pytest.raises(AssistantUnavailable):
            await ask(assistant)
        assert await assistant.healthy() is False
        await assistant.close()
