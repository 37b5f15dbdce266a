"""Both servers and the page, as one ASGI app."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount, Route

from simulator.wechat import control, kf_api, official_api
from simulator.wechat.calls import Endpoint, handler
from simulator.wechat.core import World
from simulator.wechat.simulator import Simulator
from simulator.wechat.world import Kind

OFFICIAL = "/api.weixin.qq.com"
KF = "/qyapi.weixin.qq.com"


def create_app(simulator: Simulator) -> Starlette:
    """The app: `OFFICIAL` and `KF` stand for the two servers, `/` is the page."""
    world = simulator.world
    return Starlette(
        routes=[
            Mount(OFFICIAL, routes=_routes(world, Kind.official, official_api.ENDPOINTS)),
            Mount(KF, routes=_routes(world, Kind.kf, kf_api.ENDPOINTS)),
            *control.routes(simulator),
        ]
    )


def _routes(world: World, kind: Kind, endpoints: tuple[Endpoint, ...]) -> list[Route]:
    both = ["GET", "POST"]
    return [Route(each.path, handler(world, kind, each), methods=both) for each in endpoints]
