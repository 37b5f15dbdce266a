from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifier.__main__ import main
from classifier.train import TrainingReport

ROWS = """\
message\tline
我的快递到哪了\t物流
包裹三天没动静\t物流
快递什么时候派送\t物流
退款什么时候到账\t退款
我要退货退款\t退款
退款怎么还没到\t退款
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("data") / "data.tsv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def model(data: Path) -> Path:
    """Trained by the command line on `ROWS`, with the real embedding."""
    out = data.parent / "model"
    assert (
        main(["train", str(data), "--text", "message", "--label", "line", "--out", str(out)]) == 0
    )
    return out


def test_training_tells_what_it_learned(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["train", str(data), "--text", "message", "--label", "line", "--out", str(tmp_path)]
    assert main(arguments) == 0
    assert "6 rows, 2 labels" in capsys.readouterr().out
    assert main([*arguments, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"物流": 3, "退款": 3}


def test_any_file_can_be_learned_and_evaluated(
    model: Path, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(model), str(data)]) == 0
    assert "line: accuracy 1.000  macro-F1 1.000" in capsys.readouterr().out
    assert main(["evaluate", str(model), str(data), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"] == 1.0
    assert found["labels"]["物流"]["support"] == 3


def test_columns_of_the_test_file_may_have_other_names(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "test.tsv"
    path.write_text("q\ta\n快递到哪\t物流\n", encoding="utf-8")
    arguments = ["evaluate", str(model), str(path), "--text", "q", "--label", "a", "--json"]
    assert main(arguments) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 1


def test_one_text_can_be_labelled(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", str(model), "快递呢"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["key"] == "物流"


def test_a_triage_model_is_evaluated_and_asked_in_the_same_way(
    trained: tuple[Path, TrainingReport], triage_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(trained[0])
    assert main(["evaluate", folder, str(triage_file)]) == 0
    assert "urgency: accuracy" in capsys.readouterr().out
    assert main(["predict", folder, "怎么开发票"]) == 0
    assert json.loads(capsys.readouterr().out)["category"]["key"] == "invoice"


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "DATA", "--label", "nothing", "--out", "OUT"],
        ["train", "MISSING", "--label", "line", "--out", "OUT"],
        ["train-triage", "DATA", "--out", "OUT"],
        ["evaluate", "MISSING", "DATA"],
        ["predict", "MISSING", "退款"],
    ],
)
def test_a_mistake_is_told_in_one_line(
    arguments: list[str], data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = {"DATA": data, "OUT": tmp_path / "out", "MISSING": tmp_path / "missing"}
    given = [str(places.get(argument, argument)) for argument in arguments]
    assert main(given) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("error: ")
