"""Rasa as a program: trained and timed as a whole process, served and ended again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from api.learning.bot_process import bot_environment
from api.learning.proof.parsing import LOG_TAIL
from cli import texts
from cli.bench.nlu.project import MODEL
from cli.errors import Refused
from cli.ports import LOOPBACK, free_ports
from cli.progress import Detail

START_SECONDS = 180.0
PAUSE_SECONDS = 0.1
STOP_SECONDS = 10.0
TOLD_SECONDS = 10


@dataclass(frozen=True)
class Trained:
    """Wall time of the whole `rasa train` and the most memory it had at a time."""

    seconds: float
    peak_mb: float


@dataclass(frozen=True)
class Server:
    """A running Rasa."""

    url: str
    pid: int

    def memory_mb(self) -> float:
        """Memory of its processes; what is shared with others counts by share (PSS)."""
        process = psutil.Process(self.pid)
        family = [process, *process.children(recursive=True)]
        return float(sum(member.memory_full_info().pss for member in family)) / 2**20


def train(python: Path, folder: Path, what: str, detail: Detail) -> Trained:
    """Train the project in `folder`; `Refused` with the end of the log when that fails."""
    command = [str(python), "-m", "rasa", "train", "--quiet", "--skip-validation"]
    command += ["--config", "config.yml", "--domain", "domain.yml", "--data", "data"]
    command += ["--out", ".", "--fixed-model-name", MODEL]
    log = folder / "train.log"
    begun = time.monotonic()
    with _program(command, folder, log) as process:
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                process.returncode = os.waitstatus_to_exitcode(status)
                break
            detail(f"{(time.monotonic() - begun) // TOLD_SECONDS * TOLD_SECONDS:.0f} s")
            time.sleep(PAUSE_SECONDS)
    seconds = time.monotonic() - begun
    if process.returncode or not (folder / f"{MODEL}.tar.gz").exists():
        raise _failed(what, log)
    return Trained(seconds, usage.ru_maxrss / 1024)


@contextmanager
def served(python: Path, folder: Path, what: str) -> Iterator[Server]:
    """Serve the trained project with Rasa's HTTP API and its REST channel."""
    (port,) = free_ports(1)
    command = [str(python), "-m", "rasa", "run", "--enable-api", "-m", f"{MODEL}.tar.gz"]
    command += ["--credentials", "credentials.yml", "--endpoints", "endpoints.yml"]
    command += ["-i", LOOPBACK, "-p", str(port)]
    log = folder / "run.log"
    with _program(command, folder, log) as process:
        url = f"http://{LOOPBACK}:{port}"
        deadline = time.monotonic() + START_SECONDS
        while not _ready(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise _failed(what, log)
            time.sleep(PAUSE_SECONDS)
        yield Server(url, process.pid)


@contextmanager
def _program(command: Sequence[str], folder: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a process group of its own, which is gone afterwards."""
    environment = {**bot_environment(), "RASA_CACHE_DIRECTORY": str(folder / "cache")}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/status", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _failed(what: str, log: Path) -> Refused:
    tail = log.read_text("utf-8", "replace")[-LOG_TAIL:]
    return Refused(texts.BENCH_PROGRAM_FAILED.fill(what=what, log=tail))
