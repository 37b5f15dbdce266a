"""Every error a caller can get: a small class, its code, its HTTP status; the one place for both.

Message texts are in `api/i18n` under `error.<code>`. No answer ever carries a stack trace.
"""

from __future__ import annotations

from typing import Any, ClassVar

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from api.i18n import choose, say
from triage.ownership import MoveNotAllowed

log = structlog.get_logger(__name__)


class DeskError(Exception):
    """An expected error with a stable `code` and an HTTP `status`."""

    code: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


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
    """Too many wrong sign-ins, or wrong proofs of identity, in a short time."""

    code, status = "too_many_attempts", 429


class CsrfFailed(DeskError):
    """The CSRF header is missing or wrong."""

    code, status = "csrf_failed", 403


class Forbidden(DeskError):
    """The role does not allow it."""

    code, status = "forbidden", 403


class NotFound(DeskError):
    """Nothing of that name, or nothing the caller may see."""

    code, status = "not_found", 404


class AlreadyTaken(DeskError):
    """Another agent owns the conversation."""

    code, status = "already_taken", 409


class NotOwner(DeskError):
    """The caller does not own the conversation."""

    code, status = "not_owner", 409


class AgentAway(DeskError):
    """The agent has no console open, or takes no conversations."""

    code, status = "agent_away", 409


class DeclineTooLate(DeskError):
    """It was not given to the caller just now, or they have answered already."""

    code, status = "decline_too_late", 409


class NobodyElse(DeskError):
    """Nobody else is at work who could have the conversation."""

    code, status = "nobody_else", 409


class NotWaiting(DeskError):
    """The customer does not wait for a person."""

    code, status = "not_waiting", 409


class StateConflict(DeskError):
    """The state table does not allow the move."""

    code, status = "move_not_allowed", 409


class AlreadyRated(DeskError):
    """The conversation has a rating."""

    code, status = "already_rated", 409


class NotRateable(DeskError):
    """The conversation has not ended."""

    code, status = "not_rateable", 409


class Conflict(DeskError):
    """Somebody else changed it in the meantime."""

    code, status = "conflict", 409


class NotVerified(DeskError):
    """Personal data was asked for before the customer's identity was proved."""

    code, status = "not_verified", 403


class OrderNotFound(DeskError):
    """No such order, or somebody else's: no difference is visible."""

    code, status = "order_not_found", 404


class AppointmentNotFound(DeskError):
    """No such appointment, or somebody else's."""

    code, status = "appointment_not_found", 404


class TicketNotFound(DeskError):
    """No such ticket, or somebody else's."""

    code, status = "ticket_not_found", 404


class NotPossible(DeskError):
    """The shop's rules do not allow the act; `reason` is stable (docs/architecture.md §5)."""

    code, status = "not_possible", 409

    @property
    def reason(self) -> str:
        """Why not."""
        return str(self.details.get("reason", ""))


class TicketMoveNotAllowed(DeskError):
    """The state table of tickets does not allow the move; `allowed` names those it does."""

    code, status = "ticket_move_not_allowed", 409


class TicketMerged(DeskError):
    """The ticket is part of another one, `into`, where work goes on."""

    code, status = "ticket_merged", 409


class TicketClosed(DeskError):
    """The ticket is closed: nothing can be added."""

    code, status = "ticket_closed", 409


class ChildrenOpen(DeskError):
    """A parent is not closed before its `children`, unless a supervisor forces it."""

    code, status = "children_open", 409


class TicketCycle(DeskError):
    """A ticket cannot be its own parent, however far up."""

    code, status = "ticket_cycle", 409


class MergeNotPossible(DeskError):
    """The two tickets cannot be merged; `reason` is one of `triage.tickets.MergeProblem`."""

    code, status = "merge_not_possible", 409


class NotMerged(DeskError):
    """The ticket is not part of another one."""

    code, status = "not_merged", 409


class ResultRequired(DeskError):
    """What is resolved needs a result that says something."""

    code, status = "result_required", 422


class StepNotAllowed(DeskError):
    """Steps are done one after another; `next` names the one that comes now."""

    code, status = "step_not_allowed", 409


class P1Protected(DeskError):
    """Nobody but a supervisor lowers P1."""

    code, status = "priority_protected", 403


class ReasonTooShort(DeskError):
    """The reason for a look at personal data says nothing."""

    code, status = "reason_too_short", 422


class TooManyReveals(DeskError):
    """Somebody has looked at personal data too often within an hour."""

    code, status = "too_many_reveals", 429


class CannotUnseal(DeskError):
    """Personal data was sealed with a key this desk does not have."""

    code, status = "cannot_unseal", 503


class ProofMissing(DeskError):
    """Nothing proves that two customers are one person."""

    code, status = "proof_missing", 409


class CustomersNotMergeable(DeskError):
    """`reason`: `same`, `already_merged`, or `target_merged` when an undo has to wait."""

    code, status = "customers_not_mergeable", 409


class PolicyRefused(DeskError):
    """A setting that cannot be; `problem` says why, in English."""

    code, status = "policy_refused", 422


class UnknownTeam(DeskError):
    """No such team."""

    code, status = "unknown_team", 422


class NameTaken(DeskError):
    """Another one has that name."""

    code, status = "name_taken", 409


class LastAdmin(DeskError):
    """Nobody could administer the desk any more."""

    code, status = "last_admin", 409


class UnknownStaff(DeskError):
    """No such active member of staff, or one who may not see the ticket."""

    code, status = "unknown_staff", 422


class EmptyFile(DeskError):
    """The file has no content."""

    code, status = "empty_file", 422


class FileTooLarge(DeskError):
    """The file is larger than `largest_bytes`."""

    code, status = "file_too_large", 413


class FileNotAllowed(DeskError):
    """Not a kind of file the desk takes, or its name says something else than its content."""

    code, status = "file_not_allowed", 415


class TooManyFiles(DeskError):
    """The customer has sent more files than a conversation may hold in a day."""

    code, status = "too_many_files", 429


class Crossed(DeskError):
    """Somebody else has spoken since `after_seq`: `newer` and `customer` name what is new."""

    code, status = "crossed", 409


class TooLate(DeskError):
    """A message can be taken back for `seconds` only."""

    code, status = "too_late", 409


class UnknownQuote(DeskError):
    """No message of this conversation that the customer can see."""

    code, status = "unknown_quote", 422


class UnknownAttachment(DeskError):
    """No file that the caller has uploaded for this conversation and not sent yet."""

    code, status = "unknown_attachment", 422


class UnknownVariable(DeskError):
    """A ready text names something the desk cannot fill in; `variables` are those it can."""

    code, status = "unknown_variable", 422


class ValuesMissing(DeskError):
    """What a text is filled with is not known: `missing` names it. Nothing was sent."""

    code, status = "values_missing", 409


class TooManySaved(DeskError):
    """Nobody keeps more than `most` of these."""

    code, status = "too_many_saved", 409


class AlreadyDone(DeskError):
    """It was done before: nothing is left to do."""

    code, status = "already_done", 409


class TooEarly(DeskError):
    """It cannot be done before `not_before`."""

    code, status = "too_early", 409


class Unavailable(DeskError):
    """A part the answer needs is away."""

    code, status = "unavailable", 503


class ErrorBody(BaseModel):
    """`code` is stable, `message` is for people."""

    code: str
    message: str
    details: dict[str, Any] = {}


class ErrorResponse(BaseModel):
    """The form of every error answer."""

    error: ErrorBody


_BY_STATUS = {
    400: "invalid_json",  # FastAPI: the body could not be parsed
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    503: "unavailable",
}


def error_body(error: DeskError, language: str) -> dict[str, Any]:
    """`{"error": …}` of `error` as plain JSON values."""
    return _body(error.code, language, error.details)


def declare(*errors: type[DeskError]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses` for the errors an endpoint can give."""
    by_status: dict[int, list[str]] = {}
    for error in errors:
        by_status.setdefault(error.status, []).append(error.code)
    return {
        status: {"model": ErrorResponse, "description": " · ".join(codes)}
        for status, codes in by_status.items()
    }


def install(app: FastAPI) -> None:
    """Translate every exception that leaves an endpoint into the form above."""
    app.add_exception_handler(DeskError, _desk_error)
    app.add_exception_handler(MoveNotAllowed, _move_not_allowed)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _unfit)
    app.add_exception_handler(OperationalError, _database_away)
    app.add_exception_handler(PoolTimeoutError, _database_away)
    app.add_exception_handler(Exception, _unexpected)


def _body(code: str, language: str, details: dict[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "message": say(f"error.{code}", language), "details": details}}


def _answer(request: Request, code: str, status: int, details: dict[str, Any]) -> JSONResponse:
    language = choose(request.headers.get("accept-language"))
    return JSONResponse(_body(code, language, details), status)


async def _desk_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, DeskError)
    return _answer(request, error.code, error.status, error.details)


async def _move_not_allowed(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MoveNotAllowed)
    return _answer(request, StateConflict.code, 409, {"state": error.current})


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    if any(problem["type"] == "json_invalid" for problem in problems):
        return _answer(request, InvalidJson.code, InvalidJson.status, {})
    fields = [
        {"field": ".".join(map(str, problem["loc"])), "problem": problem["type"]}
        for problem in problems
    ]
    return _answer(request, ValidationFailed.code, ValidationFailed.status, {"fields": fields})


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if error.status_code == 400 and "multipart" in request.headers.get("content-type", ""):
        return _answer(request, DeskError.code, DeskError.status, {})
    return _answer(request, _BY_STATUS.get(error.status_code, "bad_request"), error.status_code, {})


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.error("database.unavailable", path=request.url.path, error=type(error).__name__)
    return _answer(request, Unavailable.code, Unavailable.status, {})


async def _unfit(request: Request, error: Exception) -> JSONResponse:
    """A value the database cannot hold, e.g. a NUL character."""
    log.warning("request.unfit", path=request.url.path, error=type(error).__name__)
    return _answer(request, ValidationFailed.code, ValidationFailed.status, {})


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("request.failed", path=request.url.path, exc_info=error)
    return _answer(request, "internal", 500, {})
