from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import skops.io

from classifier.store import (
    FORMAT,
    METADATA,
    MODEL,
    ModelError,
    load_metadata,
    load_model,
    save_model,
)
from nlp.state import State

STATE: State = {"weights": np.arange(4.0), "inner": {"names": ["退款", "发票"], "count": 2}}


def test_a_model_survives_the_disk(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "model"
    save_model(folder, STATE, {"kind": "triage", "rows": 7})
    state = load_model(folder)
    assert np.array_equal(state["weights"], STATE["weights"])
    assert state["inner"] == STATE["inner"]
    assert load_metadata(folder, "triage")["rows"] == 7


def test_a_model_of_another_kind_is_refused(tmp_path: Path) -> None:
    save_model(tmp_path, STATE, {"kind": "labels"})
    with pytest.raises(ModelError, match="a labels model, not a triage model"):
        load_metadata(tmp_path, "triage")


def test_an_empty_folder_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no trained model here"):
        load_metadata(tmp_path)
    with pytest.raises(ModelError, match="no trained model here"):
        load_model(tmp_path)
    (tmp_path / METADATA).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be read"):
        load_model(tmp_path)


@pytest.mark.parametrize("about", ["", "[]", '{"format": 0}', "\xff"])
def test_foreign_metadata_is_refused(tmp_path: Path, about: str) -> None:
    (tmp_path / METADATA).write_text(about, encoding="latin-1")
    with pytest.raises(ModelError):
        load_metadata(tmp_path)


def test_a_damaged_file_is_refused(tmp_path: Path) -> None:
    save_model(tmp_path, STATE, {"kind": "triage"})
    whole = (tmp_path / MODEL).read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"no zip at all"):
        (tmp_path / MODEL).write_bytes(damaged)
        with pytest.raises(ModelError):
            load_model(tmp_path)


def test_a_file_with_code_in_it_is_refused_and_not_run(tmp_path: Path) -> None:
    state = {"weights": partial(json.dumps, {"not": "data"})}
    (tmp_path / METADATA).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
    skops.io.dump(state, tmp_path / MODEL)
    with pytest.raises(ModelError, match="types nobody saved"):
        load_model(tmp_path)


def test_a_file_with_anything_but_a_state_is_refused(tmp_path: Path) -> None:
    (tmp_path / METADATA).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
    skops.io.dump([1, 2], tmp_path / MODEL)
    with pytest.raises(ModelError, match="holds no model"):
        load_model(tmp_path)


def test_a_single_changed_byte_is_noticed(tmp_path: Path) -> None:
    save_model(tmp_path / "m", STATE, {"kind": "triage"})
    path = tmp_path / "m" / MODEL
    whole = bytearray(path.read_bytes())
    for place in (0, len(whole) // 2, len(whole) - 1):
        changed = bytearray(whole)
        changed[place] ^= 1
        path.write_bytes(changed)
        with pytest.raises(ModelError, match="damaged") as caught:
            load_model(tmp_path / "m")
        assert "\n" not in str(caught.value)
    path.write_bytes(whole)
    load_model(tmp_path / "m")


def test_a_model_from_before_checksums_still_loads(tmp_path: Path) -> None:
    (tmp_path / METADATA).write_text(json.dumps({"format": FORMAT}), encoding="utf-8")
    skops.io.dump(STATE, tmp_path / MODEL)
    assert np.array_equal(load_model(tmp_path)["weights"], STATE["weights"])


def test_a_new_model_replaces_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    save_model(folder, STATE, {"kind": "triage"})
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    save_model(folder, {"weights": np.zeros(2)}, {"kind": "triage"})
    assert np.array_equal(load_model(folder)["weights"], np.zeros(2))
    assert len(list(folder.glob("*.skops"))) == 1
    assert (folder / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_save_that_fails_leaves_the_old_model_and_no_litter(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    save_model(folder, STATE, {"kind": "triage"})
    with pytest.raises(TypeError):
        save_model(folder, {"weights": np.zeros(2)}, {"kind": object()})
    assert np.array_equal(load_model(folder)["weights"], STATE["weights"])
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_killed_save_between_its_two_steps_leaves_the_old_model(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    save_model(folder, STATE, {"kind": "triage"})
    about = (folder / METADATA).read_bytes()
    old = (folder / MODEL).read_bytes()
    save_model(folder, {"weights": np.zeros(2)}, {"kind": "triage"})
    # as after the new weights came and before `model.json` was replaced
    (folder / METADATA).write_bytes(about)
    (folder / MODEL).write_bytes(old)
    assert np.array_equal(load_model(folder)["weights"], STATE["weights"])
