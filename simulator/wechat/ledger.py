"""How much may be sent to a customer: windows that what they do opens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from simulator.wechat.answers import OK
from simulator.wechat.rules import Rules

Trigger = Literal["message", "tap"]
"""`tap`: tapped a menu, followed or scanned."""

OUT_OF_TIME = 45015
USED_UP = 45047


@dataclass
class Window:
    """What one trigger allows."""

    trigger: Trigger
    opened_at: datetime
    until: datetime
    allowed: int
    used: int = 0

    @property
    def left(self) -> int:
        """Messages that may still be sent."""
        return self.allowed - self.used


class Ledger:
    """The windows of one customer of one account."""

    def __init__(self, rules: Rules) -> None:
        self._limits: dict[Trigger, tuple[int, timedelta]] = {
            "message": (rules.message_allowed, rules.message_window),
            "tap": (rules.tap_allowed, rules.tap_window),
        }
        self._resets = rules.every_message_resets
        self._windows: dict[Trigger, Window] = {}

    def open(self, trigger: Trigger, at: datetime) -> None:
        """The customer did something."""
        allowed, within = self._limits[trigger]
        before = self._windows.get(trigger)
        if before is not None and not self._resets and at < before.until:
            before.until = at + within
            return
        self._windows[trigger] = Window(trigger, at, at + within, allowed)

    def close(self) -> None:
        """Nothing may be sent any more: the customer has gone."""
        self._windows.clear()

    def windows(self, at: datetime) -> list[Window]:
        """Open ones, the one that ends first before the others."""
        held = (window for window in self._windows.values() if at < window.until)
        return sorted(held, key=lambda window: window.until)

    def verdict(self, at: datetime) -> int:
        """0, or why nothing may be sent: 45015 out of time, 45047 used up."""
        held = self.windows(at)
        if not held:
            return OUT_OF_TIME
        return OK if any(window.left > 0 for window in held) else USED_UP

    def charge(self, at: datetime) -> None:
        """One message was sent: it counts in the open window that ends first."""
        next(window for window in self.windows(at) if window.left > 0).used += 1
