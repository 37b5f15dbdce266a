"""What `sync_msg` reads: the messages and events of one 微信客服 account, in order."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulator.wechat.answers import Refused
from simulator.wechat.rules import Rules


@dataclass(frozen=True)
class Entry:
    """One message or event."""

    at: datetime
    item: Mapping[str, object]


@dataclass
class Code:
    """Allows one message on an event."""

    phone_id: str
    until: datetime
    state: int | None = None
    """It is taken while the session is in this state only; None: in any."""
    used: bool = False


class KfLog:
    """Entries, sync tokens, codes of events, and sent message ids of one account."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._run = secrets.token_hex(4)
        self._entries: list[Entry] = []
        self._tokens: dict[str, datetime] = {}
        self._without_token: list[datetime] = []
        self._codes: dict[str, Code] = {}
        self.sent: dict[str, str] = {}
        """Customer by id of a message that was sent."""

    def add(self, item: Mapping[str, object], at: datetime, msgid: str = "") -> str:
        """One more; returns its id."""
        made = msgid or secrets.token_urlsafe(24)[:32]
        whole = {"msgid": made, "send_time": int(at.timestamp()), **item}
        self._entries.append(Entry(at, whole))
        return made

    def new_token(self, at: datetime) -> str:
        """The token of a callback."""
        made = secrets.token_urlsafe(48)
        self._tokens[made] = at + self._rules.kf_sync_token
        return made

    def check_token(self, token: str, at: datetime) -> None:
        """Refuses a wrong or old one; without one only a few calls a minute are allowed."""
        if token:
            if at >= self._tokens.get(token, at):
                raise Refused(95007)
            return
        recent = [each for each in self._without_token if at - each < timedelta(minutes=1)]
        if len(recent) >= self._rules.kf_calls_without_token:
            raise Refused(45009, "without token")
        self._without_token = [*recent, at]

    def page(self, cursor: str, limit: int, at: datetime) -> tuple[list[dict[str, object]], str]:
        """Entries after `cursor` and the cursor behind them; without one, three days back."""
        begin = self._place(cursor) if cursor else self._first(at - self._rules.kf_replay)
        taken = self._entries[begin : begin + min(limit, self._rules.kf_page)]
        return [dict(entry.item) for entry in taken], self.cursor(begin + len(taken))

    def more(self, cursor: str) -> bool:
        """Is there anything after it?"""
        return self._place(cursor) < len(self._entries)

    def cursor(self, place: int) -> str:
        """The opaque form of a place."""
        return base64.urlsafe_b64encode(f"kf:{self._run}:{place}".encode()).decode()

    def _place(self, cursor: str) -> int:
        try:
            kind, run, place = base64.urlsafe_b64decode(cursor).decode().split(":")
            if kind == "kf" and run != self._run:
                return 0  # the simulator was started anew: all there is came later
            if kind == "kf" and 0 <= int(place) <= len(self._entries):
                return int(place)
        except (binascii.Error, ValueError):
            pass
        raise Refused(40058, "cursor")

    def _first(self, since: datetime) -> int:
        return sum(entry.at < since for entry in self._entries)

    def new_code(
        self, phone_id: str, at: datetime, good_for: timedelta, state: int | None = None
    ) -> str:
        """A code that allows one message on an event."""
        made = secrets.token_urlsafe(24)
        self._codes[made] = Code(phone_id, at + good_for, state)
        return made

    def use_code(self, code: str, at: datetime, states: Mapping[str, int]) -> str:
        """The customer of a code, which is used up by it; `states` of sessions by customer."""
        found = self._codes.get(code)
        if found is None or found.used or at >= found.until:
            raise Refused(40029, "used" if found and found.used else "unknown or too late")
        if found.state not in (None, states[found.phone_id]):
            raise Refused(95018, f"not in state {found.state}")
        found.used = True
        return found.phone_id
