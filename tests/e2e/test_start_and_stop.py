"""Starting and stopping as a user does it."""

from __future__ import annotations

import os
import subprocess
import sys

import psutil

from tests.support.running_desk import REPOSITORY, RunningDesk


def test_a_second_start_in_the_same_home_is_refused_with_one_sentence(desk: RunningDesk) -> None:
    refused = _up(desk, FENZHEN_PORT="8123")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert str(desk.home) in refused.stderr


def test_a_taken_port_is_named(desk: RunningDesk, tmp_path: object) -> None:
    refused = _up(desk, FENZHEN_HOME=str(tmp_path))
    assert refused.returncode == 1
    assert str(desk.port) in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_home_is_private(desk: RunningDesk) -> None:
    assert desk.home.stat().st_mode & 0o077 == 0
    assert (desk.home / "secrets.json").stat().st_mode & 0o077 == 0


def test_no_program_listens_beyond_loopback(desk: RunningDesk) -> None:
    pids = set(desk.state["pids"].values())
    listening = [
        connection.laddr.ip
        for connection in psutil.net_connections("inet")
        if connection.pid in pids and connection.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert set(listening) <= {"127.0.0.1", "::1"}


def _up(desk: RunningDesk, **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "FENZHEN_HOME": str(desk.home),
        "FENZHEN_PORT": str(desk.port),
        **changes,
    }
    return subprocess.run(
        [sys.executable, "-m", "cli.main", "up"],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
