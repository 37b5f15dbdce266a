"""Errors any endpoint may give: a body that does not fit, a thing that is not there."""

from __future__ import annotations

from api.errors.base import DeskError


class EmptyText(DeskError):
    """The message has no visible character."""

    code, status = "empty_text", 422


class TextTooLong(DeskError):
    """The message has more characters than a message may have."""

    code, status = "text_too_long", 422


class ValidationFailed(DeskError):
    """A field is not of the required form."""

    code, status = "validation_failed", 422


class InvalidJson(DeskError):
    """The body is not JSON in UTF-8."""

    code, status = "invalid_json", 400


class BodyTooLarge(DeskError):
    """The body is larger than the address accepts."""

    code, status = "body_too_large", 413


class NotFound(DeskError):
    """Nothing of that name, or nothing the caller may see."""

    code, status = "not_found", 404


class AlreadyTaken(DeskError):
    """Another agent owns the conversation."""

    code, status = "already_taken", 409


class Conflict(DeskError):
    """Somebody else changed it in the meantime."""

    code, status = "conflict", 409


class AlreadyDone(DeskError):
    """It was done before: nothing is left to do."""

    code, status = "already_done", 409


class TooEarly(DeskError):
    """It cannot be done before `not_before`."""

    code, status = "too_early", 409


class Unavailable(DeskError):
    """A part the answer needs is away."""

    code, status = "unavailable", 503
