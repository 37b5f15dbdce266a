"""Tickets and complaints: taking them down and handing them to the desk."""

from __future__ import annotations

from actions.conversation import Conversation
from actions.desk_action import DeskAction, Dispatcher, Events, leave_form, slot
from actions.gateway import TicketKind, TicketRequest
from actions.ticket_form import take_down

_MINUTES_PER_HOUR = 60


class ValidateTicketForm(DeskAction):
    """Reads each answer to the ticket form and says what to ask next."""

    action_name = "validate_ticket_form"
    form = "ticket_form"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:  # noqa: ARG002
        """Fill the slots of this message; a message for others is passed on."""
        step = take_down(conversation, self.form, self.policy)
        if step.passed:
            return [
                {
                    "event": "action_execution_rejected",
                    "timestamp": None,
                    "name": self.form,
                    "policy": None,
                    "confidence": None,
                }
            ]
        events = [slot(name, value) for name, value in step.slots.items()]
        return [*events, slot("requested_slot", step.requested)]


class ValidateComplaintForm(ValidateTicketForm):
    """The same for a complaint."""

    action_name = "validate_complaint_form"
    form = "complaint_form"


class ActionOpenTicket(DeskAction):
    """Everything is told: open the ticket and promise the first answer."""

    action_name = "action_open_ticket"
    kind: TicketKind = "request"
    response = "utter_ticket_opened"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Open it, tell number and time; the slots stay for whoever takes over."""
        ticket = await self.gateway.open_ticket(
            TicketRequest(
                conversation_id=conversation.id,
                message_id=conversation.turn.message_id,
                kind=self.kind,
                description=conversation.text_slot("issue") or conversation.turn.text,
                order_number=conversation.text_slot("order_number"),
                contact=conversation.text_slot("contact"),
            )
        )
        hours, minutes = divmod(ticket.first_response_minutes, _MINUTES_PER_HOUR)
        whole_hours = hours > 0 and minutes == 0
        say.utter_message(
            response=f"{self.response}_hours" if whole_hours else self.response,
            json_message={"outcome": "ticket", "number": ticket.number},
            number=ticket.number,
            minutes=ticket.first_response_minutes,
            hours=hours,
        )
        return [slot("ticket_filed", True), slot("form_hint", None)]


class ActionOpenComplaint(ActionOpenTicket):
    """The same for a complaint; it ends with the offer of a person."""

    action_name = "action_open_complaint"
    kind: TicketKind = "complaint"
    response = "utter_complaint_opened"


class ActionLeaveForm(DeskAction):
    """The customer wants to stop."""

    action_name = "action_leave_form"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Leave the form and forget the story; order number and contact stay known."""
        if conversation.active_form is None:
            say.utter_message(response="utter_nothing_to_stop")
            return []
        say.utter_message(response="utter_form_left")
        return [*leave_form(), slot("issue", None), slot("skipped_slots", [])]
