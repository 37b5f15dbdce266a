"""Who asks: signing in, rights, looking at sealed data."""

from __future__ import annotations

from api.errors.base import DeskError


class NotSignedIn(DeskError):
    """No valid staff session."""

    code, status = "not_signed_in", 401


class SessionExpired(DeskError):
    """The visitor token is missing, forged or expired."""

    code, status = "session_expired", 401


class SignInFailed(DeskError):
    """User name or password is wrong."""

    code, status = "sign_in_failed", 401


class TooManyAttempts(DeskError):
    """Too much in a short time: wrong sign-ins or proofs of identity, or new conversations and
    files from one network address."""

    code, status = "too_many_attempts", 429


class CsrfFailed(DeskError):
    """The CSRF header is missing or wrong."""

    code, status = "csrf_failed", 403


class Forbidden(DeskError):
    """The role does not allow it."""

    code, status = "forbidden", 403


class ReasonTooShort(DeskError):
    """The reason for a look at personal data says nothing."""

    code, status = "reason_too_short", 422


class TooManyReveals(DeskError):
    """Somebody has looked at personal data too often within an hour."""

    code, status = "too_many_reveals", 429


class CannotUnseal(DeskError):
    """Personal data was sealed with a key this desk does not have."""

    code, status = "cannot_unseal", 503
