"""A small shop in memory behind `MemoryGateway`: what the seam of commerce promises, no more."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from actions.commerce import NotFound, NotPossible, NotVerified, TooManyAttempts
from actions.wire import GatewayError

TAIL = "6789"
ORDER = "202611180012345"
SECOND = "202611150054321"
SHIPPED = "202611100011111"
STRANGER = "202601010099999"
MOST_TRIES = 5
CHINA = timezone(timedelta(hours=8))


def refusal(error: GatewayError) -> tuple[int, dict[str, Any]]:
    """Status and body with which the desk says no (the seam's codes)."""
    details: dict[str, str] = {}
    if isinstance(error, NotVerified):
        status, code = 403, "not_verified"
    elif isinstance(error, NotFound):
        status, code = 404, error.code
    elif isinstance(error, NotPossible):
        status, code, details = 409, "not_possible", {"reason": error.reason}
    elif isinstance(error, TooManyAttempts):
        status, code = 429, "too_many_attempts"
    else:
        status, code = 503, "unavailable"
    return status, {"error": {"code": code, "message": "", "details": details}}


_PROVEN = {
    "/orders", "/order", "/order/change-address", "/order/cancel", "/order/after-sale",
    "/order/invoice", "/order/price-protection", "/order/urge", "/account/secure",
    "/privacy-request",
}  # fmt: skip


def order(number: str, state: str = "paid", title: str = "空气炸锅 5L") -> dict[str, Any]:
    """One order as the seam shows it."""
    shipment = {
        "tracking_number": "SF1234567890123",
        "carrier": "顺丰速运",
        "state": "in_transit",
        "last_event": {
            "time": "2026-11-20T03:00:00Z",
            "place": "杭州转运中心",
            "text": "快件已发出",
        },
        "expected_on": "2026-11-23",
        "pickup_code": None,
    }
    return {
        "number": number,
        "state": state,
        "placed_at": "2026-11-18T02:00:00Z",
        "total_fen": 29_900,
        "items": [{"title": title, "quantity": 1}],
        "shipment": shipment if state == "shipped" else None,
        "refund": None,
    }


class MemoryShop:
    """Three orders of one customer; `refuse` maps a path to the reason it is refused with."""

    def __init__(self) -> None:
        self.orders = {
            ORDER: order(ORDER),
            SECOND: order(SECOND, title="羽绒服"),
            SHIPPED: order(SHIPPED, "shipped", "扫地机器人"),
        }
        self.proven: set[str] = set()
        self.tries: dict[str, int] = {}
        self.acts: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refuse: dict[str, str] = {}
        self.appointments: dict[str, dict[str, Any]] = {}
        self.no_slots = False

    def answer(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body of a good answer; raises the refusals of `actions.commerce`."""
        self.calls.append((path, dict(body)))
        conversation = str(body["conversation_id"])
        if path == "/verify":
            return self._verify(conversation, body)
        if path in _PROVEN and conversation not in self.proven:
            raise NotVerified(path)
        if (number := body.get("order_number")) and number not in self.orders:
            raise NotFound("order_not_found")
        if reason := self.refuse.get(path):
            raise NotPossible(reason)
        return self._served(path, conversation, body)

    def of(self, conversation: str) -> list[tuple[str, dict[str, Any]]]:
        """What was done for a conversation: path and body, each act once."""
        return [(path, body) for (who, _, path), body in self.acts.items() if who == conversation]

    def _verify(self, conversation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if self.tries.get(conversation, 0) >= MOST_TRIES:
            raise TooManyAttempts("/verify")
        good = body["order_number"] in self.orders and body["phone_last4"] == TAIL
        if good:
            self.proven.add(conversation)
        else:
            self.tries[conversation] = self.tries.get(conversation, 0) + 1
        left = MOST_TRIES - self.tries.get(conversation, 0)
        return {"verified": good, "attempts_left": left, "display_name": None}

    def _served(self, path: str, conversation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if path == "/orders":
            return {"orders": list(self.orders.values())}
        if path == "/order":
            return self.orders[body["order_number"]]
        if path == "/slots":
            return {"slots": [] if self.no_slots else self._slots(body.get("on"))}
        if path == "/appointments":
            if conversation not in self.proven and conversation not in self.appointments:
                raise NotVerified(path)
            visit = self.appointments.get(conversation)
            return {"appointments": [visit] if visit else []}
        if path == "/ticket-status":
            return {"tickets": []}
        place = (conversation, str(body["message_id"]), path)
        created = place not in self.acts
        self.acts.setdefault(place, dict(body))
        if path.startswith("/appointment/"):
            return {"appointment": self._visit(path, conversation, body), "created": created}
        return {
            "reference": f"R{1 + list(self.acts).index(place):04d}",
            "created": created,
            "refund_fen": 29_900,
            "refund_expected_on": "2026-11-25",
            "expected_on": "2026-11-22",
            "promised_on": "2026-11-22",
            "difference_fen": 2_050,
            "due_on": "2026-12-11",
            "at": body.get("at"),
        }

    def _slots(self, on: str | None) -> list[dict[str, Any]]:
        first = datetime.now(CHINA).date() + timedelta(1)
        days = [datetime.fromisoformat(on).date()] if on else [first, first + timedelta(1)]
        return [
            {
                "id": f"{day.isoformat()}T{hour:02d}",
                "starts_at": datetime(day.year, day.month, day.day, hour, tzinfo=CHINA).isoformat(),
                "ends_at": datetime(
                    day.year, day.month, day.day, hour + 2, tzinfo=CHINA
                ).isoformat(),
            }
            for day in days
            for hour in (9, 14)
        ]

    def _visit(self, path: str, conversation: str, body: Mapping[str, Any]) -> dict[str, Any]:
        if path == "/appointment/cancel":
            return {**self.appointments.pop(conversation), "state": "cancelled"}
        start = datetime.fromisoformat(f"{body['slot_id']}:00:00").replace(tzinfo=CHINA)
        old = self.appointments.get(conversation, {})
        self.appointments[conversation] = {
            "number": old.get("number", "A0001"),
            "service": body.get("service") or old.get("service", "repair"),
            "address_masked": "杭州市余杭区***",
            "starts_at": start.isoformat(),
            "ends_at": (start + timedelta(hours=2)).isoformat(),
            "contact_masked": "138****8000",
            "state": "booked",
        }
        return self.appointments[conversation]
