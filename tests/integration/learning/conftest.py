"""A desk that trains no real bot."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.settings import Settings
from tests.support.trainings import StubBot, stub_bot


@pytest.fixture
def bot(tmp_path: Path) -> StubBot:
    """A bot that is trained in no time."""
    return stub_bot(tmp_path / "bot")


@pytest.fixture
def settings(settings: Settings, bot: StubBot) -> Settings:
    """The test's desk with that bot."""
    return settings.model_copy(update={"bot_python": bot.python})
