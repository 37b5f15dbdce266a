"""What is done when a task is agreed to: one call to the desk, and what to say of it."""

from __future__ import annotations

from datetime import datetime

from actions.commerce import Booked, Order, Receipt, TicketState, TicketStates
from actions.gateway import TicketKind, TicketRequest
from actions.tasks import showing
from actions.tasks.model import Act, Request, Said
from actions.tasks.showing import SHOP_TIME, day, money

_MINUTES_PER_HOUR = 60
_NOON = {"morning": "09:00", "noon": "12:00", "afternoon": "14:00", "evening": "19:00"}


async def _order(request: Request) -> Order:
    body = {
        "conversation_id": request.conversation_id,
        "order_number": request.values["order_number"],
    }
    return await request.gateway.shop("/order", body, Order)


def _named(order: Order) -> dict[str, str]:
    first = order.items[0].title if order.items else ""
    more = f" 等 {len(order.items)} 件商品" if len(order.items) > 1 else ""
    return {
        "number": order.number,
        "items": f"{first}{more}" if first else "您购买的商品",
        "state": showing.ORDER_STATES.get(order.state, order.state),
    }


async def track_order(request: Request) -> Said:
    """Where the order is."""
    order = await _order(request)
    parcel, told = order.shipment, _named(order)
    if parcel is None or order.state in {"unpaid", "paid", "packing", "cancelled"}:
        return Said("utter_order_state", told)
    told |= {
        "carrier": parcel.carrier,
        "tracking": parcel.tracking_number,
        "parcel": showing.SHIPMENT_STATES.get(parcel.state, parcel.state),
        "event": parcel.last_event.text if parcel.last_event else "",
        "place": parcel.last_event.place if parcel.last_event else "",
        "when": f"{day(parcel.last_event.time)}{showing.clock(parcel.last_event.time)}"
        if parcel.last_event
        else "",
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
    refund, told = order.refund, _named(order)
    if refund is None:
        return Said("utter_refund_none", told)
    told |= {
        "kind": showing.REFUND_KINDS.get(refund.kind, refund.kind),
        "refund": showing.REFUND_STATES.get(refund.state, refund.state),
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
    body |= {"title": values.get("invoice_title") or "个人", "kind": values["invoice_kind"]}
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
    at = _moment(request)
    body = request.body("phone", "topic", at=at.isoformat() if at else None)
    receipt = await request.gateway.shop("/call-back", body, Receipt)
    told = _receipt("utter_done_call_back" if at else "utter_done_call_back_soon", receipt, request)
    when = receipt.at or at
    return Said(
        told.response,
        {**told.variables, "when": f"{day(when)}{showing.clock(when)}" if when else ""},
        outcome="ticket",
        mark=told.mark,
    )


def _moment(request: Request) -> datetime | None:
    """The time the customer named; a part of the day begins at its usual hour."""
    values = request.values
    clock = str(values.get("time") or "").partition("/")[0] or _NOON.get(
        str(values.get("day_part") or "")
    )
    now = datetime.now(SHOP_TIME)
    on = values.get("date") or (now.date().isoformat() if clock else None)
    if not on:
        return None
    return datetime.fromisoformat(f"{on}T{clock or '10:00'}").replace(tzinfo=SHOP_TIME)


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
    state = showing.TICKET_STATES.get(ticket.state, ticket.state)
    due = f"，预计 {day(ticket.resolution_due_at)}前给出结果" if ticket.resolution_due_at else ""
    open_due = due if state not in {"已解决", "已结束"} else ""
    note = f"\n最近进展：{ticket.last_note}" if ticket.last_note else ""
    return f"{ticket.number}「{ticket.title}」：{state}{open_due}{note}"


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
        hours, minutes = divmod(opened.first_response_minutes, _MINUTES_PER_HOUR)
        whole_hours = hours > 0 and minutes == 0
        return Said(
            f"{response}_hours" if whole_hours else response,
            {
                "number": opened.number,
                "minutes": str(opened.first_response_minutes),
                "hours": str(hours),
            },
            outcome="ticket",
            mark={"number": opened.number},
        )

    return act
