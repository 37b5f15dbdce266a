"""To a person."""

from __future__ import annotations

from typing import cast

from actions.conversation import Conversation
from actions.desk_action import DeskAction, Dispatcher, Events, leave_form
from actions.gateway import Gateway, HandoffReason, HandoffRequest


class ActionTransferToHuman(DeskAction):
    """A person is asked for: granted at once, from any state (norms §3)."""

    action_name = "action_transfer_to_human"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Hand off; the reason is that of the offer it answers, else the customer's wish."""
        return await hand_off(
            self.gateway, conversation, say, conversation.offer or "customer_asked"
        )


class ActionDistress(DeskAction):
    """Somebody may harm themselves: where help is, and a person at once."""

    action_name = "action_distress"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Say it and hand off."""
        return await help_in_distress(self.gateway, conversation, say)


async def help_in_distress(gateway: Gateway, conversation: Conversation, say: Dispatcher) -> Events:
    """The same words everywhere, with the hotlines; then a person."""
    say.utter_message(response="utter_distress")
    return await hand_off(gateway, conversation, say, "policy")


async def hand_off(
    gateway: Gateway, conversation: Conversation, say: Dispatcher, reason: str
) -> Events:
    """Ask the desk for the handoff and leave the form, slots kept.

    The desk writes the notice to the customer, so only the outcome is reported here.
    """
    await gateway.hand_off(
        HandoffRequest(
            conversation_id=conversation.id,
            message_id=conversation.turn.message_id,
            reason=cast(HandoffReason, reason),
        )
    )
    say.utter_message(json_message={"outcome": "handoff"})
    return leave_form()
