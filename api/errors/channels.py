"""Callbacks of channels outside the desk, and the accounts they belong to."""

from __future__ import annotations

from typing import Any

from api.errors.base import DeskError


class CallbackRefused(DeskError):
    """A callback that nobody proves to be genuine. `reason` is for our log, not for the caller."""

    code, status = "callback_refused", 403

    def __init__(self, reason: str = "", **details: Any) -> None:
        super().__init__(**details)
        self.reason = reason


class CallbackUnreadable(DeskError):
    """A callback whose content cannot be taken. `reason` is for our log, not for the caller."""

    code, status = "callback_unreadable", 400

    def __init__(self, reason: str = "", **details: Any) -> None:
        super().__init__(**details)
        self.reason = reason


class TooManyCodes(DeskError):
    """A page has asked for too many codes within an hour."""

    code, status = "too_many_codes", 429


class NothingToSend(DeskError):
    """The message is not held, failed or unconfirmed: there is nothing to send again."""

    code, status = "nothing_to_send", 409


class NoConsent(DeskError):
    """The customer has not allowed a message beyond the window, or no template is set."""

    code, status = "no_consent", 409


class NotSent(DeskError):
    """The channel did not take it: `problem` and `errcode` say why."""

    code, status = "not_sent", 409
