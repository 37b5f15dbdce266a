"""The simulated time: windows of 48 hours pass without waiting for them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's time, and what it was moved on by."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC) + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move on."""
        self._ahead += by

    @property
    def ahead(self) -> timedelta:
        """How far it was moved on."""
        return self._ahead


class StoppedClock(Clock):
    """Stands still until it is moved on."""

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self._at = at

    def now(self) -> datetime:
        return self._at + self._ahead
