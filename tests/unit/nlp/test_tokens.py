from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp import Tokenizer
from nlp.tokens import LexiconError, common_dictionary


def test_a_lexicon_word_stays_whole(tokenizer: Tokenizer) -> None:
    assert "云杉卡包" not in tokenizer.words("打开云杉卡包看看")
    assert "云杉卡包" in Tokenizer(["云杉卡包 100000 nz"]).words("打开云杉卡包看看")


def test_lexicons_of_two_tokenizers_do_not_mix(tokenizer: Tokenizer) -> None:
    Tokenizer(["先享后付款 100000"]).cut("先享后付款")
    assert tokenizer.cut("先享后付款") != ["先享后付款"]


def test_words_leave_punctuation_out(tokenizer: Tokenizer) -> None:
    assert tokenizer.words("退款，多久到账？！") == ["退款", "多久", "到", "账"]


@given(text=st.text(max_size=50))
def test_pieces_and_spans_cover_the_text(tokenizer: Tokenizer, text: str) -> None:
    assert "".join(tokenizer.cut(text)) == text
    assert all(text[start:end] == piece for piece, start, end in tokenizer.spans(text))


def test_a_folder_is_read_in_order_of_name(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("花呗 500 nz\n", encoding="utf-8")
    (tmp_path / "a.txt").write_text("# 注释\n\n价保 1000\n专票\n", encoding="utf-8")
    (tmp_path / "notes.md").write_text("不是词典 的 文件 吗", encoding="utf-8")
    assert Tokenizer.from_folder(tmp_path).lines == ["价保 1000", "专票", "花呗 500 nz"]


def test_a_missing_folder_gives_no_words(tmp_path: Path) -> None:
    assert Tokenizer.from_folder(tmp_path / "none").lines == []


@pytest.mark.parametrize("line", ["价保 1000 n 多余", "价保 n 1000"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "a.txt").write_text(f"专票\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"a\.txt:2: "):
        Tokenizer.from_folder(tmp_path)


def test_lines_make_the_same_tokenizer_again() -> None:
    text = "打开云杉卡包看看"
    first = Tokenizer(["云杉卡包 100000 nz"])
    assert Tokenizer(first.lines).cut(text) == first.cut(text)


def test_nothing_is_said_while_the_dictionary_loads(capfd: pytest.CaptureFixture[str]) -> None:
    common_dictionary.cache_clear()
    Tokenizer().warm_up()
    captured = capfd.readouterr()
    assert not captured.out
    assert not captured.err
