"""What the desk offers to choose from."""

from __future__ import annotations

from collections.abc import Mapping

from actions.commerce import Appointments, FreeSlots, Orders
from actions.tasks.model import Load, Option, Request
from actions.tasks.showing import SHOP_TIME, clock, day, money, span
from actions.tasks.slots import SLOTS
from actions.texts import named, phrase

_LONGEST_TITLE = 14


async def orders(request: Request) -> list[Option]:
    """The customer's latest orders."""
    body = {"conversation_id": request.conversation_id}
    found = await request.gateway.shop("/orders", body, Orders)
    options = []
    for order in found.orders:
        first = order.items[0].title[:_LONGEST_TITLE] if order.items else money(order.total_fen)
        state = named("order", order.state)
        title = phrase("order_option", first=first, day=day(order.placed_at), state=state)
        options.append(Option(order.number, title))
    return options


async def appointments(request: Request) -> list[Option]:
    """The customer's open appointments."""
    body = {"conversation_id": request.conversation_id}
    found = await request.gateway.shop("/appointments", body, Appointments)
    options = []
    for visit in found.appointments:
        service, when = service_title(visit.service), span(visit.starts_at, visit.ends_at)
        options.append(Option(visit.number, phrase("visit_option", service=service, span=when)))
    return options


async def free_slots(request: Request) -> list[Option]:
    """Free times for the service at the address."""
    values = request.values
    body = {
        "conversation_id": request.conversation_id,
        "service": values.get("service"),
        "address": values.get("address"),
        "on": values.get("date"),
    }
    if number := values.get("appointment_number"):
        body["number"] = number
    found = await request.gateway.shop("/slots", body, FreeSlots)
    return [
        Option(
            item.id,
            span(item.starts_at, item.ends_at),
            item.starts_at.astimezone(SHOP_TIME).date().isoformat(),
            clock(item.starts_at),
        )
        for item in found.slots
    ]


def service_title(key: str) -> str:
    """The Chinese name of a home service."""
    return next((item.title for item in SLOTS["service"].choices if item.value == key), key)


LOADS: Mapping[str, Load] = {
    "order_number": orders,
    "appointment_number": appointments,
    "slot_id": free_slots,
}
"""By slot."""
