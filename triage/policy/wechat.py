"""How far customers of WeChat can be written to, and how long one text may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from triage.policy.reading import read

LEAST_BYTES = 200
"""Shorter texts would cut every sentence."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many messages within so many seconds; a limit of 0 is a window that does not exist."""

    limit: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """The windows of one kind of account (wechat.md, Sending)."""

    message: Limit
    tap: Limit


@dataclass(frozen=True, slots=True)
class WechatPolicy:
    """Windows, quotas and lengths. Raises ValueError for figures that cannot be."""

    official: Limits
    kf: Limits
    resets: bool
    kept_for_answers: int
    margin_seconds: int
    longest_bytes: int

    def __post_init__(self) -> None:
        for limits in (self.official, self.kf):
            if limits.message.limit < 1 or limits.message.seconds <= self.margin_seconds:
                raise ValueError("who wrote can be answered: limit and seconds count from 1")
        if self.longest_bytes < LEAST_BYTES:
            raise ValueError(f"a text has at least {LEAST_BYTES} bytes")

    def limits(self, kind: str) -> Limits:
        """The windows of accounts of `kind` (`official` or `kf`)."""
        return self.kf if kind == "kf" else self.official

    @property
    def margin(self) -> timedelta:
        """How long before its end a window is taken for closed."""
        return timedelta(seconds=self.margin_seconds)


def wechat_of(raw: Mapping[str, Any]) -> WechatPolicy:
    """The policy of a file like `wechat.yml`; raises KeyError, TypeError and ValueError."""
    kinds = {kind: _limits(raw[kind]) for kind in ("official", "kf")}
    return WechatPolicy(**{**raw, **kinds})


def _limits(raw: Mapping[str, Any]) -> Limits:
    return Limits(**{name: Limit(**window) for name, window in raw.items()})


@cache
def wechat_policy() -> WechatPolicy:
    """The default policy on WeChat."""
    return wechat_of(read("wechat.yml"))
