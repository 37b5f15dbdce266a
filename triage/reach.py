"""How many messages a customer of WeChat can still be sent, and until when.

What the customer does opens a window: writing opens the long one, tapping a menu, following or
scanning a short one. A ledger counts what was sent in each. It errs on the safe side: what may
have been sent is counted, and a window closes a little before its end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from triage.policy.wechat import Limit, Limits, WechatPolicy

Kind = Literal["message", "tap"]


@dataclass(frozen=True, slots=True)
class Window:
    """When it was opened last (None: never), and how many messages were sent in it."""

    opened_at: datetime | None = None
    used: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The windows of one customer."""

    message: Window = Window()
    tap: Window = Window()


@dataclass(frozen=True, slots=True)
class Left:
    """What can be sent.

    `now` messages at this moment, the next of which counts in `window`. `messages` of them can
    also wait until `until`: those of the window that lasts longest.
    """

    now: int
    messages: int
    until: datetime | None
    window: Kind | None
    open: bool
    """Whether any window is open, be it used up."""

    def seconds(self, at: datetime) -> int:
        """Whole seconds from `at` to `until`."""
        return max(0, int((self.until - at).total_seconds())) if self.until else 0


def left(ledger: Ledger, limits: Limits, policy: WechatPolicy, at: datetime) -> Left:
    """What can be sent at `at`. The window that closes first is used first."""
    tap = _room(ledger.tap, limits.tap, policy, at)
    message = _room(ledger.message, limits.message, policy, at)
    ends = {
        kind: end
        for kind, end, room in (("tap", *tap), ("message", *message))
        if end is not None and room > 0
    }
    first: Kind | None = None
    if ends:
        first = "tap" if min(ends, key=lambda kind: ends[kind]) == "tap" else "message"
    longest = max(ends, key=lambda kind: ends[kind]) if ends else None
    kept = {"tap": tap[1], "message": message[1]}
    return Left(
        now=tap[1] + message[1],
        messages=kept[longest] if longest else 0,
        until=ends[longest] if longest else None,
        window=first,
        open=tap[0] is not None or message[0] is not None,
    )


def calls_for(found: Left, answers: int, policy: WechatPolicy) -> int:
    """How many of the messages that are left may be used for what waits, `answers` of it more than
    a notice: where few are left, notices go along with answers and never take the place of one.

    The short window is no good for later answers: a greeting may use it up.
    """
    if found.window != "message" or found.now > policy.kept_for_answers:
        return found.now
    return min(found.now, answers)


def counted_in(kind: Kind, limits: Limits) -> Kind:
    """The window that an act opens: where an account knows none for taps, a tap is a message."""
    return "message" if kind == "tap" and limits.tap.limit == 0 else kind


def opened(
    ledger: Ledger,
    kind: Kind,
    limits: Limits,
    policy: WechatPolicy,
    at: datetime,
    sent_since: int = 0,
) -> Ledger:
    """The customer wrote (`message`) or tapped, followed, scanned (`tap`) at `at`.

    `sent_since` messages counted in that window have been sent since then, or are under way: we
    may be told late. What is told late changes nothing that is newer.
    """
    kind = counted_in(kind, limits)
    limit = limits.tap if kind == "tap" else limits.message
    known = ledger.tap if kind == "tap" else ledger.message
    if known.opened_at is not None and known.opened_at > at:
        return ledger
    ended = known.opened_at is None or at - known.opened_at >= timedelta(seconds=limit.seconds)
    fresh = Window(at, sent_since if policy.resets or ended else known.used)
    return _with(ledger, kind, fresh)


def charged(ledger: Ledger, kind: Kind) -> Ledger:
    """One more message was sent in the window, or may have been."""
    window = ledger.tap if kind == "tap" else ledger.message
    return _with(ledger, kind, replace(window, used=window.used + 1))


def refunded(ledger: Ledger, kind: Kind, sent_at: datetime) -> Ledger:
    """What was charged at `sent_at` was surely not sent; in a window opened since, nothing is."""
    window = ledger.tap if kind == "tap" else ledger.message
    if window.opened_at is None or window.opened_at > sent_at:
        return ledger
    return _with(ledger, kind, replace(window, used=max(0, window.used - 1)))


def used_up(ledger: Ledger, limits: Limits) -> Ledger:
    """WeChat says that it was too many: whatever we counted, nothing is left."""
    return Ledger(
        replace(ledger.message, used=max(ledger.message.used, limits.message.limit)),
        replace(ledger.tap, used=max(ledger.tap.used, limits.tap.limit)),
    )


def _room(
    window: Window, limit: Limit, policy: WechatPolicy, at: datetime
) -> tuple[datetime | None, int]:
    """(its end, messages left); no end when it is not open."""
    if window.opened_at is None or limit.limit == 0:
        return None, 0
    end = window.opened_at + timedelta(seconds=limit.seconds) - policy.margin
    if at >= end:
        return None, 0
    return end, max(0, limit.limit - window.used)


def _with(ledger: Ledger, kind: Kind, window: Window) -> Ledger:
    return replace(ledger, tap=window) if kind == "tap" else replace(ledger, message=window)
