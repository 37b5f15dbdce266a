from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlp import load_state, save_state
from nlp.state import Reader, State, StateError

STATE: State = {
    "name": "分诊",
    "count": 3,
    "share": 0.5,
    "words": ["退款", "发票"],
    "weights": np.arange(6, dtype=np.float32).reshape(2, 3),
    "inner": {"deep": {"column": np.array([1, 2])}, "empty": [], "nothing": {}},
}


def test_a_state_survives_the_disk(tmp_path: Path) -> None:
    save_state(tmp_path / "model.npz", STATE)
    reader = Reader(load_state(tmp_path / "model.npz"))
    assert reader.text("name") == "分诊"
    assert reader.number("count") == 3
    assert reader.number("share") == 0.5
    assert reader.strings("words") == ["退款", "发票"]
    assert np.array_equal(reader.array("weights"), STATE["weights"])
    inner = Reader(reader.child("inner"))
    assert Reader(inner.child("deep")).array("column").tolist() == [1, 2]
    assert inner.strings("empty") == []


@pytest.mark.parametrize("key", ["missing", "weights"])
def test_a_missing_or_wrong_value_is_named(key: str) -> None:
    with pytest.raises(StateError, match=key):
        Reader(STATE).text(key)
    with pytest.raises(StateError, match="name"):
        Reader(STATE).number("name")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"text"])
def test_anything_else_is_no_state(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(StateError, match=r"model\.npz"):
        load_state(path)


def test_other_arrays_are_no_state_and_pickle_is_never_read(tmp_path: Path) -> None:
    path = tmp_path / "model.npz"
    np.savez(path, other=np.zeros(2))
    with pytest.raises(StateError):
        load_state(path)
    np.savez(path, plain=np.array([{"an": "object"}], dtype=object))
    with pytest.raises(StateError):
        load_state(path)
