"""Bytes of attachments: files named by their SHA-256, outside everything that is served."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from pathlib import Path


class FileStore:
    """A folder of files, each kept once however often it was sent."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def path(self, sha256: str) -> Path:
        """Where the file of that hash (hexadecimal) lies."""
        return self._root / sha256[:2] / sha256

    @staticmethod
    def hash_of(content: bytes) -> str:
        """SHA-256 of `content`, hexadecimal."""
        return hashlib.sha256(content).hexdigest()

    def save(self, content: bytes) -> str:
        """Write `content` (mode 600) and give its hash. Afterwards it is there as a whole."""
        sha256 = self.hash_of(content)
        path = self.path(sha256)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:  # mkstemp gives mode 600
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        return sha256

    def older_than(self, seconds: float) -> list[Path]:
        """Files that were written longer ago, unfinished ones among them."""
        return [path for path in self._root.glob("??/*") if self.is_older(path, seconds)]

    def drop(self, sha256: str, written_before: float) -> bool:
        """Delete the file unless it was written since (seconds since 1970); whether it was there
        to be deleted."""
        path = self.path(sha256)
        try:
            if path.stat().st_mtime > written_before:
                return False
            path.unlink()
        except FileNotFoundError:
            return False
        return True

    @staticmethod
    def is_older(path: Path, seconds: float) -> bool:
        """Was the file written longer ago? False when it is gone."""
        try:
            return path.stat().st_mtime < time.time() - seconds
        except FileNotFoundError:
            return False
