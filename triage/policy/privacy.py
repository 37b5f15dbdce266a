"""How often and for what personal data may be looked at (norms §7)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """Looks at what is shown masked: how many an hour and person, and how long a reason is."""

    reveals_per_hour: int
    least_reason: int

    def __post_init__(self) -> None:
        if self.reveals_per_hour < 0 or self.least_reason < 1:
            raise ValueError(f"no such policy: {self}")
