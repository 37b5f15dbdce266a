"""What the simulator's own page asks and does."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from simulator.wechat import acts, bodies
from simulator.wechat.answers import Refused
from simulator.wechat.bodies import Body
from simulator.wechat.faults import ApiFault, PushFault, Setting
from simulator.wechat.simulator import Simulator
from simulator.wechat.views import whole

PAGE = Path(__file__).parent / "page" / "index.html"
Work = Callable[[Simulator, Body], Awaitable[object] | object]


def routes(simulator: Simulator) -> list[Route]:
    """The page and what it calls."""

    async def page(_request: Request) -> Response:
        return FileResponse(PAGE, media_type="text/html", headers={"Cache-Control": "no-store"})

    async def state(request: Request) -> Response:
        query = request.query_params
        known = query.get("changes", "")
        if known == str(simulator.world.changes):
            return Response(status_code=204)
        return JSONResponse(whole(simulator, query.get("account", ""), query.get("customer", "")))

    async def media(request: Request) -> Response:
        found = simulator.world.media.peek(request.path_params["media_id"])
        if found is None:
            return Response(status_code=404)
        safe = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return Response(found.content, media_type=found.content_type, headers=safe)

    def posted(work: Work) -> Callable[[Request], Awaitable[Response]]:
        async def handle(request: Request) -> Response:
            if request.headers.get("content-type") != "application/json":
                return JSONResponse({"problem": "application/json"}, status_code=415)
            try:
                done = work(simulator, bodies.read(await request.body()))
                if isinstance(done, Awaitable):
                    done = await done
            except (Refused, KeyError, ValueError) as error:
                return JSONResponse({"problem": str(error)}, status_code=400)
            simulator.world.changes += 1
            return JSONResponse(done or {})

        return handle

    works: dict[str, Work] = {
        "customers": _customers,
        "acts": _act,
        "faults": _faults,
        "clock": _clock,
        "tokens": _tokens,
        "check": _check,
    }
    return [
        Route("/", page),
        Route("/simulator/state", state),
        Route("/media/{media_id}", media),
        *(
            Route(f"/simulator/{name}", posted(work), methods=["POST"])
            for name, work in works.items()
        ),
    ]


def _customers(simulator: Simulator, body: Body) -> object:
    account = simulator.world.accounts[body.text("account")]
    return {"id": simulator.customer(account, body.text("name")[:20]).phone.id}


def _act(simulator: Simulator, body: Body) -> object:
    account = simulator.world.accounts[body.text("account")]
    person = simulator.person(account, account.phones[body.text("customer")])
    if not acts.known(body.text("act")):
        raise ValueError(body.text("act"))
    file = base64.b64decode(body.optional("content"), validate=True)
    simulator.world.later(acts.act(person, body, file))
    return {}


def _faults(simulator: Simulator, body: Body) -> object:
    faults = simulator.world.faults
    if body.text("name") == "none":
        faults.clear()
        return {}
    setting = Setting(
        times=body.number("times") if body.has("times") else None,
        share=body.number("percent", 100) / 100,
        seconds=float(body.number("seconds", 8)),
        fail_type=body.number("fail_type", 4),
    )
    name, on = body.text("name"), body.flag("on")
    if name in set(ApiFault):
        faults.api.pop(ApiFault(name), None)
        if on:
            faults.api[ApiFault(name)] = setting
    else:
        faults.push.pop(PushFault(name), None)
        if on:
            faults.push[PushFault(name)] = setting
    return {}


def _clock(simulator: Simulator, body: Body) -> object:
    simulator.world.clock.advance(timedelta(seconds=max(0, body.number("seconds"))))
    return {}


def _tokens(simulator: Simulator, body: Body) -> object:
    tokens = simulator.world.accounts[body.text("account")].tokens
    if body.has("seconds"):
        tokens.seconds = max(1, min(7200, body.number("seconds")))
    if body.flag("expire"):
        tokens.expire(simulator.world.now())
    return {}


async def _check(simulator: Simulator, body: Body) -> object:
    account = simulator.world.accounts[body.text("account")]
    return {"problem": await simulator.pusher.check(account)}
