"""Programs of Rasa's environment: how they are told as little as possible, and die with us."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

from api.processes import bound_to_parent
from api.settings import REPOSITORY

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Small matrices: more threads wait for each other."""


def bot_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a program of Rasa's environment is told: nothing of the desk's secrets (design §3)."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FENZHEN_") and name not in ("DATABASE_URL", "REDIS_URL")
    }
    return {
        **kept,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_MAX_CACHE_SIZE": "0",  # it would miss changes of the lexicon
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "PYTHONPATH": str(REPOSITORY),
        **(more or {}),
    }


@contextmanager
def bot_program(
    command: Sequence[str],
    more: Mapping[str, str] | None = None,
    *,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.PIPE,
    stderr: IO[bytes] | int = subprocess.STDOUT,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program of Rasa's environment; it is over when the block is."""
    process = subprocess.Popen(
        bound_to_parent([*command], "KILL"),
        cwd=REPOSITORY,
        env=bot_environment(more),
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def run_bot(
    command: Sequence[str], more: Mapping[str, str] | None, told: Callable[[str], None]
) -> int:
    """Run a program to its end, each of its lines `told`; its exit code."""
    with bot_program(command, more) as process:
        assert process.stdout is not None
        for line in process.stdout:
            told(line.decode("utf-8", "replace").rstrip())
        return process.wait()
