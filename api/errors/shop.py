"""The shop's own refusals."""

from __future__ import annotations

from api.errors.base import DeskError


class NotVerified(DeskError):
    """Personal data was asked for before the customer's identity was proved."""

    code, status = "not_verified", 403


class OrderNotFound(DeskError):
    """No such order, or somebody else's: no difference is visible."""

    code, status = "order_not_found", 404


class AppointmentNotFound(DeskError):
    """No such appointment, or somebody else's."""

    code, status = "appointment_not_found", 404


class NotPossible(DeskError):
    """The shop's rules do not allow the act; `reason` is stable (docs/architecture.md §5)."""

    code, status = "not_possible", 409

    @property
    def reason(self) -> str:
        """Why not."""
        return str(self.details.get("reason", ""))
