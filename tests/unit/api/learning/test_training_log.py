"""What a training's log says of the bot's part."""

from __future__ import annotations

import pytest

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
    ],
)
def test_lines_are_for_people(line: str, said: str) -> None:
    assert legible(line) == said
