"""FENZHEN_HOME: everything the desk keeps on disk, readable by its owner only."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cli import texts
from cli.errors import Refused

LONGEST_SOCKET_DIRECTORY = 80
"""Unix socket paths end at 107 bytes; the longest name put behind a directory takes 20."""


@dataclass(frozen=True)
class Home:
    """The paths below one FENZHEN_HOME."""

    root: Path

    @property
    def run(self) -> Path:
        """What only lives while the desk runs: sockets, configurations, state."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """One log a program."""
        return self.root / "logs"

    @property
    def postgres(self) -> Path:
        """The embedded PostgreSQL's data."""
        return self.root / "postgres"

    @property
    def secrets(self) -> Path:
        """Passwords and tokens made at the first start."""
        return self.root / "secrets.json"

    @property
    def accounts(self) -> Path:
        """The demo accounts."""
        return self.root / "accounts.txt"

    @property
    def state(self) -> Path:
        """Ports and pids of the running desk, for tools and tests."""
        return self.run / "state.json"

    @property
    def sockets(self) -> Path:
        """Where Unix sockets go: `run/`, or a short plain path where that one would not do.

        Socket paths must be short, and libpq takes a comma for the end of a host.
        """
        plain = re.fullmatch(r"[A-Za-z0-9/._-]+", str(self.run))
        if plain and len(str(self.run)) <= LONGEST_SOCKET_DIRECTORY:
            return self.run
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"fenzhen-{os.geteuid()}-{name}"

    def create(self) -> None:
        """Make the directories, closed to everyone else; `Refused` if that cannot be done."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            for directory in (self.root, self.run, self.logs, self.sockets):
                directory.mkdir(mode=0o700, exist_ok=True)
                directory.chmod(0o700)
        except OSError as error:
            reason = f"{error.strerror}: {error.filename}"
            raise Refused(texts.HOME_UNUSABLE.fill(home=self.root, reason=reason)) from error
        # the short socket directory lies where everybody may write
        if self.sockets.is_symlink() or self.sockets.stat().st_uid != os.geteuid():
            reason = f"{self.sockets} belongs to somebody else"
            raise Refused(texts.HOME_UNUSABLE.fill(home=self.root, reason=reason))

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold this home while the desk runs; `Refused` if another `fenzhen up` has it.

        The kernel drops the lock with the process that held it, however that ended, so a lock
        file left behind never stops a start.
        """
        descriptor = os.open(self.run / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                pid = os.read(descriptor, 32).decode("ascii", "replace").strip() or "?"
                raise Refused(texts.ALREADY_RUNNING.fill(home=self.root, pid=pid)) from error
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode("ascii"))
            yield
        finally:
            os.close(descriptor)


def write_private(path: Path, content: str) -> None:
    """Write a file only its owner can read; readers see the old or the new content, never half."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    draft.replace(path)
