"""The status page of a ticket: plain HTML from the server, which works without any script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from api.context import DeskDep
from api.conversations.text import clean
from api.errors import DeskError, NotFound
from api.i18n import choose, say
from api.ids import SHOP_TIME
from api.tickets import customer_view
from api.tickets.looks import looks_of

router = APIRouter(include_in_schema=False)

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
Key = Annotated[str, Query(max_length=100)]


@router.get("/t/{number}")
async def status_page(
    number: str, request: Request, desk: DeskDep, key: Key = "", sent: bool = False
) -> HTMLResponse:
    """How the ticket stands; 404 for a wrong number or key."""
    language = choose(request.headers.get("accept-language"))
    note = say("ticket_page.sent", language) if sent else None
    return await _page(desk, number, key, language, note)


@router.post("/t/{number}")
async def add_on_page(
    number: str,
    request: Request,
    desk: DeskDep,
    key: Key = "",
    text: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Take what the customer adds and show the page again."""
    language = choose(request.headers.get("accept-language"))
    try:
        async with desk.database.transaction() as tx:
            await customer_view.add_answer(tx, desk.settings, number, key, clean(text))
    except NotFound:
        return _missing(desk, language)
    except DeskError as error:
        reason = say(f"error.{error.code}", language)
        note = say("ticket_page.not_sent", language, reason=reason)
        return await _page(desk, number, key, language, note, error.status)
    again = urlencode({"key": key, "sent": 1})
    return RedirectResponse(f"?{again}", 303, headers={"Referrer-Policy": "no-referrer"})


async def _page(
    desk: DeskDep, number: str, key: str, language: str, note: str | None, code: int = 200
) -> HTMLResponse:
    try:
        async with desk.database.transaction() as tx:
            ticket = await customer_view.open_with_key(tx, desk.settings, number, key)
            status = await customer_view.status(tx, ticket, language)
    except NotFound:
        return _missing(desk, language)
    values = {"status": status, "asked": number, "key": key, "note": note}
    return _html(desk, "status.html", language, code, values)


def _missing(desk: DeskDep, language: str) -> HTMLResponse:
    return _html(desk, "missing.html", language, NotFound.status, {})


def _html(
    desk: DeskDep, name: str, language: str, code: int, values: Mapping[str, object]
) -> HTMLResponse:
    def t(key: str, **filled: object) -> str:
        return say(f"ticket_page.{key}", language, **filled)

    looks = looks_of(desk.settings, language)
    page = _template(name).render(t=t, language=language, local=_local, looks=looks, **values)
    return HTMLResponse(page, code, headers=_HEADERS)


@cache
def _template(name: str) -> Template:
    folder = Path(__file__).parent / "templates"
    environment = Environment(
        loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined
    )
    return environment.get_template(name)


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(SHOP_TIME):%Y-%m-%d %H:%M}"
