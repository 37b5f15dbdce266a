"""What a training's log says of the bot's part."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from api.learning.runs.views import in_zone
from api.learning.runs.work import legible


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "2026-11-21 21:59:45 INFO     rasa.engine.training.hooks  - Finished training it.",
            "Finished training it.",
        ),
        ("\x1b[92mYour Rasa model is trained.\x1b[0m", "Your Rasa model is trained."),
        ("Processed trackers:  22%|██▏       | 9/41 [00:00<00:00, 67.69it/s]", ""),
        ("Processed actions: 0it [00:00, ?it/s]\rProcessed actions: 83it", ""),
        ("ValueError: 50% of it", "ValueError: 50% of it"),
        ("   ", ""),
        ("/opt/bot/lib/rasa/io.py:99: UserWarning: Slot 'a' is not used.", ""),
        ("  rasa.shared.utils.io.raise_warning(", ""),
        ("  warnings.warn(", ""),
        ("Saved at '/srv/desk/releases/.w/model.tar.gz'.", "Saved at 'model.tar.gz'."),
        ('  File "/srv/bot/nlu.py", line 3, in train', 'File "nlu.py", line 3, in train'),
        ("More at https://rasa.com/docs/rasa/nlu", "More at https://rasa.com/docs/rasa/nlu"),
        ("9/41 intents and/or entries", "9/41 intents and/or entries"),
    ],
)
def test_lines_are_for_people(line: str, said: str) -> None:
    assert legible(line) == said


def test_a_log_is_shown_with_the_times_of_the_desk() -> None:
    log = "20:59:59 [models]\n20:59:59 bot: 10:00:00 is said\n"
    shown = in_zone(log, datetime(2026, 11, 21, 20, 0, tzinfo=UTC), ZoneInfo("Asia/Shanghai"))
    assert shown == "04:59:59 [models]\n04:59:59 bot: 10:00:00 is said\n"
