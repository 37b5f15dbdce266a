"""What everything that goes over the wire has in common, and how the desk says no."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class GatewayError(Exception):
    """The desk did not do what was asked."""


class GatewayUnavailable(GatewayError):
    """The desk cannot be reached, takes too long or is in trouble itself."""


class GatewayRefused(GatewayError):
    """The desk understood the request and refuses it."""


class GatewayInvalid(GatewayRefused):
    """The desk cannot take what the customer told: asking once more would give the same."""


class GatewayUnreadable(GatewayError):
    """The desk's answer is not what architecture §5 says."""


class Wire(BaseModel):
    """Base of what goes over the wire; new fields of the desk do no harm."""

    model_config = ConfigDict(frozen=True, extra="ignore")
