"""What a release makes of the held-out lines, kept in its folder as `predictions.jsonl`.

A line counts as the desk would handle it as the first message of a conversation: the worker's rule
and classifier first, then the bot.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from api.ids import new_id
from api.learning import releases
from api.learning.labelling import load_classifier
from api.learning.measuring import (
    WISH_COLUMN,
    look,
    person_wanted,
    true_labels,
    true_wish,
)
from api.learning.proof.parsing import Understood, task_intents, understand
from classifier.data import DataError, Line, Table, read_table

FILE = "predictions.jsonl"
ASK_HUMAN = "ask_human"
FOREIGN = "out_of_scope"
"""What is expected of a message that no entry answers."""
PERSON, NOBODY = "person", "nobody"
HUMAN = "human"
"""Outcome: a person is asked at once."""
Told = Callable[[float], None]
"""How much is done, 0–1."""
Place = tuple[str, str, str, str]
"""Set, part, text and truth of a held-out line: the same in two releases' predictions."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What people said of one held-out line. `part` is `faq`, `intent`, `human` or a target of
    triage; `set` the file it is from."""

    set: str
    part: str
    text: str
    expected: str

    @property
    def line(self) -> Place:
        """The same in two releases' predictions."""
        return self.set, self.part, self.text, self.expected


@dataclass(frozen=True, slots=True)
class Prediction(Expected):
    """… and what a release says of it. `predicted` of the part `faq` is an `Outcome.key`;
    `confidence` is 0–1 and belongs to what was predicted."""

    predicted: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the desk does with a message: `answer:KEY`, `suggestions:KEY,KEY`, `intent:NAME`,
    `human` or `none`."""

    key: str
    confidence: float

    @property
    def kind(self) -> str:
        """The part before the colon."""
        return self.key.partition(":")[0]


@dataclass(frozen=True, slots=True)
class Seen:
    """One text as a release sees it."""

    outcome: Outcome
    intent: tuple[str, float]
    labels: Mapping[str, tuple[str, float]]


class Release:
    """The models of one release and what is known of its bot's dialogues."""

    def __init__(self, folder: Path, bot_python: Path) -> None:
        """`folder` holds `model.tar.gz`, `classifier/` and `data/`."""
        self._folder = folder
        self._bot_python = bot_python
        self._tasks = task_intents(folder)
        self._task_of = _tasks_of_entries(folder / "data" / "knowledge.json")

    def look(self, texts: Sequence[str], told: Told | None = None) -> list[Seen]:
        """What becomes of each text; raises `ParsingFailed` and `ModelError`."""
        classifier = load_classifier(self._folder / "classifier")
        _, known = look(classifier, "")
        wish = None if known is None else 0.0  # as the worker asks the bot
        with ThreadPoolExecutor(1) as beside:  # the bot is a process of its own
            labelling = beside.submit(lambda: [look(classifier, text) for text in texts])
            parsed = understand(
                self._bot_python,
                self._folder / releases.MODEL,
                texts,
                [wish] * len(texts),
                (lambda done, total: told(done / total)) if told else None,
            )
            seen = labelling.result()
        return [
            Seen(outcome(text, wish, understood), (understood.intent, understood.confidence), said)
            for text, (said, wish), understood in zip(texts, seen, parsed, strict=True)
        ]

    def judge(self, line: Expected, seen: Seen) -> Prediction:
        """One held-out line and what the release says of it."""
        if line.part == "faq":
            said, right = seen.outcome, self._answers(line.expected, seen.outcome)
        elif line.part == "intent":
            # the bot is not asked where the worker hands over
            asked = seen.outcome.kind == HUMAN and line.expected == ASK_HUMAN
            said = Outcome(ASK_HUMAN, seen.outcome.confidence) if asked else Outcome(*seen.intent)
            right = said.key == line.expected
        elif line.part == "human":
            granted = seen.outcome.kind == HUMAN
            said = Outcome(PERSON if granted else NOBODY, seen.outcome.confidence)
            right = said.key == line.expected
        else:
            said = Outcome(*seen.labels[line.part])
            right = said.key == line.expected
        return Prediction(*line.line, said.key, round(said.confidence, 4), right)

    def _answers(self, expected: str, found: Outcome) -> bool:
        """Whether a question gets its answer, at least among suggestions, or the task that does
        what the answer explains; and whether a message that nothing answers is left alone."""
        kind, _, about = found.key.partition(":")
        if expected == FOREIGN:
            return kind == "none" or (kind == "intent" and about not in self._tasks)
        if kind == "intent":
            return about == self._task_of.get(expected)
        return kind in ("answer", "suggestions") and expected in about.split(",")


def outcome(text: str, wish: float | None, understood: Understood) -> Outcome:
    """What the desk does with a first message; `wish` is the classifier's `wants_person`."""
    if person_wanted(text, wish):
        return Outcome(HUMAN, 1.0 if wish is None else wish)
    if understood.intent == ASK_HUMAN:
        return Outcome(HUMAN, understood.confidence)
    best = understood.ranking[0] if understood.ranking else ("", 0.0)
    match understood.kind:
        case "answer":
            return Outcome(f"answer:{best[0]}", best[1])
        case "suggestion":
            return Outcome("suggestions:" + ",".join(understood.offer), best[1])
        case "refusal":
            return Outcome("none", 1.0 - best[1])
        case _:
            return Outcome(f"intent:{understood.intent}", understood.confidence)


def held_out(folder: Path) -> list[Expected]:
    """All held-out lines of a snapshot's folder `held_out`; raises `DataError`."""
    found: list[Expected] = []
    for path in sorted(folder.glob("*.tsv")):
        table = read_table(path, ("text",))
        table.need("text")
        for line in table.lines:
            found += [
                Expected(path.stem, part, line.cells["text"], expected)
                for part, expected in _expected(table, line)
            ]
    return found


def store(folder: Path, predictions: Iterable[Prediction]) -> None:
    """Keep predictions with their release, whole or not at all."""
    # a name of its own: a training and a proof may ask the same release at the same moment
    unfinished = folder / f".{FILE}-{new_id().hex}"
    try:
        with unfinished.open("w", encoding="utf-8") as file:
            for prediction in predictions:
                file.write(json.dumps(asdict(prediction), ensure_ascii=False) + "\n")
        unfinished.replace(folder / FILE)
    finally:
        unfinished.unlink(missing_ok=True)


def stored(folder: Path) -> list[Prediction]:
    """What was kept; nothing for a release of before predictions were kept."""
    try:
        with (folder / FILE).open(encoding="utf-8") as lines:
            return [Prediction(**json.loads(line)) for line in lines]
    except FileNotFoundError:
        return []


def _expected(table: Table, line: Line) -> list[tuple[str, str]]:
    name = table.path.stem
    if name.startswith("faq"):
        return [("faq", line.cells["key"].strip() or FOREIGN)]
    if name.startswith("intents"):
        return [("intent", line.cells["intent"].strip())]
    if name.startswith("human"):
        if WISH_COLUMN not in line.cells:
            raise DataError(f"{table.path}: no column {WISH_COLUMN!r} in the header")
        return [("human", PERSON if true_wish(table, line) else NOBODY)]
    return list(true_labels(table, line).items())


def _tasks_of_entries(path: Path) -> dict[str, str]:
    """Which task does what an entry explains, by the entry's key."""
    return {
        entry["key"]: entry["task"]
        for entry in json.loads(path.read_text("utf-8"))
        if entry.get("task")
    }
