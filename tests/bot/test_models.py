"""Models come and go while customers talk: a turn is of one model, and says of which."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from tests.bot.running_bot import RunningBot, Visitor
from tests.support.waiting import eventually

KNOWN = "退款多久到账"
SECONDS = 60


def until_models(bot: RunningBot, models: dict[str, str]) -> None:
    asyncio.run(eventually(lambda: bot.models() == models, f"{models} answer", SECONDS))


@pytest.fixture
def live(bot: RunningBot) -> Iterator[Path]:
    """The model of the live release; it is served again after the test."""
    model = bot.desk.model
    assert model is not None
    yield model
    bot.desk.model, bot.desk.canary = model, None
    until_models(bot, {"live": model.name})


@pytest.fixture
def other(live: Path, tmp_path: Path) -> Path:
    """A model of another release."""
    return Path(shutil.copy(live, tmp_path / "other.tar.gz"))


def test_turns_go_on_while_the_model_changes_and_each_names_its_own(
    bot: RunningBot, live: Path, other: Path
) -> None:
    bot.desk.model = other
    seen: list[str] = []
    with ThreadPoolExecutor(2) as pool:
        while other.name not in seen:
            visitors = [bot.visitor(), bot.visitor()]
            answers = list(pool.map(lambda visitor: visitor.say(KNOWN), visitors))
            assert {answer["outcome"] for answer in answers} == {"faq"}
            seen += [answer["model"] for answer in answers]
    assert set(seen) <= {live.name, other.name}
    assert bot.models() == {"live": other.name}


def test_a_model_that_is_not_loaded_is_refused_and_nothing_is_done(
    bot: RunningBot, live: Path, visitor: Visitor
) -> None:
    message = uuid4().hex
    response = visitor.send(KNOWN, message, model="gone.tar.gz")
    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (409, "other_model")
    assert error["details"] == {"model": live.name}
    answer = visitor.say(KNOWN, message, model=live.name)
    assert (answer["model"], answer["replayed"]) == (live.name, False)


def test_a_recorded_answer_names_the_model_that_gave_it(
    bot: RunningBot, live: Path, other: Path, visitor: Visitor
) -> None:
    message = uuid4().hex
    first = visitor.say(KNOWN, message)
    bot.desk.model = other
    until_models(bot, {"live": other.name})
    again = visitor.say(KNOWN, message, model=other.name)
    assert again == {**first, "replayed": True}
    assert again["model"] == live.name


def test_the_canary_answers_its_track_until_it_is_gone(
    bot: RunningBot, live: Path, other: Path, visitor: Visitor
) -> None:
    assert visitor.say(KNOWN, track="canary")["model"] == live.name
    bot.desk.canary = other
    until_models(bot, {"live": live.name, "canary": other.name})
    assert visitor.say(KNOWN, track="canary")["model"] == other.name
    assert visitor.say(KNOWN)["model"] == live.name
    assert visitor.say(KNOWN, track="canary", model=live.name)["model"] == live.name
    bot.desk.canary = None
    until_models(bot, {"live": live.name})
    assert visitor.say(KNOWN, track="canary")["model"] == live.name
    assert visitor.send(KNOWN, track="canary", model=other.name).status_code == 409


def test_a_model_that_cannot_be_read_leaves_the_one_that_works(
    bot: RunningBot, live: Path, visitor: Visitor, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"no model")
    bot.desk.model = broken

    def noticed() -> bool:
        return "desk.model_not_loaded" in bot.log.read_text("utf-8")

    asyncio.run(eventually(noticed, "the broken model is tried", SECONDS))
    assert visitor.say(KNOWN)["model"] == live.name


def test_only_known_tracks_are_readable(visitor: Visitor) -> None:
    for wrong in ({"track": "beta"}, {"model": 7}, {"model": ""}):
        response = visitor.send(KNOWN, **wrong)
        assert response.status_code == 400
        assert response.json()["error"]["code"] == "invalid_request"
