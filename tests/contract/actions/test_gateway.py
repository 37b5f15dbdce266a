"""Both gateways are held by the same tests; what is below the real one never shows through."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest

from actions.commerce import (
    NotFound,
    NotPossible,
    NotVerified,
    Orders,
    Receipt,
    TooManyAttempts,
    Verification,
)
from actions.gateway import (
    Gateway,
    GatewayError,
    GatewayRefused,
    GatewayUnavailable,
    GatewayUnreadable,
    HandoffRequest,
    HttpGateway,
    TicketRequest,
)
from actions.settings import Settings, SettingsError, read_settings
from tests.contract.actions import memory_shop
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.memory_shop import refusal
from tests.contract.actions.recordings import ENTRIES

SETTINGS = Settings("http://desk.test", "secret", 1.0)
TICKET = TicketRequest(
    conversation_id="c1",
    message_id="m1",
    kind="request",
    description="坏了",
    order_number=None,
    contact="13800138000",
)
HANDOFF = HandoffRequest(conversation_id="c1", message_id="m1", reason="customer_asked")


def over_http(memory: MemoryGateway) -> Callable[[httpx.Request], Awaitable[httpx.Response]]:
    """The desk's side of architecture §5 on top of `memory`."""

    async def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == "Bearer secret"
        body = json.loads(request.content)
        try:
            if request.url.path == "/internal/v1/knowledge/lookup":
                found = await memory.lookup(body["keys"], body["conversation_id"])
                return httpx.Response(200, json={"entries": [item.model_dump() for item in found]})
            if request.url.path == "/internal/v1/tickets":
                ticket = await memory.open_ticket(TicketRequest(**body))
                return httpx.Response(200, json=ticket.model_dump(mode="json"))
            if request.url.path.startswith("/internal/v1/commerce"):
                path = request.url.path.removeprefix("/internal/v1/commerce")
                return httpx.Response(200, json=await memory.shop_answer(path, body))
            handoff = await memory.hand_off(HandoffRequest(**body))
            return httpx.Response(200, json=handoff.model_dump())
        except GatewayError as error:
            status, refused = refusal(error)
            return httpx.Response(status, json=refused)

    return answer


@pytest.fixture
def memory() -> MemoryGateway:
    return MemoryGateway(ENTRIES)


@pytest.fixture(params=["memory", "http"])
async def gateway(request: pytest.FixtureRequest, memory: MemoryGateway) -> AsyncIterator[Gateway]:
    if request.param == "memory":
        yield memory
        return
    http = HttpGateway(SETTINGS, httpx.MockTransport(over_http(memory)))
    yield http
    await http.aclose()


async def test_lookup_keeps_the_order_and_leaves_out_what_is_unknown_or_inactive(
    gateway: Gateway, memory: MemoryGateway
) -> None:
    memory.inactive.add("other_enterprise")
    keys = ["promotion_coupon_unusable", "nobody", "other_enterprise", "refund_arrival_time"]
    found = await gateway.lookup(keys, "c1")
    assert [entry.key for entry in found] == ["promotion_coupon_unusable", "refund_arrival_time"]
    assert await gateway.lookup([], "c1") == []


async def test_a_ticket_is_opened_once_a_message_and_kind(gateway: Gateway) -> None:
    first = await gateway.open_ticket(TICKET)
    again = await gateway.open_ticket(TICKET)
    other = await gateway.open_ticket(TICKET.model_copy(update={"kind": "complaint"}))
    assert first.created
    assert not again.created
    assert again.number == first.number
    assert other.created
    assert other.number != first.number


async def test_a_handoff_happens_once_a_message(gateway: Gateway) -> None:
    assert (await gateway.hand_off(HANDOFF)).created
    assert not (await gateway.hand_off(HANDOFF)).created


PROOF = {
    "conversation_id": "c1",
    "order_number": memory_shop.ORDER,
    "phone_last4": memory_shop.TAIL,
}
CANCEL = {"conversation_id": "c1", "message_id": "m1", "order_number": memory_shop.ORDER}


async def test_nothing_personal_before_the_identity_is_proven(gateway: Gateway) -> None:
    with pytest.raises(NotVerified):
        await gateway.shop("/orders", {"conversation_id": "c1"}, Orders)
    wrong = await gateway.shop("/verify", {**PROOF, "phone_last4": "0000"}, Verification)
    assert not wrong.verified
    assert wrong.attempts_left == 4
    assert (await gateway.shop("/verify", PROOF, Verification)).verified
    assert (await gateway.shop("/orders", {"conversation_id": "c1"}, Orders)).orders


async def test_an_act_happens_once_a_message(gateway: Gateway) -> None:
    await gateway.shop("/verify", PROOF, Verification)
    first = await gateway.shop("/order/cancel", CANCEL, Receipt)
    again = await gateway.shop("/order/cancel", CANCEL, Receipt)
    assert first.created
    assert not again.created
    assert again.reference == first.reference
    assert first.refund_fen == 29_900


async def test_the_shop_says_why_not(gateway: Gateway, memory: MemoryGateway) -> None:
    await gateway.shop("/verify", PROOF, Verification)
    memory.store.refuse["/order/cancel"] = "already_shipped"
    with pytest.raises(NotPossible) as caught:
        await gateway.shop("/order/cancel", CANCEL, Receipt)
    assert caught.value.reason == "already_shipped"
    with pytest.raises(NotFound):
        await gateway.shop("/order/cancel", {**CANCEL, "order_number": "1" * 15}, Receipt)


async def test_too_many_wrong_proofs_lock(gateway: Gateway) -> None:
    for _ in range(5):
        await gateway.shop("/verify", {**PROOF, "phone_last4": "0000"}, Verification)
    with pytest.raises(TooManyAttempts):
        await gateway.shop("/verify", PROOF, Verification)


async def test_a_desk_that_is_down_is_unavailable(gateway: Gateway, memory: MemoryGateway) -> None:
    memory.down = True
    for call in (
        lambda: gateway.lookup(["refund_arrival_time"], "c1"),
        lambda: gateway.open_ticket(TICKET),
        lambda: gateway.hand_off(HANDOFF),
        lambda: gateway.shop("/verify", PROOF, Verification),
    ):
        with pytest.raises(GatewayUnavailable):
            await call()


LOWER = [
    httpx.ConnectError("no"),
    httpx.ConnectTimeout("no"),
    httpx.ReadTimeout("no"),
    httpx.WriteError("no"),
    httpx.PoolTimeout("no"),
    httpx.RemoteProtocolError("no"),
    httpx.DecodingError("no"),
    httpx.TooManyRedirects("no"),
    httpx.InvalidURL("no"),
    UnicodeDecodeError("utf-8", b"", 0, 1, "no"),
]


@pytest.mark.parametrize("error", LOWER, ids=lambda error: type(error).__name__)
async def test_every_error_from_below_is_translated(error: Exception) -> None:
    def fail(_: httpx.Request) -> httpx.Response:
        raise error

    gateway = HttpGateway(SETTINGS, httpx.MockTransport(fail))
    with pytest.raises(GatewayUnavailable) as caught:
        await gateway.open_ticket(TICKET)
    assert isinstance(caught.value, GatewayError)


async def test_a_connection_closed_at_the_wrong_moment_is_no_failure(
    memory: MemoryGateway,
) -> None:
    answer, calls = over_http(memory), 0

    async def flaky(request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return await answer(request)

    gateway = HttpGateway(SETTINGS, httpx.MockTransport(flaky))
    assert (await gateway.open_ticket(TICKET)).created
    assert calls == 2


@pytest.mark.parametrize(
    ("response", "error"),
    [
        (httpx.Response(500), GatewayUnavailable),
        (httpx.Response(429), GatewayUnavailable),
        (httpx.Response(401), GatewayRefused),
        (httpx.Response(422, json={"error": {}}), GatewayRefused),
        (httpx.Response(302, headers={"location": "/"}), GatewayRefused),
        (httpx.Response(200, content=b"not json"), GatewayUnreadable),
        (httpx.Response(200, content=b"\xff\xfe"), GatewayUnreadable),
        (httpx.Response(200, json={"number": 1}), GatewayUnreadable),
    ],
)
async def test_every_other_answer_is_an_error(
    response: httpx.Response, error: type[GatewayError]
) -> None:
    gateway = HttpGateway(SETTINGS, httpx.MockTransport(lambda _: response))
    with pytest.raises(error):
        await gateway.open_ticket(TICKET)


def test_settings_name_what_is_missing() -> None:
    with pytest.raises(SettingsError, match="FENZHEN_API_URL, FENZHEN_SERVICE_TOKEN"):
        read_settings({})
    settings = read_settings({"FENZHEN_API_URL": "http://x/", "FENZHEN_SERVICE_TOKEN": "t"})
    assert settings == Settings("http://x", "t", 2.0)
