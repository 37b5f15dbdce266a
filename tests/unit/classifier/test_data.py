from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.data import DataError, data_hash, lines_of, read_labelled, read_triage
from tests.unit.classifier.conftest import ROWS, write_triage


def write(path: Path, content: str) -> Path:
    path.write_bytes(content.encode())
    return path


def test_columns_are_found_by_name(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", "\ufeffid\tlabel\ttext\r\n1\ta\t退款\r\n\r\n2\tb\t发票\r\n")
    data = read_labelled(path, "text", "label")
    assert data.texts == ("退款", "发票")
    assert data.labels == ("a", "b")


def test_a_quotation_mark_is_a_character_like_others(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", 'text\tlabel\n"正品"是假的\ta\n说好的"包邮\tb\n')
    assert read_labelled(path, "text", "label").texts == ('"正品"是假的', '说好的"包邮')


def test_cells_quoted_by_a_spreadsheet_are_unquoted(tmp_path: Path) -> None:
    path = write(tmp_path / "d.tsv", 'text\tlabel\n"他说""好"""\ta\n"两\n行\t字"\tb\n')
    assert read_labelled(path, "text", "label").texts == ('他说"好"', "两\n行\t字")
    path = write(tmp_path / "e.tsv", 'text\tlabel\n"他说""好"""\ta\n一行\tb\n')
    assert read_labelled(path, "text", "label").texts == ('他说"好"', "一行")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "the file is empty"),
        ("text\tlabel\n", "nothing but a header"),
        ("text\tcategory\n退款\ta\n", "no column 'label' in the header"),
        ("text\tlabel\n退款\n", "d.tsv:2: 1 columns instead of 2"),
        ("text\tlabel\n退款\ta\tb\n发票\tb\n", "d.tsv:2: 3 columns instead of 2"),
        ("text\tlabel\n退款\ta\n \tb\n", "d.tsv:3: column 'text' is empty"),
        ("text\tlabel\n退款\t\n", "d.tsv:2: column 'label' is empty"),
    ],
)
def test_a_bad_file_is_described_in_one_line(tmp_path: Path, content: str, complaint: str) -> None:
    with pytest.raises(DataError) as caught:
        read_labelled(write(tmp_path / "d.tsv", content), "text", "label")
    assert complaint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_cannot_be_read_are_described(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="No such file"):
        read_labelled(tmp_path / "none.tsv", "text", "label")
    (tmp_path / "gbk.tsv").write_bytes("text\tlabel\n退款\ta\n".encode("gb18030"))
    with pytest.raises(DataError, match="not UTF-8"):
        read_labelled(tmp_path / "gbk.tsv", "text", "label")
    with pytest.raises(DataError, match="directory"):
        read_labelled(tmp_path, "text", "label")


def test_triage_rows_come_from_all_files(tmp_path: Path) -> None:
    first = write_triage(tmp_path / "a.tsv", ROWS[:2])
    second = write_triage(tmp_path / "b.tsv", [("退款", "refund", "", "", "", "", "")])
    rows = read_triage([first, second])
    assert len(rows.texts) == 3
    assert rows.labelled("category") == [0, 1, 2]
    assert rows.labelled("urgency") == [0, 1]


@pytest.mark.parametrize(
    ("target", "row"),
    [
        ("category", ("退款", "Refund!", "help", "1", "1", "neutral", "0")),
        ("nature", ("退款", "refund", "cry", "1", "1", "neutral", "0")),
        ("impact", ("退款", "refund", "help", "5", "1", "neutral", "0")),
        ("urgency", ("退款", "refund", "help", "1", "high", "neutral", "0")),
        ("sentiment", ("退款", "refund", "help", "1", "1", "sad", "0")),
        ("anger", ("退款", "refund", "help", "1", "1", "neutral", "no")),
    ],
)
def test_a_label_the_norms_do_not_know_is_refused(
    tmp_path: Path, target: str, row: tuple[str, ...]
) -> None:
    with pytest.raises(DataError, match=rf"a\.tsv:2: {target} "):
        read_triage([write_triage(tmp_path / "a.tsv", [row])])


def test_an_admin_may_add_a_category(tmp_path: Path) -> None:
    row = ("种子什么时候发芽", "garden", "consult", "1", "1", "neutral", "0")
    assert read_triage([write_triage(tmp_path / "a.tsv", [row])]).labels["category"] == ("garden",)


def test_no_files_are_refused() -> None:
    with pytest.raises(DataError, match="no data files"):
        read_triage([])


def test_the_hash_follows_the_content_alone(tmp_path: Path) -> None:
    one = write(tmp_path / "a.tsv", "a")
    two = write(tmp_path / "b.tsv", "b")
    assert data_hash([one, two]) == data_hash([two, one])
    assert data_hash([one]) != data_hash([two]) != data_hash([one, two])


@given(st.text())
def test_lines_put_together_are_the_content(content: str) -> None:
    assert "".join(lines_of(content)) == content
