"""Training a model for the tests from the shipped data."""

from __future__ import annotations

from pathlib import Path

import yaml

from actions.gateway import KnowledgeEntry
from tests.bot.running_bot import REPOSITORY, run_in_bot

FAQ = REPOSITORY / "nlu_data" / "faq"


def train(folder: Path) -> Path:
    """Build the training data and train, as a release does; returns the model."""
    run_in_bot("-m", "bot.build_training_data", str(FAQ), str(folder / "data"))
    run_in_bot(
        *("-m", "rasa", "train", "--quiet", "--skip-validation"),
        *("--config", "config.yml", "--domain", str(folder / "data" / "domain")),
        *("--data", str(folder / "data" / "nlu"), "nlu_data/intents", "bot/data", "bot/rules"),
        *("--out", str(folder), "--fixed-model-name", "model"),
        RASA_CACHE_DIRECTORY=str(folder / "cache"),
    )
    return folder / "model.tar.gz"


def knowledge() -> list[KnowledgeEntry]:
    """The shipped knowledge entries as the desk would serve them."""
    found = []
    for path in sorted(FAQ.glob("*.yml")):
        content = yaml.safe_load(path.read_text("utf-8"))
        found += [
            KnowledgeEntry(
                key=entry["key"],
                category=content["category"],
                question=entry["question"],
                answer=entry["answer"],
                task=entry.get("task"),
            )
            for entry in content["entries"]
        ]
    return found
