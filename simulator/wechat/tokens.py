"""Access tokens of one account: expiry, overlap, forced refreshes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.wechat.answers import OK, Refused
from simulator.wechat.rules import Rules

_CHARACTERS = 512
"""As long as they may become."""


@dataclass
class Token:
    """One token, good until `until`."""

    value: str
    until: datetime
    gone: bool = False
    """Replaced by force."""


class Tokens:
    """`seconds` is how long tokens given from now on are good."""

    def __init__(self, rules: Rules) -> None:
        self.seconds = rules.token_seconds
        self._rules = rules
        self.count = 0
        """How many were given."""
        self._given: list[Token] = []
        self._forced: list[datetime] = []

    @property
    def current(self) -> Token | None:
        """The newest one."""
        return self._given[-1] if self._given else None

    def stable(self, now: datetime, *, force: bool = False) -> tuple[str, int]:
        """The token and the seconds it is still good for.

        Asked again it is the same one until five minutes before its end; the old one then goes on
        to its end. A forced refresh ends the old one at once.
        """
        if force:
            self._force(now)
        token = self.current
        overlap = min(self._rules.token_overlap, timedelta(seconds=self.seconds / 2))
        if token is None or token.gone or now >= token.until - overlap:
            token = self._give(now)
        return token.value, int((token.until - now).total_seconds())

    def check(self, value: str, now: datetime) -> int:
        """0, or the errcode of a call with this token."""
        if not value:
            return 41001
        token = next((each for each in self._given if each.value == value), None)
        if token is None:
            return 40014
        if token.gone:
            return 40001
        return OK if now < token.until else 42001

    def expire(self, now: datetime) -> None:
        """All tokens have ended."""
        for token in self._given:
            token.until = min(token.until, now)

    def _force(self, now: datetime) -> None:
        if self._forced and now - self._forced[-1] < self._rules.forced_apart:
            raise Refused(45011, "force_refresh")
        today = [each for each in self._forced if now - each < timedelta(days=1)]
        if len(today) >= self._rules.forced_a_day:
            raise Refused(45009, "force_refresh")
        self._forced = [*today, now]
        for token in self._given:
            token.gone = True

    def _give(self, now: datetime) -> Token:
        token = Token(secrets.token_hex(_CHARACTERS // 2), now + timedelta(seconds=self.seconds))
        self._given = [*self._given[-8:], token]
        self.count += 1
        return token
