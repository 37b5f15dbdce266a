"""How a conversation stands with its proof of identity (norms §5): pure, `now` is an argument."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.policy import IdentityPolicy


@dataclass(frozen=True, slots=True)
class Standing:
    """Wrong tries since the last lock, and until when nothing is listened to.

    A right proof in between changes nothing: it must not buy new guesses.
    """

    wrong_tries: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        """Is it too early for another try?"""
        return self.locked_until is not None and now < self.locked_until


def after_wrong_try(standing: Standing, now: datetime, policy: IdentityPolicy) -> Standing:
    """One more wrong try; the last one that is allowed locks. A lock that is over starts anew."""
    before = 0 if standing.locked_until is not None else standing.wrong_tries
    if before + 1 < policy.wrong_tries:
        return Standing(before + 1)
    return Standing(before + 1, now + timedelta(minutes=policy.locked_minutes))


def without_try(standing: Standing) -> Standing:
    """One try less, for it was not wrong after all; a lock it had caused is open again."""
    return Standing(max(0, standing.wrong_tries - 1))


def attempts_left(standing: Standing, policy: IdentityPolicy) -> int:
    """How many tries are left before the lock."""
    return max(0, policy.wrong_tries - standing.wrong_tries)


def target_of(order_number: str) -> bytes:
    """What wrong tries at an order count for, however its number is written.

    A shop may forgive case, width and dashes; each spelling must not have a count of its own.
    """
    spelled = unicodedata.normalize("NFKC", order_number).casefold()
    return hashlib.sha256(re.sub(r"[\W_]", "", spelled).encode()).digest()
