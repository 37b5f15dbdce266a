"""The files of the bot for a training, with what staff have changed of them: pure but for files."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from api.learning.material.names import response_of
from api.learning.material.rasa_files import VERSION, dump
from api.settings import REPOSITORY

BOT = REPOSITORY / "bot"
FREQUENCY = 1_000
"""How frequent a word is to jieba unless something else is said: often enough to be kept whole."""
_PARTS = ("data", "domain", "rules")
_OWN = "own.yml"
_TO_A_PERSON = "action_transfer_to_human"


@dataclass(frozen=True, slots=True)
class OwnIntent:
    """An intent that was added to those the bot comes with; `texts` answer a `chitchat`."""

    name: str
    kind: str
    texts: Sequence[str]


def write(
    folder: Path,
    own: Sequence[OwnIntent],
    absent: Collection[str],
    responses: Mapping[str, Sequence[str]],
) -> None:
    """Copy the bot's data, domain and rules into `folder`, and put in what was changed.

    `absent` are intents whose examples are left out; `responses` are texts by key.
    """
    for part in _PARTS:
        shutil.copytree(BOT / part, folder / part)
    for path in sorted((folder / "data").glob("*.yml")):
        _without(path, absent)
    for path in sorted((folder / "domain").glob("*.yml")):
        _overlay(path, responses)
    if own:
        (folder / "domain" / _OWN).write_text(dump(_own_domain(own)), "utf-8")
        (folder / "rules" / _OWN).write_text(dump(_own_rules(own)), "utf-8")


def fitted_config(text: str, own: Sequence[OwnIntent], *, synonyms: bool) -> str:
    """config.yml with own small talk among the remarks, and with synonyms if there are any."""
    remarks = [intent.name for intent in own if intent.kind == "chitchat"]
    if not remarks and not synonyms:
        return text
    config = yaml.safe_load(text)
    pipeline = config["pipeline"]
    for component in pipeline:
        if "remarks" in component:
            component["remarks"] += remarks
    if synonyms:
        names = [component["name"].rpartition(".")[2] for component in pipeline]
        pipeline.insert(names.index("NumberEntityExtractor") + 1, {"name": "EntitySynonymMapper"})
    return dump(config)


def with_texts(variants: Sequence[dict[str, Any]], texts: Sequence[str]) -> list[dict[str, Any]]:
    """A response with other texts: each keeps the buttons of the variant it stands for."""
    last = len(variants) - 1
    return [{**variants[min(number, last)], "text": text} for number, text in enumerate(texts)]


def _without(path: Path, absent: Collection[str]) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    kept = [block for block in content["nlu"] if block.get("intent") not in absent]
    if len(kept) < len(content["nlu"]):
        path.write_text(dump({**content, "nlu": kept}), "utf-8")


def _overlay(path: Path, responses: Mapping[str, Sequence[str]]) -> None:
    content = yaml.safe_load(path.read_text("utf-8"))
    known = content.get("responses", {})
    changed = {key: with_texts(known[key], responses[key]) for key in known if key in responses}
    if changed:
        path.write_text(dump({**content, "responses": {**known, **changed}}), "utf-8")


def _own_domain(own: Sequence[OwnIntent]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "intents": [intent.name for intent in own],
        "responses": {
            response_of(intent.name): [{"text": text} for text in intent.texts]
            for intent in own
            if intent.kind == "chitchat"
        },
    }


def _own_rules(own: Sequence[OwnIntent]) -> dict[str, Any]:
    return {
        "version": VERSION,
        "rules": [
            {
                "rule": f"of one's own: {intent.name}",
                "steps": [
                    {"intent": intent.name},
                    {"action": response_of(intent.name)}
                    if intent.kind == "chitchat"
                    else {"action": _TO_A_PERSON},
                ],
            }
            for intent in own
        ],
    }
