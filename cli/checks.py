"""What must hold before the desk starts; each failure is one sentence that says what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

from cli import texts
from cli.errors import Refused
from cli.ports import check_port
from cli.settings import REPOSITORY, Settings

DISK_NEEDED_MB = 500
BOT_PYTHON = REPOSITORY / "bot" / ".venv" / "bin" / "python"
PAGES = REPOSITORY / "web" / "dist"


def check_start(settings: Settings) -> None:
    """`Refused` with the first thing that stands against a start."""
    check_port(settings.port)
    check_bot(BOT_PYTHON)
    check_pages(PAGES)
    check_disk(settings.home.root, shutil.disk_usage(settings.home.root).free)


def check_bot(python: Path) -> None:
    """`Refused` unless Rasa's environment is there."""
    rasa = python.with_name("rasa")
    if not (python.exists() and rasa.exists()):
        raise Refused(texts.BOT_MISSING.fill(path=python.parent.parent))


def check_pages(directory: Path) -> None:
    """`Refused` unless the pages have been built."""
    if not any(directory.glob("**/*.js")):
        raise Refused(texts.PAGES_MISSING.fill(path=directory))


def check_disk(path: Path, free_bytes: int) -> None:
    """`Refused` when so little is left that a database would soon fail to write."""
    free = free_bytes // 1_000_000
    if free < DISK_NEEDED_MB:
        raise Refused(texts.DISK_FULL.fill(path=path, free=free, needed=DISK_NEEDED_MB))
