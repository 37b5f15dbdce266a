"""A labelled file as a Rasa project: data, domain, one rule an intent, configuration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from cli import texts
from cli.bench.nlu.systems import System
from cli.bench.tables import other_column, read
from cli.errors import Refused

VERSION = "3.1"
MODEL = "model"
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Examples:
    """Texts and their intents, side by side."""

    texts: tuple[str, ...]
    intents: tuple[str, ...]


def read_examples(path: Path) -> Examples:
    """The column `text` and the other one; `Refused` for a file that cannot be used."""
    table = read(path)
    label = other_column(table)
    try:
        table.need(label)
    except ValueError as error:
        raise Refused(texts.BENCH_BAD_FILE.fill(reason=error)) from error
    return Examples(
        tuple(line.cells["text"] for line in table.lines),
        tuple(line.cells[label].strip() for line in table.lines),
    )


def safe_names(intents: Sequence[str]) -> dict[str, str]:
    """A name for each intent that means nothing special to Rasa (`/`, `+`, YAML's words …)."""
    return {intent: f"intent_{n:04d}" for n, intent in enumerate(sorted(set(intents)))}


def harmless(text: str) -> str:
    """One line that Rasa reads as text: no entity `[a](b)`, no payload `/intent`."""
    line = _SPACE.sub(" ", text.replace("](", "] (").replace("]{", "] {")).strip()
    return f"／{line[1:]}" if line.startswith("/") else line


def write_project(
    folder: Path, system: System, examples: Examples, names: Mapping[str, str]
) -> None:
    """Everything `rasa train` and `rasa run` read."""
    folder.mkdir(parents=True, exist_ok=True)
    by_intent: dict[str, list[dict[str, str]]] = {name: [] for name in names.values()}
    for text, intent in zip(examples.texts, examples.intents, strict=True):
        by_intent[names[intent]].append({"text": harmless(text)})
    _write(
        folder / "config.yml",
        {
            "recipe": "default.v1",
            "language": "zh",
            "assistant_id": f"bench-{system.key}",
            "pipeline": [dict(part) for part in system.pipeline],
            "policies": [{"name": "RulePolicy"}],
        },
    )
    _write(
        folder / "domain.yml",
        {
            "version": VERSION,
            "intents": list(by_intent),
            "responses": {f"utter_{name}": [{"text": name}] for name in by_intent},
        },
    )
    nlu = [{"intent": name, "examples": lines} for name, lines in by_intent.items()]
    _write(folder / "data" / "nlu.yml", {"version": VERSION, "nlu": nlu})
    rules = [
        {"rule": name, "steps": [{"intent": name}, {"action": f"utter_{name}"}]}
        for name in by_intent
    ]
    _write(folder / "data" / "rules.yml", {"version": VERSION, "rules": rules})
    _write(folder / "credentials.yml", {"rest": None})
    _write(folder / "endpoints.yml", {"tracker_store": {"type": "InMemory"}})


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False, width=10_000)
    path.write_text(text, encoding="utf-8")
