"""Base of the desk's actions, and the few things they all say and set."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Protocol

from rasa_sdk import Action

from actions.conversation import Conversation, Tracker, read_conversation
from actions.gateway import Gateway, KnowledgeEntry, shared_gateway
from actions.settings import Policy, read_policy
from actions.wire import GatewayUnavailable

_PLACES = ("first", "second", "third")


class Dispatcher(Protocol):
    """What is used of `rasa_sdk.executor.CollectingDispatcher`."""

    def utter_message(self, **message: Any) -> None:
        """Collect one message to the customer."""
        ...


Events = list[dict[str, Any]]
"""Events for Rasa's tracker, as JSON."""


class DeskAction(Action, ABC):  # type: ignore[misc]  # rasa_sdk ships no types
    """An action with the desk at hand. Errors are not caught: Rasa's side undoes the turn."""

    action_name: str

    def __init__(self, gateway: Gateway | None = None, policy: Policy | None = None) -> None:
        self._gateway = gateway
        self.policy = policy or read_policy()

    @property
    def gateway(self) -> Gateway:
        """The desk."""
        return self._gateway or shared_gateway()

    def name(self) -> str:
        """The name in the domain."""
        return self.action_name

    async def run(self, dispatcher: Dispatcher, tracker: Tracker, domain: Any) -> Events:
        """Rasa's entry; `domain` is not used. Raises GatewayUnavailable when it takes too long."""
        del domain
        try:
            async with asyncio.timeout(self.policy.seconds):
                return await self.act(read_conversation(tracker), dispatcher)
        except TimeoutError as error:
            raise GatewayUnavailable(f"{self.action_name}: too slow") from error

    @abstractmethod
    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Do it, and return the events for the tracker."""


def slot(name: str, value: Any) -> dict[str, Any]:
    """The event that sets a slot."""
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def leave_form() -> Events:
    """The events that end the active form; what was taken down stays in the slots."""
    return [
        {"event": "active_loop", "timestamp": None, "name": None},
        slot("requested_slot", None),
    ]


def say_suggestions(say: Dispatcher, response: str, entries: Sequence[KnowledgeEntry]) -> None:
    """Offer one to three entries as buttons that send their standard question.

    The domain has the response for each number of entries: `<response>_1` to `<response>_3`.
    """
    shown = entries[: len(_PLACES)]
    say.utter_message(
        response=f"{response}_{len(shown)}",
        json_message={
            "outcome": "suggestions",
            "suggestions": [entry.key for entry in shown],
        },
        **{place: entry.question for place, entry in zip(_PLACES, shown, strict=False)},
    )
