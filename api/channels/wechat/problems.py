"""What WeChat's error codes mean for a message: one table for both platforms (wechat.md)."""

from __future__ import annotations

from collections.abc import Mapping

from api.channels.interface import NotDelivered

TOKEN_CODES = frozenset({40001, 40014, 42001})
"""The token is not, or no longer, valid."""
_AGAIN = frozenset({"busy", "away"})

_PROBLEMS: Mapping[int, str] = {
    -1: "busy",
    45009: "busy",  # calls of the day
    45011: "busy",  # calls of the minute
    45033: "busy",  # calls at once
    45015: "window",
    45047: "quota",
    45002: "too_long",
    40001: "token",
    40013: "token",
    40014: "token",
    40125: "token",
    40243: "token",
    41004: "token",
    42001: "token",
    40164: "not_allowed",  # our address is not on the allow-list
    60020: "not_allowed",  # the same on 企业微信
    48001: "not_allowed",
    48002: "not_allowed",
    50002: "not_allowed",
    43101: "subscription",
    95001: "quota",
    95002: "window",
    95011: "not_allowed",
    95012: "not_allowed",
    95013: "closed",
    95017: "not_allowed",
    95018: "elsewhere",  # the session is in no state in which we may send
}
_ONE_CUSTOMER = frozenset({48002, 50002})
"""They refuse messages, or their own account is restricted: others can be written to."""
_LATE: Mapping[int, str] = {4: "window", 5: "closed", 6: "quota", 10: "refused"}


def problem_of(code: int) -> str:
    """The problem that an errcode stands for; `refused` for those that are not known."""
    return _PROBLEMS.get(code, "refused")


def is_of_account(problem: str | None, code: int | None) -> bool:
    """Whether nobody can be written to until the account is put right: secret, address, rights."""
    return problem == "token" or (problem == "not_allowed" and code not in _ONE_CUSTOMER)


def late_problem_of(fail_type: int) -> str:
    """The problem that a late failure of 微信客服 stands for (`msg_send_fail`)."""
    return _LATE.get(fail_type, "refused")


def not_delivered(code: int, message: str = "") -> NotDelivered:
    """The error of a call that was answered with `code`, and what was said with it."""
    problem = problem_of(code)
    return NotDelivered(problem, code, again=problem in _AGAIN, message=message)


def away() -> NotDelivered:
    """The error of a call that was never written: nobody was there to take it."""
    return NotDelivered("away", again=True)
