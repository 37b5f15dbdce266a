"""What the desk makes of a company's shop that does not answer as it should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import yaml

from api.commerce import wire
from api.commerce.http import HttpShop, shop_client
from api.commerce.interface import Proof
from api.errors import NotPossible, NotVerified, OrderNotFound, Unavailable, ValidationFailed

DESCRIBED = yaml.safe_load(
    (Path(__file__).resolve().parents[3] / "docs" / "commerce-openapi.yaml").read_text("utf-8")
)
Handler = Callable[[httpx.Request], httpx.Response]


def broken(error: Exception) -> Handler:
    def handle(_request: httpx.Request) -> httpx.Response:
        raise error

    return handle


def answering(status: int, content: object) -> Handler:
    return lambda _request: httpx.Response(status, json=content)


async def ask(handler: Handler) -> None:
    async with shop_client("http://shop.test", "t", 1, httpx.MockTransport(handler)) as client:
        await HttpShop(client).order("customer", "880100100011")


@pytest.mark.parametrize(
    "handler",
    [
        broken(httpx.ConnectError("refused")),
        broken(httpx.ReadTimeout("slow")),
        broken(httpx.RemoteProtocolError("cut")),
        answering(500, {"error": {"code": "internal"}}),
        answering(401, {"error": {"code": "not_signed_in"}}),
        answering(403, {"error": {"code": "forbidden"}}),
        answering(404, {"detail": "Not Found"}),
        answering(404, {"error": {"code": "not_found"}}),
        answering(409, {"error": {"code": "not_possible", "details": {}}}),
        answering(418, "tea"),
        answering(200, {"number": 1}),
        lambda _request: httpx.Response(200, content=b"<html>"),
        lambda _request: httpx.Response(302, headers={"location": "http://elsewhere.test"}),
    ],
)
async def test_an_answer_outside_the_contract_means_that_the_shop_is_away(handler: Handler) -> None:
    with pytest.raises(Unavailable):
        await ask(handler)


@pytest.mark.parametrize(
    ("handler", "error"),
    [
        (answering(404, {"error": {"code": "order_not_found", "message": "x"}}), OrderNotFound),
        (answering(403, {"error": {"code": "not_verified"}}), NotVerified),
        (answering(422, {"error": {"code": "validation_failed"}}), ValidationFailed),
    ],
)
async def test_a_refusal_of_the_contract_stays_what_it_is(
    handler: Handler, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await ask(handler)


async def test_a_reason_arrives_with_its_details() -> None:
    details = {"reason": "window_over", "days": 7}
    with pytest.raises(NotPossible) as refused:
        await ask(answering(409, {"error": {"code": "not_possible", "details": details}}))
    assert refused.value.details == details


async def test_every_act_carries_its_key_and_every_call_the_token() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        answers = {wire.FIND_CUSTOMER: {"customer": None}, wire.URGE: None}
        body = answers[request.url.path.removeprefix("/api")]
        return httpx.Response(200, json=body or {"reference": "U1", "promised_on": "2026-11-22"})

    transport = httpx.MockTransport(handle)
    async with shop_client("http://shop.test/api", "secret", 1, transport) as client:
        shop = HttpShop(client)
        await shop.find_customer(Proof("880100100011", phone_last4="6021"))
        await shop.urge("key-1", "customer", "880100100011")
    assert [request.headers.get("idempotency-key") for request in seen] == [None, "key-1"]
    assert {request.headers["authorization"] for request in seen} == {"Bearer secret"}


def test_every_address_of_the_client_is_described() -> None:
    addresses = {
        value
        for name, value in vars(wire).items()
        if name.isupper() and isinstance(value, str) and value.startswith("/")
    }
    assert set(DESCRIBED["paths"]) == addresses


def test_every_described_act_wants_a_key() -> None:
    reads = {
        *(wire.FIND_CUSTOMER, wire.ORDERS, wire.ORDER, wire.SLOTS),
        *(wire.APPOINTMENTS, wire.APPOINTMENT, wire.APPOINTMENTS_BETWEEN),
    }
    for path, methods in DESCRIBED["paths"].items():
        headers = {each["name"] for each in methods["post"].get("parameters", [])}
        assert (wire.KEY_HEADER in headers) is (path not in reads), path
