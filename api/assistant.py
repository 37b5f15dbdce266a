"""The bot behind an interface: Rasa in production, an echo twin wherever no bot is needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from api.connections import tls

Outcome = Literal[
    "faq",
    "suggestions",
    "task",
    "ticket",
    "handoff",
    "small_talk",
    "out_of_scope",
    "fallback",
]


_TIMEOUTS_IN_A_ROW = 3
_SPARED_SECONDS = 3.0
_READING_SECONDS = 2.0
"""Reading a message is worth no longer wait: a person has it already."""
_KEPT_SECONDS = 3.0
"""Idle connections are given up before Rasa's server (5 s) does it."""


class AssistantUnavailable(Exception):
    """The bot did not give a whole answer in time; asking again later is safe."""


class OtherModel(Exception):
    """The bot would answer with `model` and not with the one it was asked for; nothing was done."""

    def __init__(self, model: str) -> None:
        super().__init__(model)
        self.model = model


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


_Shape = TypeVar("_Shape", bound=_Frozen)


class Button(_Frozen):
    """A choice offered to the customer; a tap sends `text`."""

    title: str
    text: str


class Reply(_Frozen):
    """One bot message."""

    text: str
    buttons: tuple[Button, ...] = ()
    kind: Literal["text", "suggestions", "notice"] = "text"


class Guess(_Frozen):
    """An intent with its confidence, 0–1."""

    name: str
    confidence: float


class Ranked(_Frozen):
    """A knowledge entry with its score, 0–1."""

    key: str
    score: float


class Entity(_Frozen):
    """Something named in the text, from `start` up to `end`; `value` as the bot goes on with it."""

    entity: str
    value: JsonValue = None
    start: int | None = None
    end: int | None = None


class FaqDecision(_Frozen):
    """What is done with a question: `verdict` is `answer`, or `offer` holds the suggestions."""

    verdict: str = "none"
    offer: tuple[str, ...] = ()


class Understanding(_Frozen):
    """What the bot made of the text."""

    intent: Guess
    intent_ranking: tuple[Guess, ...] = ()
    faq_ranking: tuple[Ranked, ...] = ()
    faq_decision: FaqDecision | None = None
    entities: tuple[Entity, ...] = ()


class Answer(_Frozen):
    """The bot's whole answer to one customer message (docs/architecture.md §4)."""

    replies: tuple[Reply, ...]
    outcome: Outcome
    answers: tuple[Ranked, ...] = ()
    suggestions: tuple[str, ...] = ()
    nlu: Understanding
    slots: dict[str, Any] = {}
    active_form: str | None = None
    model: str | None = None
    """Hash of the model that answered."""
    replayed: bool = False


class _Details(_Frozen):
    model: str


class _Error(_Frozen):
    details: _Details


class _Conflict(_Frozen):
    """The refusal of a model that is not loaded."""

    error: _Error


class _Health(_Frozen):
    models: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Context:
    """What the desk knows besides the message.

    `recent` are the knowledge entries the conversation was last given, newest first;
    `wants_person` how probable (0–1) the classifier finds a wish for a person; `track` which
    release answers, `live` or `canary`, and `model` the only model that may (None: any).
    """

    recent: Sequence[str] = ()
    wants_person: float | None = None
    track: str = "live"
    model: str | None = None


NOTHING_KNOWN = Context()


class Assistant(Protocol):
    """Answers and reads customer messages."""

    async def ask(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        context: Context = NOTHING_KNOWN,
    ) -> Answer:
        """Give the answer; the same `message_id` again gives the same answer, which names the
        model that gave it first.

        Raises AssistantUnavailable, and OtherModel when `context.model` is not loaded.
        """

    async def models(self) -> Mapping[str, str]:
        """The model that answers, by track; nothing while it cannot be asked."""

    async def read(self, text: str, context: Context = NOTHING_KNOWN) -> Understanding:
        """What it makes of a text that it does not answer; nothing is remembered of it.

        Raises AssistantUnavailable, and OtherModel when `context.model` is not loaded.
        """

    async def healthy(self) -> bool:
        """Can it be asked right now?"""


class RasaAssistant:
    """Rasa's desk channel over HTTP."""

    def __init__(self, url: str, service_token: str, timeout_seconds: float) -> None:
        self._client = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {service_token}"},
            timeout=httpx.Timeout(timeout_seconds, connect=0.5),
            limits=httpx.Limits(keepalive_expiry=_KEPT_SECONDS),
            trust_env=False,
            verify=tls(),
        )
        self._timeout_seconds = timeout_seconds
        self._timeouts = 0
        self._spared_until = 0.0

    async def ask(
        self,
        conversation_id: UUID,
        message_id: UUID,
        text: str,
        channel: str,
        context: Context = NOTHING_KNOWN,
    ) -> Answer:
        known = {"message_id": str(message_id), "channel": channel, **_told(context)}
        body = {"sender": str(conversation_id), "message": text, "metadata": known}
        return await self._request("webhook", body, Answer, self._timeout_seconds)

    async def read(self, text: str, context: Context = NOTHING_KNOWN) -> Understanding:
        body = {"message": text, "metadata": _told(context)}
        seconds = min(self._timeout_seconds, _READING_SECONDS)
        return await self._request("read", body, Understanding, seconds)

    async def _request(
        self, path: str, body: dict[str, Any], shape: type[_Shape], seconds: float
    ) -> _Shape:
        if time.monotonic() < self._spared_until:
            raise AssistantUnavailable("it hung a moment ago")
        try:
            async with asyncio.timeout(seconds):
                response = await self._post(path, body)
            if response.status_code == httpx.codes.CONFLICT:
                raise OtherModel(
                    _Conflict.model_validate_json(response.content).error.details.model
                )
            response.raise_for_status()
            answer = shape.model_validate_json(response.content)
        except TimeoutError as error:
            self._note_timeout()
            raise AssistantUnavailable("too slow") from error
        except (httpx.HTTPError, ValidationError) as error:
            raise AssistantUnavailable(type(error).__name__) from error
        self._timeouts = 0
        return answer

    def _note_timeout(self) -> None:
        """A bot that hangs is not asked for a moment: others need not wait to be told."""
        self._timeouts += 1
        if self._timeouts >= _TIMEOUTS_IN_A_ROW:
            self._spared_until = time.monotonic() + _SPARED_SECONDS
            self._timeouts = 0

    async def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """Send once more when a kept connection was being closed just then: a repeat is safe."""
        url = f"/webhooks/desk/{path}"
        try:
            return await self._client.post(url, json=body)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return await self._client.post(url, json=body)

    async def models(self) -> Mapping[str, str]:
        try:
            response = await self._client.get("/webhooks/desk/", timeout=2)
            return _Health.model_validate_json(response.content).models
        except (httpx.HTTPError, ValidationError):
            return {}

    async def healthy(self) -> bool:
        try:
            return (await self._client.get("/webhooks/desk/", timeout=2)).is_success
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


class EchoAssistant:
    """The harmless twin: repeats the text. Everything but the bot can be tried with it."""

    async def ask(
        self,
        conversation_id: UUID,  # noqa: ARG002 - the interface's
        message_id: UUID,  # noqa: ARG002
        text: str,
        channel: str,  # noqa: ARG002
        context: Context = NOTHING_KNOWN,  # noqa: ARG002
    ) -> Answer:
        return Answer(
            replies=(Reply(text=text),),
            outcome="small_talk",
            nlu=Understanding(intent=Guess(name="echo", confidence=1.0)),
        )

    async def models(self) -> Mapping[str, str]:
        return {}

    async def read(
        self,
        text: str,  # noqa: ARG002
        context: Context = NOTHING_KNOWN,  # noqa: ARG002
    ) -> Understanding:
        return Understanding(intent=Guess(name="echo", confidence=1.0))

    async def healthy(self) -> bool:
        return True


def _told(context: Context) -> dict[str, Any]:
    return {
        "recent": list(context.recent),
        "wants_person": context.wants_person,
        "track": context.track,
        "model": context.model,
    }
