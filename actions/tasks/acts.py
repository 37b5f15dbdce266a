"""What is done when a task is agreed to: one call to the desk, and what to say of it."""

from __future__ import annotations

from actions.commerce import Booked, Order, Receipt, TicketState, TicketStates
from actions.gateway import TicketKind, TicketRequest
from actions.tasks import showing
from actions.tasks.model import Act, Request, Said
from actions.tasks.showing import day, moment, money
from actions.tasks.times import wished_moment
from actions.texts import named, phrase

_MOST_MINUTES = 120
"""An answer that comes later is promised by the time of day, not in minutes."""
_ENDED = ("resolved", "closed")


async def _order(request: Request) -> Order:
    body = {
        "conversation_id": request.conversation_id,
        "order_number": request.values["order_number"],
    }
    return await request.gateway.shop("/order", body, Order)


def _told(order: Order) -> dict[str, str]:
    """What every sentence about an order may name."""
    items = order.items[0].title if order.items else phrase("goods")
    if len(order.items) > 1:
        items = phrase("goods_more", first=items, count=len(order.items))
    return {"number": order.number, "items": items, "state": named("order", order.state)}


async def track_order(request: Request) -> Said:
    """Where the order is."""
    order = await _order(request)
    parcel, told = order.shipment, _told(order)
    if parcel is None or order.state in {"unpaid", "paid", "packing", "cancelled"}:
        return Said("utter_order_state", told)
    told |= {
        "carrier": parcel.carrier,
        "tracking": parcel.tracking_number,
        "parcel": named("shipment", parcel.state),
        "event": parcel.last_event.text if parcel.last_event else "",
        "place": parcel.last_event.place if parcel.last_event else "",
        "when": moment(parcel.last_event.time if parcel.last_event else None),
        "expected": day(parcel.expected_on),
        "code": parcel.pickup_code or "",
    }
    if parcel.state == "at_pickup_point" and parcel.pickup_code:
        return Said("utter_parcel_pickup", told)
    if parcel.expected_on and parcel.state in {"created", "in_transit", "out_for_delivery"}:
        return Said("utter_parcel_expected", told)
    return Said("utter_parcel_state", told)


async def refund_status(request: Request) -> Said:
    """How far the refund is."""
    order = await _order(request)
    refund, told = order.refund, _told(order)
    if refund is None:
        return Said("utter_refund_none", told)
    told |= {
        "kind": named("after_sale", refund.kind),
        "refund": named("refund", refund.state),
        "amount": money(refund.amount_fen),
        "expected": day(refund.expected_on),
        "reference": refund.number,
    }
    if refund.expected_on and refund.state != "paid":
        return Said("utter_refund_expected", told)
    return Said("utter_refund_state", told)


def order_act(path: str, response: str, *names: str, **fixed: str) -> Act:
    """An act on an order: `names` are the slots that go along."""

    async def act(request: Request) -> Said:
        body = request.body("order_number", *names, **fixed)
        return _receipt(response, await request.gateway.shop(path, body, Receipt), request)

    return act


def _receipt(response: str, receipt: Receipt, request: Request) -> Said:
    dates = {
        "expected": receipt.expected_on or receipt.refund_expected_on,
        "pickup": receipt.pickup_from,
        "promised": receipt.promised_on,
        "due": receipt.due_on,
    }
    told = {
        "reference": receipt.reference,
        "refund": money(receipt.refund_fen),
        "difference": money(receipt.difference_fen),
        **{name: day(value) for name, value in dates.items()},
    }
    return Said(response, {**request.shown, **told}, mark={"reference": receipt.reference})


async def cancel_order(request: Request) -> Said:
    """No order; what was paid goes back."""
    receipt = await request.gateway.shop("/order/cancel", request.body("order_number"), Receipt)
    paid = bool(receipt.refund_fen)
    response = "utter_done_cancel_order" if paid else "utter_done_cancel_order_unpaid"
    return _receipt(response, receipt, request)


async def change_address(request: Request) -> Said:
    """The address, and who receives it when that was told.

    A phone goes along only beside a name, as the summary shows it: one from another task or given
    as proof is not the recipient's.
    """
    recipient = ("recipient_name", "phone") if request.values.get("recipient_name") else ()
    body = request.body("order_number", "address", *recipient)
    receipt = await request.gateway.shop("/order/change-address", body, Receipt)
    return _receipt("utter_done_change_address", receipt, request)


async def request_return(request: Request) -> Said:
    """Goods back or money only."""
    kind = request.values.get("after_sale_kind") or "return"
    body = request.body("order_number", "reason", kind=kind)
    receipt = await request.gateway.shop("/order/after-sale", body, Receipt)
    suffix = "_money" if kind == "refund" else "" if receipt.pickup_from else "_send"
    return _receipt(f"utter_done_request_return{suffix}", receipt, request)


async def request_invoice(request: Request) -> Said:
    """An invoice by e-mail."""
    values = request.values
    body = request.body("order_number", "tax_number", "email")
    body |= {
        "title": values.get("invoice_title") or phrase("personal"),
        "kind": values["invoice_kind"],
    }
    receipt = await request.gateway.shop("/order/invoice", body, Receipt)
    return _receipt("utter_done_request_invoice", receipt, request)


async def book_appointment(request: Request) -> Said:
    """A visit at a free time."""
    body = request.body("service", "address", "slot_id", "note", contact=request.values["phone"])
    booked = await request.gateway.shop("/appointment/book", body, Booked)
    return _visit("utter_done_book_appointment", request, booked)


def _visit(response: str, request: Request, booked: Booked) -> Said:
    visit = booked.appointment
    told = {"number": visit.number, "span": showing.span(visit.starts_at, visit.ends_at)}
    return Said(response, {**request.shown, **told}, mark={"reference": visit.number})


async def change_appointment(request: Request) -> Said:
    """Another time for a visit."""
    body = request.body("slot_id", number=request.values["appointment_number"])
    booked = await request.gateway.shop("/appointment/change", body, Booked)
    return _visit("utter_done_change_appointment", request, booked)


async def cancel_appointment(request: Request) -> Said:
    """No visit."""
    body = request.body(number=request.values["appointment_number"])
    booked = await request.gateway.shop("/appointment/cancel", body, Booked)
    return _visit("utter_done_cancel_appointment", request, booked)


async def account_security(request: Request) -> Said:
    """Lock the account or sign out everywhere."""
    wish = str(request.values["security_wish"])
    receipt = await request.gateway.shop("/account/secure", request.body(wish=wish), Receipt)
    return _receipt(f"utter_done_account_security_{wish}", receipt, request)


async def data_request(request: Request) -> Said:
    """A request under the law on personal information."""
    note = request.values.get("note") or request.shown["privacy_wish"]
    body = request.body(wish=request.values["privacy_wish"], note=note)
    receipt = await request.gateway.shop("/privacy-request", body, Receipt)
    return _receipt("utter_done_data_request", receipt, request)


async def call_back(request: Request) -> Said:
    """A call at a time, or as soon as possible."""
    at = wished_moment(request.values, request.said_at)
    body = request.body("phone", "topic", at=at.isoformat() if at else None)
    receipt = await request.gateway.shop("/call-back", body, Receipt)
    told = _receipt("utter_done_call_back" if at else "utter_done_call_back_soon", receipt, request)
    return Said(
        told.response,
        {**told.variables, "when": moment(receipt.at or at)},
        outcome="ticket",
        mark=told.mark,
    )


async def ticket_status(request: Request) -> Said:
    """How far the customer's tickets are."""
    body = {
        "conversation_id": request.conversation_id,
        "number": request.values.get("ticket_number"),
    }
    found = await request.gateway.shop("/ticket-status", body, TicketStates)
    if not found.tickets:
        return Said("utter_tickets_none")
    lines = "\n".join(_ticket_line(ticket) for ticket in found.tickets[:3])
    return Said("utter_tickets", {"lines": lines})


def _ticket_line(ticket: TicketState) -> str:
    told = {
        "number": ticket.number,
        "title": ticket.title,
        "state": named("ticket", ticket.state),
    }
    if ticket.resolution_due_at and ticket.state not in _ENDED:
        return phrase("ticket_line_due", **told, due=day(ticket.resolution_due_at))
    return phrase("ticket_line", **told)


def ticket(kind: TicketKind, response: str) -> Act:
    """A ticket with the story, and the promise of the first answer."""

    async def act(request: Request) -> Said:
        values = request.values
        told = [str(values[name]) for name in ("product", "issue") if values.get(name)]
        opened = await request.gateway.open_ticket(
            TicketRequest(
                conversation_id=request.conversation_id,
                message_id=request.message_id,
                kind=kind,
                description="\n".join(told),
                order_number=values.get("order_number"),
                contact=values.get("contact"),
            )
        )
        soon = opened.first_response_minutes <= _MOST_MINUTES
        return Said(
            response if soon else f"{response}_by",
            {
                "number": opened.number,
                "minutes": str(opened.first_response_minutes),
                "due": moment(opened.first_response_due_at),
            },
            outcome="ticket",
            mark={"number": opened.number},
        )

    return act
