"""How a call to either server goes: method, faults, token, body, act, answer, log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.wechat import bodies
from simulator.wechat.answers import OK, Refused, answer
from simulator.wechat.bodies import Body
from simulator.wechat.core import Record, World
from simulator.wechat.faults import ERRCODES, ApiFault
from simulator.wechat.media import Media
from simulator.wechat.world import Account, Kind

_SECRETS = frozenset({"secret", "corpsecret", "access_token"})


@dataclass(frozen=True)
class Call:
    """One call with a good token and a body that can be read."""

    world: World
    account: Account
    query: Mapping[str, str]
    body: Body
    file: tuple[str, bytes] | None
    """Name and bytes of an upload."""
    now: datetime
    number: int
    path: str


Given: TypeAlias = "Mapping[str, object] | Media"
Act = Callable[[Call], Awaitable[Given]]


@dataclass(frozen=True)
class Endpoint:
    """One address of a server."""

    method: Literal["GET", "POST"]
    path: str
    act: Act
    needs_token: bool = True
    upload: bool = False


class Cut(Exception):
    """The connection ends here."""


def handler(
    world: World, kind: Kind, endpoint: Endpoint
) -> Callable[[Request], Awaitable[Response]]:
    """The route of an endpoint."""

    async def handle(request: Request) -> Response:
        began = time.monotonic()
        record = world.record("call", endpoint.path, "", _shown(request.query_params))
        try:
            return await _answered(world, kind, endpoint, request, record)
        except Refused as refused:
            record.result = refused.errcode
            record.note = record.note or refused.detail
            return JSONResponse(answer(refused.errcode, refused.detail))
        except Cut:
            return await _cut(request)
        finally:
            record.seconds = time.monotonic() - began
            world.changes += 1

    return handle


async def _answered(
    world: World, kind: Kind, endpoint: Endpoint, request: Request, record: Record
) -> Response:
    if request.method != endpoint.method:
        raise Refused(43001 if endpoint.method == "GET" else 43002)
    _meet_faults_before(world, endpoint.path, record)
    account = _account(world, kind, endpoint, request)
    record.account = account.key if account else ""
    body, file = await _body(endpoint, request)
    record.sent = {**record.sent, **_shown(body.values)}
    call = Call(
        world=world,
        account=account or await _named(world, kind, request, body),
        query=request.query_params,
        body=body,
        file=file,
        now=world.now(),
        number=record.number,
        path=endpoint.path,
    )
    record.account = call.account.key
    given = await endpoint.act(call)
    await _meet_faults_after(world, endpoint.path, record)
    return _response(given)


def _account(world: World, kind: Kind, endpoint: Endpoint, request: Request) -> Account | None:
    """Whose token it is; None where none is needed."""
    if not endpoint.needs_token:
        return None
    account, errcode = world.by_token(kind, request.query_params.get("access_token", ""))
    if account is None:
        raise Refused(errcode)
    return account


async def _named(world: World, kind: Kind, request: Request, body: Body) -> Account:
    """The account a token is asked for."""
    official = kind is Kind.official
    app_id = body.text("appid", 41002) if official else request.query_params.get("corpid", "")
    account = world.by_app(kind, app_id)
    if account is None:
        raise Refused(40013)
    return account


async def _body(endpoint: Endpoint, request: Request) -> tuple[Body, tuple[str, bytes] | None]:
    if endpoint.upload:
        async with request.form() as form:
            sent = form.get("media")
            if not isinstance(sent, UploadFile):
                raise Refused(41005)
            return Body({}), (sent.filename or "", await sent.read())
    if endpoint.method == "GET":
        return Body({}), None
    return bodies.read(await request.body()), None


def _meet_faults_before(world: World, path: str, record: Record) -> None:
    for fault, errcode in ERRCODES.items():
        if world.faults.hit(fault, path):
            record.note = f"fault: {fault}"
            raise Refused(errcode)
    if world.faults.hit(ApiFault.cut_before_accepting, path):
        record.note = f"fault: {ApiFault.cut_before_accepting}"
        raise Cut


async def _meet_faults_after(world: World, path: str, record: Record) -> None:
    slow = world.faults.hit(ApiFault.slow, path)
    if slow:
        record.note = f"fault: {ApiFault.slow}"
        await asyncio.sleep(slow.seconds)
    if world.faults.hit(ApiFault.cut_after_accepting, path):
        record.note = f"fault: {ApiFault.cut_after_accepting}"
        raise Cut


async def _cut(request: Request) -> Response:
    """Ends the connection without a byte where the server can (`serving`), else in mid-answer."""
    abort = request.scope.get("state", {}).get("abort")
    if abort is None:
        return Response(headers={"content-length": "100"})
    abort()
    while not await request.is_disconnected():  # noqa: ASYNC110  Starlette has no event for it
        await asyncio.sleep(0)
    return _Nothing()


class _Nothing(Response):
    """There is nobody left to answer."""

    async def __call__(self, *_asgi: object) -> None:
        return


def _response(given: Given) -> Response:
    if isinstance(given, Media):
        name = f"{given.id[:16]}.{given.name.rpartition('.')[2]}"
        held = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(given.content, headers=held, media_type=given.content_type)
    return JSONResponse({**answer(OK), **given} if "errcode" not in given else dict(given))


def _shown(values: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in values.items() if name not in _SECRETS}
