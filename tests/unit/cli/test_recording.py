from __future__ import annotations

from pathlib import Path

import pytest

from cli import texts
from cli.errors import Refused
from cli.replay.recording import Session, read_sessions
from cli.texts import Text


def written(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "sessions.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(path: Path) -> Text:
    with pytest.raises(Refused) as refused:
        read_sessions(path)
    return refused.value.text


def test_customer_turns_are_kept_session_by_session_in_order(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "session\tauthor\ttext\n"
        "b\tcustomer\t你好\n"
        "a\tcustomer\t在吗\n"
        "b\tagent\t您好\n"
        "b\tcustomer\t快递到哪了\n",
    )
    assert read_sessions(path) == [
        Session("b", ("你好", "快递到哪了")),
        Session("a", ("在吗",)),
    ]


def test_a_session_in_which_the_customer_is_silent_is_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path, "session\tauthor\ttext\na\tagent\t您好\nb\tcustomer\t退款\na\tbot\t还在吗\n"
    )
    assert read_sessions(path) == [Session("b", ("退款",))]


@pytest.mark.parametrize(
    "content",
    [
        "text\tsession\ttime\tauthor\n退款\ta\t9:00\tcustomer\n",
        "\ufeffsession\tauthor\ttext\r\na\tcustomer\t退款\r\n",
        "Session\tAuthor\tText\n\na\tcustomer\t 退款 \n\n",
        "session\tauthor\ttext\na\tcustomer\t退款",
    ],
)
def test_columns_in_any_order_and_files_of_any_system_are_read(
    tmp_path: Path, content: str
) -> None:
    assert read_sessions(written(tmp_path, content)) == [Session("a", ("退款",))]


def test_quotes_are_ordinary_characters(tmp_path: Path) -> None:
    path = written(tmp_path, 'session\tauthor\ttext\na\tcustomer\t"退款\na\tcustomer\t好"的\n')
    assert read_sessions(path)[0].turns == ('"退款', '好"的')


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "no.tsv") == texts.FILE_MISSING.fill(path=tmp_path / "no.tsv")


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    assert str(tmp_path) in refusal(tmp_path).zh


@pytest.mark.parametrize(
    ("content", "missing"),
    [
        ("", "session, author, text"),
        ("session,author,text\na,customer,x\n", "session, author, text"),
        ("session\tauthor\tmessage\n", "text"),
    ],
)
def test_missing_columns_are_named(tmp_path: Path, content: str, missing: str) -> None:
    path = written(tmp_path, content)
    assert refusal(path) == texts.FILE_COLUMNS.fill(path=path, missing=missing)


def test_a_line_with_too_few_columns_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "session\tauthor\ttext\na\tcustomer\n")
    expected = texts.FILE_CELLS.fill(path=path, line=2, found=2, wanted=3, missing="text")
    assert refusal(path) == expected


def test_a_line_with_too_many_columns_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "session\tauthor\ttext\na\tcustomer\t退\t款\n")
    expected = texts.FILE_TOO_MANY_CELLS.fill(path=path, line=2, found=4, wanted=3)
    assert refusal(path) == expected


@pytest.mark.parametrize(
    ("line", "column"),
    [("\tcustomer\tx", "session"), ("a\t\tx", "author"), ("a\tcustomer\t ", "text")],
)
def test_an_empty_cell_is_named_by_line_and_column(tmp_path: Path, line: str, column: str) -> None:
    path = written(tmp_path, f"session\tauthor\ttext\n\n{line}\n")
    assert refusal(path) == texts.FILE_EMPTY_CELL.fill(path=path, line=3, column=column)


def test_a_line_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, b"session\tauthor\ttext\na\tcustomer\t" + "退款".encode("gbk") + b"\n")
    assert refusal(path) == texts.FILE_ENCODING.fill(path=path, line=2)


def test_a_file_without_customers_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "session\tauthor\ttext\na\tagent\t您好\n")
    assert refusal(path) == texts.FILE_NO_TURNS.fill(path=path)
