"""The files lines are kept in outside the desk: read with where each line stands, and written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import yaml

from api.learning.material.names import OwnKind, own_name
from api.learning.material.rasa_files import Example, dump, write_examples
from api.learning.material.texts import Kind
from api.models import TrainingLine
from classifier.data import DataError, Table, read_table, write_table
from classifier.labels import TARGETS
from classifier.wishes import LABEL, TEXT

_WORD, _TAG, _FREQUENCY = "word", "tag", "frequency"
_OWN = "own_intents"
_FAQ = "faq/"


class Unreadable(ValueError):
    """A file that nothing can be read from; `code` as in `api.learning.material.transfer`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Found:
    """A line of a file; `row` counts from 1."""

    file: str
    row: int
    kind: Kind
    label: str
    text: str
    labels: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OwnIntentFile:
    """An intent of one's own as it stands in a file."""

    name: str
    kind: OwnKind
    title: str
    description: str
    texts: tuple[str, ...]


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files, and the YAML and TSV files in the folders, by name."""
    found: list[Path] = []
    for path in paths:
        inside = path.rglob("*") if path.is_dir() else [path]
        found += [it for it in sorted(inside) if it.suffix in {".yml", ".yaml", ".tsv"}]
    return found


def read(path: Path) -> tuple[list[Found], list[OwnIntentFile]]:
    """The lines and intents of a file; raises Unreadable."""
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].count(b"\n") + 1
        raise Unreadable("not_utf8", f"line {before}") from None
    except OSError as error:
        raise Unreadable("unreadable", error.strerror or "") from None
    if path.suffix == ".tsv":
        return _read_tsv(path), []
    return _read_yaml(path.name, text)


def write(
    folder: Path,
    lines: Mapping[Kind, Sequence[TrainingLine]],
    own: Sequence[OwnIntentFile],
) -> None:
    """Write lines by kind and the intents of one's own into `folder`; what is empty is left out."""
    folder.mkdir(parents=True, exist_ok=True)
    parts: tuple[tuple[Kind, str], ...] = (("intent", "intents.yml"), ("synonym", "synonyms.yml"))
    for kind, name in parts:
        if lines[kind]:
            examples = [Example(line.label, line.text) for line in lines[kind]]
            write_examples(folder / name, examples, kind)
    rows = [
        [line.text, *(str(line.labels.get(target, "")) for target in TARGETS)]
        for line in lines["triage"]
    ]
    _write(folder / "triage.tsv", (TEXT, *TARGETS), rows)
    rows = [[line.text, line.label] for line in lines["human"]]
    _write(folder / "human.tsv", (TEXT, LABEL), rows)
    rows = [[it.text, it.label, str(it.labels.get(_FREQUENCY, ""))] for it in lines["word"]]
    _write(folder / "words.tsv", (_WORD, _TAG, _FREQUENCY), rows)
    if own:
        raw = [{**asdict(intent), "texts": list(intent.texts)} for intent in own]
        (folder / "own_intents.yml").write_text(dump({_OWN: raw}), "utf-8")


def _write(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if rows:
        write_table(path, columns, rows)


def _read_tsv(path: Path) -> list[Found]:
    try:
        table = read_table(path)
        for columns, of in _READERS.items():
            if set(columns) <= set(table.columns):
                return of(path.name, table)
    except DataError as error:
        raise Unreadable("unreadable", str(error).removeprefix(f"{path}: ")) from None
    raise Unreadable("unreadable", f"columns {', '.join(table.columns)}")


def _requests(file: str, table: Table) -> list[Found]:
    found = []
    for line in table.lines:
        labels: dict[str, str | int] = {
            target: line.cells[target].strip() for target in TARGETS if target in line.cells
        }
        category = line.cells["category"].strip()
        found.append(Found(file, line.number, "triage", category, line.cells[TEXT], labels))
    return found


def _wishes(file: str, table: Table) -> list[Found]:
    return [
        Found(file, line.number, "human", line.cells[LABEL].strip(), line.cells[TEXT])
        for line in table.lines
    ]


def _words(file: str, table: Table) -> list[Found]:
    found = []
    for line in table.lines:
        frequency = line.cells.get(_FREQUENCY, "").strip()
        labels: dict[str, str | int] = {}
        if frequency:
            labels[_FREQUENCY] = int(frequency) if frequency.isdecimal() else frequency
        tag = line.cells[_TAG].strip()
        found.append(Found(file, line.number, "word", tag, line.cells[_WORD], labels))
    return found


_READERS: Mapping[tuple[str, ...], Callable[[str, Table], list[Found]]] = {
    (TEXT, LABEL): _wishes,
    (TEXT, "category"): _requests,
    (_WORD, _TAG): _words,
}


def _read_yaml(file: str, text: str) -> tuple[list[Found], list[OwnIntentFile]]:
    try:
        root = yaml.compose(text, yaml.CSafeLoader)
        content = yaml.load(text, yaml.CSafeLoader)
        if not isinstance(content, dict) or not isinstance(root, yaml.MappingNode):
            raise Unreadable("unreadable", "no mapping")
        return _examples(file, root), [_own(raw) for raw in content.get(_OWN, ())]
    except yaml.YAMLError as error:
        raise Unreadable("unreadable", " ".join(str(error).split())) from None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable("unreadable", f"{type(error).__name__}: {error}") from None


def _own(raw: Mapping[str, Any]) -> OwnIntentFile:
    kind: OwnKind = raw["kind"]
    texts = tuple(map(str, raw.get("texts") or ()))
    if own_name(raw["name"], kind) != raw["name"] or (kind == "chitchat") != bool(texts):
        raise ValueError(raw["name"])
    if any(brace in text for text in texts for brace in "{}"):  # nothing is filled in
        raise ValueError(raw["name"])
    title, description = str(raw["title"]).strip(), str(raw.get("description") or "")
    return OwnIntentFile(raw["name"], kind, title, description, texts)


def _examples(file: str, root: yaml.MappingNode) -> list[Found]:
    """The examples of intents and synonyms, each with the row it stands in."""
    found = []
    for block in _parts(root).get("nlu", yaml.SequenceNode("", [])).value:
        parts = _parts(block)
        kind: Kind = "synonym" if "synonym" in parts else "intent"
        if kind not in parts or "examples" not in parts:
            continue  # lookup tables and regular expressions are the bot's
        label, examples = str(parts[kind].value), parts["examples"]
        if label.startswith(_FAQ):
            continue
        for row, line in _rows(examples):
            if line.strip():
                said = line.strip().removeprefix("-").strip()
                found.append(Found(file, row, kind, label, said))
    return found


def _parts(node: Any) -> dict[str, Any]:
    return {key.value: value for key, value in node.value}


def _rows(examples: Any) -> list[tuple[int, str]]:
    """`(row, line)`; what is not written as a block stands in the row it begins in."""
    start = examples.start_mark.line + 1
    if isinstance(examples, yaml.SequenceNode):
        return [(item.start_mark.line + 1, _text(item)) for item in examples.value]
    step = 1 if examples.style == "|" else 0
    lines = examples.value.splitlines()
    return [(start + step * (number + 1), line) for number, line in enumerate(lines)]


def _text(item: Any) -> str:
    return str(_parts(item)["text"].value if isinstance(item, yaml.MappingNode) else item.value)
