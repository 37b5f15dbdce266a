"""One trained model and one running bot for all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot.running_bot import RunningBot, Visitor, running_bot
from tests.bot.training import knowledge
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.support.running_desk import RunningDesk


@pytest.fixture(scope="session")
def model(request: pytest.FixtureRequest) -> Path:
    """The first release of a new desk; `FENZHEN_TEST_MODEL` names another model."""
    if ready := os.environ.get("FENZHEN_TEST_MODEL"):
        return Path(ready)
    desk: RunningDesk = request.getfixturevalue("desk")
    return desk.home / "releases" / "1" / "model.tar.gz"


@pytest.fixture(scope="session")
def bot(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBot]:
    """The bot, running."""
    gateway = MemoryGateway(knowledge())
    with running_bot(gateway, model, tmp_path_factory.mktemp("bot")) as running:
        yield running


@pytest.fixture
def gateway(bot: RunningBot) -> Iterator[MemoryGateway]:
    """The desk behind the bot, whole again after the test."""
    desk = bot.desk.gateway
    yield desk
    desk.down = False
    desk.inactive.clear()
    desk.store.refuse.clear()
    desk.store.no_slots = False


@pytest.fixture
def visitor(bot: RunningBot, gateway: MemoryGateway) -> Visitor:
    """A new conversation."""
    return bot.visitor()
