"""What WeChat allows. Figures that no official page confirms are marked: they are settings here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Rules:
    """Limits of both servers; the defaults are those of the documentation."""

    push_seconds: float = 5.0
    """Longest wait for the answer to a callback."""
    attempts: int = 3
    """How often a callback is sent in all (not confirmed: three or four)."""
    message_allowed: int = 5
    message_window: timedelta = timedelta(hours=48)
    tap_allowed: int = 3
    tap_window: timedelta = timedelta(minutes=1)
    every_message_resets: bool = True
    """Whether each message opens the window anew (not confirmed)."""
    passive_counts: bool = False
    """Whether the answer to a callback counts as a message (not confirmed)."""
    text_bytes: int = 2048
    """Longest text (confirmed for 微信客服 only)."""
    menu_items: int = 10
    menu_text_bytes: int = 1024
    """Head and tail of a menu, each."""
    menu_item_bytes: int = 128
    typing_within: timedelta = timedelta(seconds=30)
    """How long after a customer's message the sign of typing may be shown."""
    typing_lasts: timedelta = timedelta(seconds=15)
    """How long it is shown (not confirmed)."""
    token_seconds: int = 7200
    token_overlap: timedelta = timedelta(minutes=5)
    forced_a_day: int = 20
    forced_apart: timedelta = timedelta(seconds=30)
    media_kept: timedelta = timedelta(days=3)
    video_as_json: bool = True
    """Whether `media/get` of an official account gives the address of a video, not its bytes."""
    kf_replay: timedelta = timedelta(days=3)
    """How far back a sync without a cursor begins."""
    kf_page: int = 1000
    kf_sync_token: timedelta = timedelta(minutes=10)
    kf_calls_without_token: int = 10
    """A minute (the documentation says only that the limit is strict)."""
    welcome_code: timedelta = timedelta(seconds=20)
    end_code: timedelta = timedelta(seconds=20)
    state_code: timedelta = timedelta(hours=48)
