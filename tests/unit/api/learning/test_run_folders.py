"""No folder of a release is ever there by half."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

from api.learning.runs import folders
from api.learning.runs.reporting import WEIGHTS, progress_of


def finished(releases: Path) -> Path:
    work = folders.workplace(releases, uuid4())
    (work / "model.tar.gz").write_text("model")
    return work


def test_a_workplace_is_new_and_empty(tmp_path: Path) -> None:
    run_id = uuid4()
    (folders.workplace(tmp_path, run_id) / "left").touch()
    assert list(folders.workplace(tmp_path, run_id).iterdir()) == []
    folders.clear(tmp_path, run_id)
    folders.clear(tmp_path, run_id)
    assert list(tmp_path.iterdir()) == []


def test_what_was_entered_keeps_its_files_and_loses_its_mark(tmp_path: Path) -> None:
    folders.install(finished(tmp_path), tmp_path / "1")
    folders.confirm(tmp_path / "1")
    assert [path.name for path in (tmp_path / "1").iterdir()] == ["model.tar.gz"]
    assert folders.sweep(tmp_path, {1}) == []


def test_a_kill_before_the_commit_leaves_nothing_after_the_next_sweep(tmp_path: Path) -> None:
    folders.install(finished(tmp_path), tmp_path / "2")
    finished(tmp_path)
    assert len(folders.sweep(tmp_path, {1})) == 2
    assert list(tmp_path.iterdir()) == []


def test_a_kill_after_the_commit_leaves_the_release(tmp_path: Path) -> None:
    folders.install(finished(tmp_path), tmp_path / "2")
    assert folders.sweep(tmp_path, {1, 2}) == []
    assert [path.name for path in (tmp_path / "2").iterdir()] == ["model.tar.gz"]


def test_a_release_the_database_does_not_know_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7" / "model.tar.gz").touch()
    assert folders.sweep(tmp_path, set()) == []
    assert (tmp_path / "7" / "model.tar.gz").exists()


def test_progress_grows_from_step_to_step_up_to_the_whole() -> None:
    seen = [progress_of(step, part) for step in WEIGHTS for part in (0.0, 0.5, 1.0)]
    assert seen == sorted(seen)
    assert seen[0] == 0.0
    assert round(seen[-1], 9) == 1.0
