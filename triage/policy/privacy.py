"""How often and for what personal data may be looked at, and how long it is kept (norms §7)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PrivacyPolicy:
    """Looks at what is shown masked: how many an hour and person, and how long a reason is; how
    many days what staff were told, and alerts that are over, are kept."""

    reveals_per_hour: int
    least_reason: int
    notifications_kept_days: int
    alerts_kept_days: int

    def __post_init__(self) -> None:
        least = min(self.least_reason, self.notifications_kept_days, self.alerts_kept_days)
        if self.reveals_per_hour < 0 or least < 1:
            raise ValueError(f"no such policy: {self}")
