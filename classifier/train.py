"""Training: one label of any file, or the six labels of the desk in one go."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.resources import files
from pathlib import Path

import numpy as np
import sklearn
import yaml

from classifier.data import DataError, TriageRows, data_hash, read_labelled, read_triage
from classifier.labels import TARGETS
from classifier.store import save_model
from classifier.wishes import PERSON, names_no_person, read_wishes
from nlp import (
    CalibratedLinear,
    CueTable,
    Embedder,
    FeatureSettings,
    HybridFeatures,
    TextClassifier,
    Tokenizer,
    load_embedder,
)
from nlp.state import State

Progress = Callable[[str, int, int], None]
"""Called with a step (`read`, `features`, a target, `save`), steps done and steps in all."""

_FEATURES = FeatureSettings(embedding_weight=0.7, cue_weight=0.1)
_FOLDS = 3
_STRENGTH = 0.7
"""Best of a small grid on the desk's own messages: they have many subjects and few wordings each,
so that single words count for more than in intents."""
_STEPS = ("read", "features", *TARGETS, "save")


@dataclass(frozen=True)
class TargetReport:
    """One label: how many rows each key has, and the accuracy on rows held out in turn.

    `cross_validated_recall` is the share of each key's rows that were named rightly then.
    """

    rows: int
    counts: dict[str, int]
    cross_validated_accuracy: float
    cross_validated_recall: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingReport:
    """What was learned from what. `data_hash` is SHA-256 over the data files."""

    rows: int
    data_hash: str
    targets: dict[str, TargetReport]


def train_triage(
    paths: Sequence[Path],
    out: Path,
    progress: Progress | None = None,
    *,
    wishes: Sequence[Path] = (),
    lexicon: Path | None = None,
    embedder: Embedder | None = None,
) -> TrainingReport:
    """Train category, nature, impact, urgency, sentiment and anger and save them to `out`.

    `wishes` are files that say of messages whether they want a person (`classifier.wishes`); with
    them the model learns that too. Features are computed once for all. `lexicon` is a folder of
    jieba user words. The same data gives the same model. Raises `DataError`.
    """
    tell = _stepper(progress)
    tell("read")
    rows = read_triage(paths)
    wanted = read_wishes(wishes)
    for target in TARGETS:
        _need_two([rows.labels[target][row] for row in rows.labelled(target)], target)
    tell("features")
    features = HybridFeatures(
        embedder or load_embedder(),
        Tokenizer.from_folder(lexicon) if lexicon else Tokenizer(),
        _FEATURES,
        cues=load_cues(),
    )
    matrix = features.fit_transform([*rows.texts, *wanted.texts])
    heads: dict[str, CalibratedLinear] = {}
    for target in TARGETS:
        tell(target)
        labelled = rows.labelled(target)
        labels = [rows.labels[target][row] for row in labelled]
        head = CalibratedLinear(strength=_STRENGTH, balanced=True, folds=_FOLDS)
        heads[target] = head.fit(matrix[labelled], labels)
    if wishes:
        ordinary = [row for row, text in enumerate(rows.texts) if names_no_person(text)]
        asked = [*ordinary, *range(len(rows.texts), matrix.shape[0])]
        answers = ["0"] * len(ordinary) + list(wanted.labels)
        heads[PERSON] = CalibratedLinear(balanced=True, folds=_FOLDS).fit(matrix[asked], answers)
    tell("save")
    report = _report(rows, heads, data_hash([*paths, *wishes]))
    state: State = {
        "features": features.to_state(),
        "heads": {target: head.to_state() for target, head in heads.items()},
    }
    save_model(out, state, {"kind": "triage", **asdict(report), **_versions()})
    return report


def train_labels(
    path: Path,
    out: Path,
    *,
    text: str,
    label: str,
    lexicon: Path | None = None,
    embedder: Embedder | None = None,
) -> TargetReport:
    """Train one label of any TSV file and save it to `out`. Raises `DataError`."""
    data = read_labelled(path, text, label)
    _need_two(data.labels, label)
    model = TextClassifier(
        embedder or load_embedder(), Tokenizer.from_folder(lexicon) if lexicon else None
    )
    model.fit(data.texts, data.labels)
    report = TargetReport(
        len(data.texts), dict(Counter(data.labels)), model.cross_validated_accuracy
    )
    about = {"kind": "labels", "text": text, "label": label, "data_hash": data_hash([path])}
    save_model(out, model.to_state(), {**about, **asdict(report), **_versions()})
    return report


def load_cues() -> CueTable:
    """The cues of `cues.yml`: what the norms tell a reader to look for."""
    content = files("classifier").joinpath("cues.yml").read_text(encoding="utf-8")
    return CueTable(yaml.safe_load(content))


def _need_two(labels: Sequence[str], name: str) -> None:
    if len(set(labels)) < 2:
        raise DataError(f"{name}: at least two different labels are needed to learn from")


def _report(rows: TriageRows, heads: dict[str, CalibratedLinear], digest: str) -> TrainingReport:
    targets = {}
    for target in TARGETS:
        head = heads[target]
        labels = [label for label in rows.labels[target] if label]
        counts = Counter(labels)
        targets[target] = TargetReport(
            counts.total(),
            dict(sorted(counts.items())),
            head.cross_validated_accuracy,
            _recall(head, labels),
        )
    return TrainingReport(len(rows.texts), digest, targets)


def _recall(head: CalibratedLinear, labels: Sequence[str]) -> dict[str, float]:
    """Share of each label's rows that the head named rightly while they were held out."""
    held = [labels[row] for row in head.held_out_rows.tolist()]
    said = [head.classes_[column] for column in head.held_out_chances.argmax(axis=1).tolist()]
    there = Counter(held)
    right = Counter(label for label, guess in zip(held, said, strict=True) if label == guess)
    return {label: round(right[label] / count, 4) for label, count in sorted(there.items())}


def _stepper(progress: Progress | None) -> Callable[[str], None]:
    def tell(step: str) -> None:
        if progress is not None:
            progress(step, _STEPS.index(step), len(_STEPS))

    return tell


def _versions() -> dict[str, object]:
    return {
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "scikit-learn": sklearn.__version__,
        }
    }
