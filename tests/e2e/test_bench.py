"""`fenzhen bench` as people call it, on a small model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from classifier.train import train_triage
from nlp import HashingEmbedder
from tests.unit.classifier.conftest import ROWS, write_triage

pytestmark = pytest.mark.e2e


def bench(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", *arguments],
        env={**os.environ, "FENZHEN_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release that has only the classifier."""
    folder = tmp_path_factory.mktemp("release")
    data = write_triage(folder / "triage.tsv")
    train_triage([data], folder / "classifier", embedder=HashingEmbedder())
    return folder


def test_triage_prints_nothing_but_json_with_every_line_on_demand(
    model: Path, tmp_path: Path
) -> None:
    file = tmp_path / "t.tsv"
    rows = [
        ("text", "priority", "category"),
        (ROWS[14][0], "P1", "quality"),
        ("怎么开发票", "", ""),
    ]
    file.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    asked = ("triage", str(file), "--model", str(model), "--json")
    done = bench(*asked, home=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["model"]["kind"] == "given"
    assert (found["rows"], found["priority"]["rows"], found["category"]["rows"]) == (2, 1, 1)
    assert found["p1"]["recall"] == 1.0
    assert "lines" not in found
    lines = json.loads(bench(*asked, "--details", home=tmp_path).stdout)["lines"]
    assert [line["line"] for line in lines] == [2, 3]
    assert lines[1]["category"]["truth"] is None


def test_a_damaged_model_is_refused_in_one_sentence(model: Path, tmp_path: Path) -> None:
    weights = model / "classifier" / "model.skops"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    file = write_triage(tmp_path / "t.tsv")
    done = bench("triage", str(file), "--model", str(model), "--json", home=tmp_path)
    weights.write_bytes(whole)
    assert done.returncode == 1
    assert done.stdout == ""
    assert "damaged" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_bot_environment_a_sentence_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "d.tsv"
    file.write_text("text\tintent\n打开\tapp\n天气\tweather\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", "nlu", str(file), str(file)],
        env={**os.environ, "FENZHEN_BOT_PYTHON": str(tmp_path / "none" / "bin" / "python")},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "make setup" in done.stderr
    assert "Traceback" not in done.stderr
