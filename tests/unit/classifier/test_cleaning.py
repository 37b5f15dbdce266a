from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.__main__ import main
from classifier.cleaning import Entry, find_faults
from classifier.data import (
    DataError,
    read_clean,
    read_clean_triage,
    read_labelled,
    read_table,
    write_table,
)
from tests.unit.classifier.conftest import ROWS, write_triage

GOOD = "我的快递到哪了\t物流\n包裹三天没动静\t物流\n退款什么时候到账\t退款\n我要退货退款\t退款\n"


def write(path: Path, lines: str) -> Path:
    path.write_text("text\tlabel\n" + lines, encoding="utf-8")
    return path


def entries(*pairs: tuple[str, str]) -> list[Entry]:
    return [Entry(str(n), text, tuple(labels)) for n, (text, labels) in enumerate(pairs)]


def test_a_line_said_twice_is_a_duplicate_and_the_first_stays() -> None:
    faults = find_faults(entries(("退款", "a"), ("发票", "b"), (" 退款 ", "a"), ("退款", "a")))
    assert faults.duplicates == (2, 3)
    assert faults.contradictions == ()


def test_a_text_with_two_labels_is_a_contradiction_of_all_its_lines() -> None:
    faults = find_faults(entries(("退款", "a"), ("退款", "b"), ("退款", "a"), ("发票", "b")))
    assert faults.contradictions == ((0, 1, 2),)
    assert faults.left_out() == {0, 1, 2}


def test_labels_that_complete_each_other_are_no_fault() -> None:
    found = find_faults([Entry("1", "退款", ("refund", "")), Entry("2", "退款", ("", "help"))])
    assert found.left_out() == frozenset()


def test_duplicates_are_left_out_and_told_with_their_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", GOOD + "\n我要退货退款\t退款\n")
    data, report = read_clean(path, "text", "label")
    assert len(data.texts) == 4
    assert report.duplicates == (f"{path}:7",)
    assert report.blank == (f"{path}:6",)


def test_contradictions_are_left_out_or_refused_with_their_lines(
    tmp_path: Path,
) -> None:
    path = write(tmp_path / "d.tsv", GOOD + "我要退货退款\t物流\n")
    with pytest.raises(DataError, match=r"d\.tsv:5 退款 ≠ .*d\.tsv:6 物流"):
        read_clean(path, "text", "label", strict=True)
    data, report = read_clean(path, "text", "label")
    assert "我要退货退款" not in data.texts
    assert report.contradictions == (f"{path}:5", f"{path}:6")


def test_a_file_of_contradictions_only_has_nothing_to_learn_from(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", "退款\ta\n退款\tb\n")
    with pytest.raises(DataError, match="no line is left"):
        read_clean(path, "text", "label")


def test_all_empty_cells_of_a_column_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", "退款\ta\n \tb\n发票\tb\n\tb\n")
    with pytest.raises(DataError, match=r"d\.tsv:3: column 'text' is empty \(and lines 5\)"):
        read_labelled(path, "text", "label")


def test_requests_are_cleaned_over_all_files(tmp_path: Path) -> None:
    first = write_triage(tmp_path / "a.tsv", ROWS)
    other = write_triage(tmp_path / "b.tsv", [ROWS[0], (ROWS[1][0], "refund", *ROWS[1][2:])])
    with pytest.raises(DataError, match=r"a\.tsv:3 .* ≠ .*b\.tsv:3"):
        read_clean_triage([first, other], strict=True)
    rows, report = read_clean_triage([first, other])
    assert len(rows.texts) == len(ROWS) - 1
    assert report.duplicates == (f"{other}:2",)
    assert len(rows.labels["anger"]) == len(rows.texts)


CELL = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1).map(
    str.strip
)
ODD = st.sampled_from(["两\n行", '他说"好"', '"引用"', "制\t表", '"啥呀\t0"', "'"])


@given(st.lists(st.tuples(CELL | ODD, st.sampled_from("ab")), min_size=1, max_size=8))
def test_what_was_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]
) -> None:
    lines = [(text or "空", label) for text, label in lines]
    path = tmp_path_factory.mktemp("data") / "d.tsv"
    write_table(path, ("text", "label"), lines)
    table = read_table(path)
    assert [(line.cells["text"], line.cells["label"]) for line in table.lines] == lines


def test_the_command_line_tells_what_it_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(
        tmp_path / "d.tsv", GOOD + "退款怎么还没到\t退款\n发票\t退款\n我要退货退款\t物流\n"
    )
    out = tmp_path / "model"
    arguments = ["train", str(path), "--label", "label", "--out", str(out), "--json"]
    assert main([*arguments, "--strict"]) == 2
    assert "d.tsv:5" in capsys.readouterr().err
    assert not out.exists()
    assert main(arguments) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["rows"] == 5
    assert json.loads(told.out)["left_out"]["contradictions"] == [f"{path}:5", f"{path}:8"]
    assert "contradictory lines left out" in told.err
    strange = write(tmp_path / "t.tsv", GOOD + "天气\t闲聊\n")
    assert main(["evaluate", str(out), str(strange), "--json"]) == 0
    told = capsys.readouterr()
    assert "does not know: 闲聊" in told.err
    assert json.loads(told.out)["rows"] == 5
    assert json.loads(told.out)["accuracy"] <= 0.8
