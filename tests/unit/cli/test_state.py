from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psutil
import pytest

from cli import state
from cli.state import Process, State

DESK = State("http://127.0.0.1:8000", {"api": 8000})


def test_state_survives_the_file(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    known = DESK.with_pids({"api": os.getpid()})
    state.save(path, known)
    assert state.load(path) == known
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"unknown": 1}'])
def test_a_state_that_cannot_be_read_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "state.json"
    if content is not None:
        path.write_text(content)
    assert state.load(path) is None


def test_a_pid_another_process_has_by_now_is_left_alone() -> None:
    mine = psutil.Process()
    assert Process(mine.pid, mine.create_time()).find() == mine
    assert Process(mine.pid, mine.create_time() - 60).find() is None


def test_what_a_crash_left_running_is_ended() -> None:
    left = subprocess.Popen(["sleep", "60"])
    known = DESK.with_pids({"worker": left.pid})
    assert state.end_left_over(known) == []
    assert known.processes["worker"].find() is None
    left.wait()


def test_what_does_not_end_is_killed_and_named() -> None:
    stubborn = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done"], stdout=subprocess.PIPE
    )
    assert stubborn.stdout is not None
    with stubborn.stdout:
        stubborn.stdout.readline()
        known = DESK.with_pids({"worker": stubborn.pid})
        assert state.end_left_over(known, seconds=0.2) == ["worker"]
    assert known.processes["worker"].find() is None
    stubborn.wait()


def test_the_caller_itself_is_never_ended() -> None:
    assert state.end_left_over(DESK.with_pids({state.UP: os.getpid()})) == []


def test_nothing_is_left_over_of_a_desk_that_never_ran() -> None:
    assert state.end_left_over(None) == []
