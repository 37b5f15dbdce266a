"""Settings of the action server, from the environment (architecture §6)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

GATEWAY_SECONDS = 2.0
"""Less than the desk waits for the bot, more than the desk waits for the shop."""


class SettingsError(RuntimeError):
    """A setting the action server cannot do without is missing."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the desk is and how long a call to it may take (seconds)."""

    api_url: str
    service_token: str
    timeout_seconds: float = GATEWAY_SECONDS


@dataclass(frozen=True, slots=True)
class Policy:
    """Figures of the conversation."""

    unclear_turns: int = 2
    """Failed understandings in a row after which a person is offered (norms §3)."""
    attempts: int = 3
    """How often a form asks for the same thing before it goes on without it."""
    seconds: float = GATEWAY_SECONDS
    """How long everything an action asks of the desk may take together."""


def read_policy(environment: Mapping[str, str] = os.environ) -> Policy:
    """The policy, from `FENZHEN_UNCLEAR_TURNS`, `FENZHEN_FORM_ATTEMPTS` and
    `FENZHEN_GATEWAY_TIMEOUT` where they are set."""
    usual = Policy()
    return Policy(
        unclear_turns=int(environment.get("FENZHEN_UNCLEAR_TURNS", usual.unclear_turns)),
        attempts=int(environment.get("FENZHEN_FORM_ATTEMPTS", usual.attempts)),
        seconds=_gateway_seconds(environment),
    )


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises `SettingsError` naming what is missing."""
    missing = [
        name for name in ("FENZHEN_API_URL", "FENZHEN_SERVICE_TOKEN") if not environment.get(name)
    ]
    if missing:
        raise SettingsError(f"not set: {', '.join(missing)}")
    return Settings(
        api_url=environment["FENZHEN_API_URL"].rstrip("/"),
        service_token=environment["FENZHEN_SERVICE_TOKEN"],
        timeout_seconds=_gateway_seconds(environment),
    )


def _gateway_seconds(environment: Mapping[str, str]) -> float:
    return float(environment.get("FENZHEN_GATEWAY_TIMEOUT", GATEWAY_SECONDS))
