"""How an error reaches the caller: one JSON form, never a stack trace."""

from __future__ import annotations

from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from api.errors.base import DeskError
from api.errors.requests import InvalidJson, Unavailable, ValidationFailed
from api.errors.talks import StateConflict
from api.i18n import choose, say
from triage.ownership import MoveNotAllowed

log = structlog.get_logger(__name__)


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
    app.add_exception_handler(ClientDisconnect, _gone)
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


async def _gone(request: Request, error: Exception) -> JSONResponse:
    """The caller hung up while sending: nobody reads this."""
    del error
    log.info("request.cut", path=request.url.path)
    return _answer(request, DeskError.code, DeskError.status, {})


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
