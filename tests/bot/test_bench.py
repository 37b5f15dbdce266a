"""`fenzhen bench` where it needs Rasa's environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from classifier.train import train_triage
from nlp import HashingEmbedder
from tests.bot.running_bot import bot_python
from tests.unit.classifier.conftest import write_triage

TRAIN = """\
text\tdomain
明天天气怎么样\tweather/now
今天会下雨吗\tweather/now
北京气温多少度\tweather/now
后天要带伞吗\tweather/now
打开微信\tapp
帮我打开相机\tapp
启动浏览器\tapp
把地图打开\tapp
"""
WHAT = ("草坪", "费", "香精", "智能音箱", "钻石")
TEST = 'text\tdomain\n"上海天气\t0"\tweather/now\n打开浏览器\tapp\n/greet\tapp\n'


def bench(*arguments: str, home: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "bench", *arguments, "--json", "--details"],
        env={**os.environ, "FENZHEN_HOME": str(home), "FENZHEN_BOT_PYTHON": str(bot_python())},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def release(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The trained bot and a small classifier as the folder of a release."""
    folder = tmp_path_factory.mktemp("release")
    (folder / "model.tar.gz").symlink_to(model.resolve())
    wishes = folder / "human.tsv"
    lines = [
        *(f"{verb}人工\t1" for verb in "转找叫接要"),
        *(f"人工{what}多少钱\t0" for what in WHAT),
    ]
    wishes.write_text("text\twants_human\n" + "\n".join(lines) + "\n", encoding="utf-8")
    requests = write_triage(folder / "triage.tsv")
    train_triage([requests], folder / "classifier", wishes=[wishes], embedder=HashingEmbedder())
    return folder


def test_ours_is_trained_served_and_measured_on_any_file(tmp_path: Path) -> None:
    train, test, keep = tmp_path / "train.tsv", tmp_path / "test.tsv", tmp_path / "kept"
    train.write_text(TRAIN, encoding="utf-8")
    test.write_text(TEST, encoding="utf-8")
    found = bench(
        "nlu", str(train), str(test), "--only", "ours", "--keep", str(keep), home=tmp_path
    )
    ours = found["systems"]["ours"]
    assert list(found["systems"]) == ["ours"]
    assert (ours["rows"], found["intents"]) == (3, 2)
    assert [line["said"] for line in found["lines"]["ours"]][:2] == ["weather/now", "app"]
    assert ours["train_seconds"] > 1
    assert 100 < ours["serving_mb"] < 2000
    assert all(turns > 1 for turns in ours["turns_per_second"].values())
    assert (keep / "ours" / "model.tar.gz").exists()


def test_a_wish_for_a_person_is_measured_by_worker_and_intent(
    release: Path, tmp_path: Path
) -> None:
    file = tmp_path / "h.tsv"
    file.write_text("text\twants_human\n转人工\t1\n人工草坪多少钱\t0\n", encoding="utf-8")
    found = bench("human", str(file), "--model", str(release), home=tmp_path)
    assert (found["recall"], found["false_alarms"]) == (1.0, 0.0)
    assert [line["by"] for line in found["lines"]] == ["worker", None]


def test_questions_are_measured_with_the_whole_pipeline(release: Path, tmp_path: Path) -> None:
    file = tmp_path / "f.tsv"
    file.write_text(
        "text\tentry\n物流信息两天没更新了\tlogistics_no_update\njkwpq vvbmx\t\n", "utf-8"
    )
    found = bench("faq", str(file), "--model", str(release), home=tmp_path)
    assert (found["in_scope"]["rows"], found["out_of_scope"]["rows"]) == (1, 1)
    assert found["in_scope"]["top3"] == 1.0
    assert found["out_of_scope"]["answered"] == 0.0
    assert found["ms"]["p50"] > 0
