"""A whole desk as its user starts it: `fenzhen up` in a home of its own, with real processes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from simulator.wechat.serving import settings_for

REPOSITORY = Path(__file__).resolve().parents[2]
PASSWORD = "only-for-the-tests-2026"
START_SECONDS = 420
"""The first start trains a release."""


def wait_until(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """The first true value of `condition`; AssertionError when there is none in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}")


class RunningDesk:
    """A started desk; `home` holds its data, logs and state."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.wechat_port = free_port()
        """Where it looks for WeChat: the simulator of a test that needs one."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until every part is ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        environment = {
            **os.environ,
            "FENZHEN_HOME": str(self.home),
            "FENZHEN_PORT": str(self.port),
            "FENZHEN_DEMO_PASSWORD": PASSWORD,
            **settings_for(f"http://127.0.0.1:{self.wechat_port}"),
        }
        with (self.home / "up.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "up"],
                cwd=REPOSITORY,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.wait_ready(START_SECONDS)

    def stop(self) -> None:
        """Ctrl-C, and wait for the end."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(30)
            self._process = None

    def parts(self) -> dict[str, bool]:
        """Which parts are well; empty while the api does not answer."""
        try:
            answer = httpx.get(f"{self.url}/health/ready", timeout=5, trust_env=False)
            return {name: part["ok"] for name, part in answer.json()["parts"].items()}
        except (httpx.HTTPError, ValueError, KeyError):
            return {}

    def ready(self) -> bool:
        """Is every part well?"""
        parts = self.parts()
        return bool(parts) and all(parts.values())

    def wait_ready(self, seconds: float) -> None:
        """Wait for all parts; shows the log when `fenzhen up` has given up."""

        def settled() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, (self.home / "up.log").read_text("utf-8")
            return self.ready()

        wait_until(settled, seconds, "the desk is ready")

    @property
    def state(self) -> dict[str, Any]:
        """`run/state.json`."""
        state: dict[str, Any] = json.loads((self.home / "run" / "state.json").read_text("utf-8"))
        return state

    @property
    def secrets(self) -> dict[str, str]:
        """`secrets.json`."""
        secrets: dict[str, str] = json.loads((self.home / "secrets.json").read_text("utf-8"))
        return secrets

    @property
    def service_token(self) -> str:
        """The token of the internal gateway."""
        return self.secrets["service_token"]

    def pid(self, program: str) -> int:
        """Process id of a program."""
        return int(self.state["pids"][program])

    def kill(self, program: str) -> int:
        """Kill -9; returns the pid it had."""
        pid = self.pid(program)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_restarted(self, program: str, old_pid: int, seconds: float) -> None:
        """Wait until the program runs anew and every part is well."""

        def whole() -> bool:
            pids = self.state["pids"]
            return program in pids and pids[program] != old_pid and self.ready()

        wait_until(whole, seconds, f"{program} is back")


@contextmanager
def running_desk(home: Path) -> Iterator[RunningDesk]:
    """A desk for the length of the block."""
    desk = RunningDesk(home)
    try:
        desk.start()
        yield desk
    finally:
        desk.stop()


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
