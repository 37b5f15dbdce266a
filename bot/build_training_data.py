"""Knowledge entries as Rasa training data: `python -m bot.build_training_data KNOWLEDGE OUT`.

KNOWLEDGE is a JSON file `[{"key", "question", "questions", "answer"?, "task"?}]`, or a folder of
`nlu_data/faq/*.yml`. Into OUT go `nlu/faq.yml` for `--data` and `domain/` for `--domain`
(the bot's own domain and the part that belongs to the entries; Rasa takes one folder only). Needs
nothing of Rasa.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

INTENT = "faq"
_DOMAIN = Path(__file__).parent / "domain"
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_SENTENCE_END = re.compile(r"[。；！？\n]+")
_SHORTEST_SENTENCE = 5
_SPACE = re.compile(r"\s+")


class KnowledgeError(ValueError):
    """The knowledge entries cannot be used."""


@dataclass(frozen=True)
class KnowledgeEntry:
    """An entry: `question` is the standard wording, `questions` are others.

    `task` is the intent that does what the entry explains, or empty.
    """

    key: str
    question: str
    questions: tuple[str, ...] = ()
    answer: str = ""
    task: str = ""


def read_entries(source: Path) -> list[KnowledgeEntry]:
    """Entries of a JSON file or of a folder of YAML files.

    Raises `OSError` and `KnowledgeError`.
    """
    if source.is_dir():
        raw = [
            entry
            for path in sorted(source.glob("*.yml"))
            for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["entries"]
        ]
    else:
        raw = json.loads(source.read_text(encoding="utf-8"))
    return [_entry(item) for item in raw]


def training_data(entries: Sequence[KnowledgeEntry]) -> dict[str, Any]:
    """Rasa NLU data: one retrieval intent `faq/<key>` an entry.

    The standard question is a training line too, marked with the metadata `part: title` and the
    `task` of the entry. Sentences of the answer are lines marked `part: answer`: they teach the
    classifier the words of the subject but are no wordings.

    Raises `KnowledgeError` for a repeated key or none at all.
    """
    keys = [entry.key for entry in entries]
    if not entries or len(set(keys)) != len(keys):
        raise KnowledgeError("entries are missing or share a key")
    nlu: list[dict[str, Any]] = []
    for entry in entries:
        title, *wordings = _unique([entry.question, *entry.questions])
        answer = [
            line
            for line in _unique(_SENTENCE_END.split(entry.answer))
            if len(line) >= _SHORTEST_SENTENCE and line not in (title, *wordings)
        ]
        intent = f"{INTENT}/{entry.key}"
        about = {"part": "title", **({"task": entry.task} if entry.task else {})}
        marked = [(title, about), *((line, {"part": "answer"}) for line in answer)]
        examples = [{"text": line, "metadata": metadata} for line, metadata in marked]
        nlu.append({"intent": intent, "examples": examples})
        if wordings:  # as one text: Rasa checks a list item by item, for a minute
            nlu.append({"intent": intent, "examples": "".join(f"- {line}\n" for line in wordings)})
    return {"version": "3.1", "nlu": nlu}


def domain_part(entries: Sequence[KnowledgeEntry]) -> dict[str, Any]:
    """The domain Rasa wants beside a retrieval intent: a response for each entry.

    The text is the question: the bot takes its answers from the knowledge base, never from here.
    """
    return {
        "version": "3.1",
        "responses": {
            f"utter_{INTENT}/{entry.key}": [{"text": _line(entry.question)}] for entry in entries
        },
    }


def write(entries: Sequence[KnowledgeEntry], out: Path, bots: Path = _DOMAIN) -> None:
    """Write data and domain into `out`; `bots` is the bot's own part of the domain."""
    (out / "domain").mkdir(parents=True, exist_ok=True)
    for path in sorted(bots.glob("*.yml")):
        shutil.copyfile(path, out / "domain" / path.name)
    for name, content in (("nlu", training_data(entries)), ("domain", domain_part(entries))):
        folder = out / name
        folder.mkdir(exist_ok=True)
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000)
        (folder / "faq.yml").write_text(text, encoding="utf-8")


def _entry(item: Mapping[str, Any]) -> KnowledgeEntry:
    key, question = str(item.get("key") or ""), str(item.get("question") or "").strip()
    if not _KEY.fullmatch(key) or not question:
        raise KnowledgeError(f"entry {key!r} has no usable key or question")
    return KnowledgeEntry(
        key,
        question,
        tuple(map(str, item.get("questions") or ())),
        str(item.get("answer") or ""),
        str(item.get("task") or ""),
    )


def _unique(lines: Iterable[str]) -> list[str]:
    return [line for line in dict.fromkeys(map(_line, lines)) if line]


def _line(text: str) -> str:
    """One line; Rasa reads `[text](entity)` as an entity, so brackets go their own way."""
    return _SPACE.sub(" ", text.replace("](", "] (")).strip()


def main() -> int:
    """Write the files; 1 and a sentence when that is not possible."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("knowledge", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--domain", type=Path, default=_DOMAIN, help="the bot's own part")
    arguments = parser.parse_args()
    try:
        write(read_entries(arguments.knowledge), arguments.out, arguments.domain)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"{arguments.knowledge}: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
