"""Entries as Rasa's YAML: retrieval intents `faq/<key>`, and responses `utter_faq/<key>`.

What Rasa has no place for stands in the metadata of the intent, in the words of the columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from api.knowledge.changes import is_category
from api.knowledge.transfer.shapes import MOST_ROWS, Problem, Row, Table, Value
from api.knowledge.transfer.words import HEADS

_INTENT = "faq/"
_RESPONSE = "utter_faq/"
_OWN = frozenset({"key", "questions", "answer"})
_DEEPEST = 12


def read_rasa(text: str) -> Table:
    """The retrieval intents of a training file; other intents are left alone."""
    try:
        if not _harmless(text):
            return Table(problems=[Problem(row=0, code="yaml_too_deep")])
        raw = yaml.load(text, yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        return Table(problems=[Problem(row=line, code="broken_yaml", values={"line": line})])
    raw = raw if isinstance(raw, Mapping) else {}
    table = Table(columns=frozenset(HEADS))
    responses = raw.get("responses")
    answers = responses if isinstance(responses, Mapping) else {}
    blocks = raw.get("nlu")
    for number, block in enumerate(blocks if isinstance(blocks, list) else (), start=1):
        if isinstance(block, Mapping) and str(block.get("intent", "")).startswith(_INTENT):
            _add(table, number, block, answers)
    if len(table.rows) > MOST_ROWS:
        return Table(problems=[Problem(row=0, code="too_many_rows", values={"most": MOST_ROWS})])
    if not table.rows:
        table.problems.append(Problem(row=0, code="no_rows"))
    return table


def written_rasa(rows: Iterable[Mapping[str, str]]) -> str:
    """The cells of entries (`columns.cells_of`) as YAML."""
    nlu, responses = [], {}
    for cells in rows:
        name = cells["key"]
        metadata = {key: text for key, text in cells.items() if key not in _OWN and text}
        wordings = [cells["question"], *cells["questions"].splitlines()]
        examples = "".join(f"- {line}\n" for line in wordings)
        nlu.append({"intent": _INTENT + name, "metadata": metadata, "examples": examples})
        responses[_RESPONSE + name] = [{"text": cells["answer"]}]
    document = {"version": "3.1", "nlu": nlu, "responses": responses}
    return yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def _add(table: Table, number: int, block: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    key = str(block["intent"]).removeprefix(_INTENT)
    metadata = block.get("metadata")
    told = metadata if isinstance(metadata, Mapping) else {}
    cells = {name: str(told[name]) for name in HEADS if told.get(name) is not None}
    wordings = _examples(block.get("examples"))
    cells.setdefault("question", wordings[0] if wordings else "")
    if "category" not in cells:
        prefix = key.partition("_")[0]
        cells["category"] = prefix if is_category(prefix) else "other"
        values: dict[str, Value] = {"value": cells["category"]}
        guessed = Problem(
            row=number, column="category", code="guessed_category", level="warning", values=values
        )
        table.problems.append(guessed)
    cells["key"] = key
    if cells["question"] in wordings:
        wordings.remove(cells["question"])
    cells["questions"] = "\n".join(wordings)
    cells["answer"] = _answer(answers.get(_RESPONSE + key))
    for name in HEADS:
        cells.setdefault(name, "")
    table.rows.append(Row(number, cells))


def _examples(raw: object) -> list[str]:
    lines = raw.splitlines() if isinstance(raw, str) else []
    return [line.strip()[1:].strip() for line in lines if line.strip().startswith("-")]


def _answer(raw: object) -> str:
    first = raw[0] if isinstance(raw, list) and raw else {}
    return str(first.get("text") or "") if isinstance(first, Mapping) else ""


def _harmless(text: str) -> bool:
    """No aliases, which may stand for gigabytes, and nothing nested beyond all reason."""
    depth = 0
    for event in yaml.parse(text, yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            return False
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _DEEPEST:
            return False
    return True


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as blocks, as people write them."""


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
