"""Files that went over WeChat: kept three days."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from simulator.wechat.answers import Refused
from simulator.wechat.rules import Rules

_MB = 1024**2
LIMITS = {
    "image": (10 * _MB, ("jpg", "jpeg", "png", "gif")),
    "voice": (2 * _MB, ("amr", "mp3")),
    "video": (10 * _MB, ("mp4",)),
    "thumb": (64 * 1024, ("jpg", "jpeg")),
    "file": (20 * _MB, ()),
}
TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "amr": "voice/amr",
    "mp3": "audio/mpeg",
    "mp4": "video/mpeg4",
}


@dataclass(frozen=True)
class Media:
    """One file."""

    id: str
    kind: str
    name: str
    content: bytes
    at: datetime
    owner: str
    """App id of the account it belongs to."""

    @property
    def content_type(self) -> str:
        """What it is served as."""
        return TYPES.get(self.name.rpartition(".")[2].lower(), "application/octet-stream")


class MediaStore:
    """All files of all accounts."""

    def __init__(self, rules: Rules) -> None:
        self._kept = rules.media_kept
        self._files: dict[str, Media] = {}

    def add(self, owner: str, kind: str, name: str, content: bytes, at: datetime) -> Media:
        """Keep a file."""
        made = Media(secrets.token_urlsafe(48), kind, name, content, at, owner)
        self._files[made.id] = made
        return made

    def upload(self, owner: str, kind: str, name: str, content: bytes, at: datetime) -> Media:
        """Keep what a call sent, if it is allowed."""
        if kind not in LIMITS:
            raise Refused(40004, kind)
        most, endings = LIMITS[kind]
        if not content:
            raise Refused(41005)
        if endings and name.rpartition(".")[2].lower() not in endings:
            raise Refused(40005, name)
        if len(content) > most:
            raise Refused(40006)
        return self.add(owner, kind, name, content, at)

    def find(self, owner: str, media_id: str, at: datetime) -> Media:
        """The file, if it is the account's and not too old."""
        found = self._files.get(media_id)
        if found is None or found.owner != owner or at - found.at > self._kept:
            raise Refused(40007)
        return found

    def peek(self, media_id: str) -> Media | None:
        """The file for the simulator's own page."""
        return self._files.get(media_id)
