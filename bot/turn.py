"""One turn of a conversation, all or nothing.

Rasa logs a failed action, forgets its events and goes on, saves half a turn, and falls back to
memory when the tracker store fails. Here a turn that did not work leaves no trace: the tracker is
written once, at the end, after everything went well.
"""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker

_SLASH = "／"


class TurnFailed(Exception):
    """The turn could not be finished and was undone."""


class ActionFailed(TurnFailed):
    """An action did not work."""


class TooManyActions(TurnFailed):
    """The rules went in a circle."""


class _Watched(Action):
    """An action that remembers why it failed, which Rasa does not tell."""

    def __init__(self, action: Action) -> None:
        self._action = action
        self.error: Exception | None = None

    def name(self) -> str:
        return self._action.name()

    def event_for_successful_execution(self, prediction: PolicyPrediction) -> Event:
        return self._action.event_for_successful_execution(prediction)

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        try:
            return await self._action.run(output_channel, nlg, tracker, domain)
        except ActionExecutionRejection:
            raise
        except Exception as error:
            self.error = error
            raise


class TurnProcessor(MessageProcessor):
    """Rasa's processor with the loaded model of `processor`, but strict."""

    def __init__(self, processor: MessageProcessor, tracker_store: TrackerStore) -> None:
        # not the parent's: that would load the model again
        self.__dict__.update(processor.__dict__)
        self.tracker_store = tracker_store
        self.on_circuit_break = _stop_circle

    async def run_turn(self, message: UserMessage, tracker: DialogueStateTracker) -> None:
        """Handle `message` on `tracker`; nothing is saved.

        Raises `TurnFailed` when an action failed or the rules went in a circle. The tracker is
        then half changed and to be thrown away.
        """
        channel = message.output_channel
        await self._update_tracker_session(tracker, channel, message.metadata)
        await self._handle_message_with_tracker(message, tracker)
        await self.run_action_extract_slots(channel, tracker)
        await self._run_prediction_loop(channel, tracker)

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """Understand the text as text: a leading slash is no Rasa command."""
        text = message.text or ""
        if text.startswith("/"):
            text = _SLASH + text[1:]
        harmless = UserMessage(
            text,
            message.output_channel,
            message.sender_id,
            input_channel=message.input_channel,
            message_id=message.message_id,
            metadata=message.metadata,
        )
        return await super().parse_message(harmless, tracker, only_output_properties)

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        watched = _Watched(action)
        goes_on = await super()._run_action(watched, tracker, output_channel, nlg, prediction)
        if watched.error is not None:
            raise ActionFailed(action.name()) from watched.error
        return goes_on


def processor_of(agent: Agent) -> TurnProcessor | None:
    """A strict processor with the agent's model, None while there is no model."""
    if agent.processor is None:
        return None
    return TurnProcessor(agent.processor, tracker_store_of(agent))


def tracker_store_of(agent: Agent) -> TrackerStore:
    """The agent's tracker store, without a fallback."""
    store = agent.tracker_store
    if isinstance(store, FailSafeTrackerStore):
        store = store._tracker_store  # noqa: SLF001 - its fallback to memory would lose turns
    return store


def _stop_circle(tracker: DialogueStateTracker, *_: object) -> None:
    raise TooManyActions(tracker.latest_action_name or "")
