"""Where a release is made, and how it gets to its place without ever being there by half.

A release's folder is moved to its place just before its row is committed. Until that is known it
carries a mark: a process that is killed in between leaves a marked folder, which the next training
clears away, or clears of its mark if the row is there.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from uuid import UUID

_PREFIX = ".training-"
_MARK = ".entering"


def workplace(releases: Path, run_id: UUID) -> Path:
    """The folder a training works in, new and empty."""
    clear(releases, run_id)
    work = releases / f"{_PREFIX}{run_id}"
    work.mkdir(parents=True)
    return work


def clear(releases: Path, run_id: UUID) -> None:
    """Nobody works in the folder of this training any more."""
    shutil.rmtree(releases / f"{_PREFIX}{run_id}", ignore_errors=True)


def install(work: Path, folder: Path) -> None:
    """Move a finished release to where the processes look for it; `confirm` after the commit."""
    (work / _MARK).touch()
    shutil.rmtree(folder, ignore_errors=True)
    work.rename(folder)


def confirm(folder: Path) -> None:
    """Its row is there for good."""
    (folder / _MARK).unlink(missing_ok=True)


def sweep(releases: Path, numbers: Collection[int]) -> list[str]:
    """Clear away what killed trainings have left; `numbers` are the releases there are.

    Only while no training is at work. Returns the names of the folders that are gone.
    """
    gone = list(releases.glob(f"{_PREFIX}*"))
    for mark in releases.glob(f"*/{_MARK}"):
        if mark.parent.name in map(str, numbers):
            confirm(mark.parent)
        else:
            gone.append(mark.parent)
    for folder in gone:
        shutil.rmtree(folder, ignore_errors=True)
    return sorted(folder.name for folder in gone)
