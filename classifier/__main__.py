"""Command line: `python -m classifier train | train-triage | evaluate | predict`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from classifier.cleaning import Report
from classifier.data import (
    DataError,
    read_clean,
    read_clean_triage,
    read_labelled,
    read_triage,
    write_table,
)
from classifier.evaluate import Scores, as_plain, score_labels, score_triage
from classifier.predict import LabelClassifier, TriageClassifier
from classifier.store import ModelError, load_metadata
from classifier.train import train_labels, train_triage
from nlp.tokens import LexiconError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 2 with one line on stderr when the input is bad."""
    chosen = _parser().parse_args(arguments)
    try:
        chosen.run(chosen)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader (`| head`) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (DataError, ModelError, LexiconError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2
    return 0


def _train(chosen: argparse.Namespace) -> None:
    cleaned, left_out = read_clean(chosen.data, chosen.text, chosen.label, strict=chosen.strict)
    _warn(left_out)
    lines = zip(cleaned.texts, cleaned.labels, strict=True)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / chosen.data.name
        write_table(kept, (chosen.text, chosen.label), lines)
        report = train_labels(
            kept, chosen.out, text=chosen.text, label=chosen.label, lexicon=chosen.lexicon
        )
    if chosen.json:
        _say_json({**asdict(report), "left_out": asdict(left_out)})
        return
    _say(f"{report.rows} rows, {len(report.counts)} labels → {chosen.out}")
    _say(f"accuracy on rows held out in turn: {report.cross_validated_accuracy:.3f}")


def _train_triage(chosen: argparse.Namespace) -> None:
    def progress(step: str, done: int, steps: int) -> None:
        sys.stderr.write(f"[{done + 1}/{steps}] {step}\n")

    rows, left_out = read_clean_triage(chosen.data, strict=chosen.strict)
    _warn(left_out)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "triage.tsv"
        write_table(
            kept, ("text", *rows.labels), zip(rows.texts, *rows.labels.values(), strict=True)
        )
        report = train_triage([kept], chosen.out, progress, lexicon=chosen.lexicon)
    if chosen.json:
        _say_json({**asdict(report), "left_out": asdict(left_out)})
        return
    _say(f"{report.rows} rows → {chosen.out}")
    for target, item in report.targets.items():
        _say(f"{target:<10} accuracy on rows held out in turn: {item.cross_validated_accuracy:.3f}")


def _evaluate(chosen: argparse.Namespace) -> None:
    """Every line counts, repeated ones and unknown labels too: the file is the examination."""
    if load_metadata(chosen.model)["kind"] == "triage":
        scores = score_triage(TriageClassifier.load(chosen.model), read_triage([chosen.data]))
        if chosen.json:
            _say_json(as_plain(scores))
            return
        for target, item in scores.items():
            _say_scores(target, item)
        return
    model = LabelClassifier.load(chosen.model)
    text, label = chosen.text or model.text, chosen.label or model.label
    data = read_labelled(chosen.data, text, label)
    strange = sorted(set(data.labels) - set(model.model.classes))
    if strange:
        sys.stderr.write(f"note: labels the model does not know: {', '.join(strange[:10])}\n")
    found = score_labels(model, data)
    if chosen.json:
        _say_json(asdict(found))
    else:
        _say_scores(label, found)


def _warn(left_out: Report) -> None:
    for sentence in left_out.sentences():
        sys.stderr.write(f"note: {sentence}\n")


def _predict(chosen: argparse.Namespace) -> None:
    if load_metadata(chosen.model)["kind"] == "triage":
        _say_json(asdict(TriageClassifier.load(chosen.model).predict(chosen.text)))
    else:
        guesses = LabelClassifier.load(chosen.model).predict(chosen.text)
        _say_json([asdict(guess) for guess in guesses])


def _say_scores(name: str, scores: Scores) -> None:
    _say(
        f"{name}: accuracy {scores.accuracy:.3f}  macro-F1 {scores.macro_f1:.3f}  "
        f"calibration error {scores.calibration_error:.3f}  rows {scores.rows}"
    )
    _say(f"  {'precision':>9} {'recall':>7} {'F1':>6} {'rows':>6}  label")
    for label, item in scores.labels.items():
        figures = f"{item.precision:>9.3f} {item.recall:>7.3f} {item.f1:>6.3f} {item.support:>6}"
        _say(f"  {figures}  {label}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_json(value: object) -> None:
    _say(json.dumps(value, ensure_ascii=False, indent=2))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m classifier", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    train = commands.add_parser("train", help="learn one label of a TSV file")
    train.add_argument("data", type=Path, metavar="DATA.tsv")
    train.add_argument("--text", default="text", help="column of the texts (default: text)")
    train.add_argument("--label", required=True, help="column of the labels")
    train.set_defaults(run=_train)
    triage = commands.add_parser("train-triage", help="learn the desk's six labels")
    triage.add_argument("data", type=Path, nargs="+", metavar="DATA.tsv")
    triage.set_defaults(run=_train_triage)
    for command in (train, triage):
        command.add_argument("--out", type=Path, required=True, metavar="DIR")
        command.add_argument("--lexicon", type=Path, metavar="DIR", help="jieba words, *.txt")
    evaluate = commands.add_parser("evaluate", help="score a model on a TSV file")
    evaluate.add_argument("model", type=Path, metavar="DIR")
    evaluate.add_argument("data", type=Path, metavar="TEST.tsv")
    evaluate.add_argument("--text", help="column of the texts (default: as trained)")
    evaluate.add_argument("--label", help="column of the labels (default: as trained)")
    evaluate.set_defaults(run=_evaluate)
    for command in (train, triage):
        command.add_argument(
            "--strict",
            action="store_true",
            help="refuse lines of the same text with different labels instead of leaving them out",
        )
    for command in (train, triage, evaluate):
        command.add_argument("--json", action="store_true", help="print JSON")
    predict = commands.add_parser("predict", help="label one text, as JSON")
    predict.add_argument("model", type=Path, metavar="DIR")
    predict.add_argument("text")
    predict.set_defaults(run=_predict)
    return parser


if __name__ == "__main__":
    sys.exit(main())
