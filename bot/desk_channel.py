"""The channel between worker and bot: one message in, one complete turn out (architecture §4).

What a person answers is only read.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.lock_store import LockError
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import models, rasa_speed
from bot.components.shared import RECENT, WANTS_PERSON
from bot.desk_reply import (
    MODEL,
    answered_by,
    last_message_id,
    reply,
    says_something,
    understood,
)
from bot.models import CANARY, LIVE, Loaded, Models, models_of
from bot.tracker_store import TrackerStoreUnavailable
from bot.turn import TurnFailed

logger = logging.getLogger(__name__)

LONGEST_TEXT = 2_000
_LONGEST_ID = 200
_MOST_RECENT = 20
_SURROGATES = re.compile("[\ud800-\udfff]")

_MESSAGES = {
    "unauthorized": ("服务令牌不正确。", "The service token is wrong."),
    "invalid_request": ("请求的内容不正确。", "The request is not readable."),
    "bot_unavailable": ("机器人暂时不可用。", "The bot is not available for now."),
    "bot_busy": (
        "这个会话的上一条消息还在处理。",
        "The conversation's last turn is still running.",
    ),
    "bot_incomplete": ("这一轮没有完成，已撤销。", "The turn was not finished and was undone."),
    "other_model": ("现在由另一个版本的模型回答。", "Another release's model answers now."),
}


class ChannelError(Exception):
    """A request that gets no reply; `code` and `status` go to the worker."""

    def __init__(self, status: int, code: str, **details: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.details = details


@dataclass(frozen=True)
class Incoming:
    """A readable request."""

    sender: str
    text: str
    message_id: str
    channel: str
    recent: tuple[str, ...] = ()
    wants_person: float | None = None
    track: str = LIVE
    model: str | None = None
    """The only model that may answer; None: whichever the track has."""


@dataclass(frozen=True)
class Reading:
    """A text to read, what the components are told beside it, and who reads it."""

    text: str
    told: dict[str, Any]
    track: str
    model: str | None


class DeskChannel(InputChannel):
    """Under `/webhooks/desk/`: `POST webhook` for turns, `POST read` for texts that are only to be
    understood, `GET` for health checks.
    """

    @classmethod
    def name(cls) -> str:
        """The name in the address."""
        return "desk"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> DeskChannel:
        """Settings `service_token` and `turn_seconds`, the longest a turn may take."""
        settings = credentials or {}
        token = str(settings.get("service_token") or "")
        if not token:
            raise RasaException("bot/credentials.yml: the desk channel needs a service_token")
        return cls(token, float(settings.get("turn_seconds", 10.0)))

    def __init__(self, service_token: str, turn_seconds: float) -> None:
        rasa_speed.install()
        models.install()
        self._expected = f"Bearer {service_token}".encode()
        self._turn_seconds = turn_seconds

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes. `on_new_message` is Rasa's forgiving way of a turn and is not used."""
        del on_new_message
        routes = Blueprint("desk_channel")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            followed = models_of(request.app.ctx.agent)
            tracks = followed.tracks if followed else {}
            ready = LIVE in tracks
            body = {"status": "ok" if ready else "no_model", "models": tracks}
            return response.json(body, status=200 if ready else 503)

        @routes.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            try:
                self._authorise(request)
                incoming = read_request(request.body)
                return response.json(await self._answer(request.app.ctx.agent, incoming))
            except ChannelError as error:
                return _refusal(error, request)

        @routes.post("/read")
        async def read(request: Request) -> HTTPResponse:
            try:
                self._authorise(request)
                wanted = read_text(request.body)
                return response.json(await self._read(request.app.ctx.agent, wanted))
            except ChannelError as error:
                return _refusal(error, request)

        return routes

    def _authorise(self, request: Request) -> None:
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            raise ChannelError(401, "unauthorized")

    async def _read(self, agent: Agent, wanted: Reading) -> dict[str, Any]:
        """What the text means; no conversation is opened or changed."""
        loaded = _wanted(*_followed(agent, wanted.track), wanted.model)
        message = UserMessage(wanted.text, metadata=wanted.told)
        try:
            return understood(await loaded.processor.parse_message(message))
        except Exception as error:  # the edge: one bad message stops nothing
            logger.exception("desk.not_read")
            raise ChannelError(503, "bot_incomplete", reason=type(error).__name__) from error

    async def _answer(self, agent: Agent, incoming: Incoming) -> dict[str, Any]:
        try:
            async with agent.lock_store.lock(incoming.sender):
                return await asyncio.wait_for(_turn(agent, incoming), self._turn_seconds)
        except LockError as error:
            busy = "running" in str(error)
            raise ChannelError(503, "bot_busy" if busy else "bot_unavailable") from error
        except TrackerStoreUnavailable as error:
            logger.error("desk.tracker_store %s", error)
            raise ChannelError(503, "bot_unavailable") from error
        except (TurnFailed, asyncio.TimeoutError) as error:
            logger.error("desk.turn_undone %s: %s", type(error).__name__, error)
            raise ChannelError(503, "bot_incomplete", reason=type(error).__name__) from error
        except ChannelError:
            raise
        except Exception as error:  # the edge: one bad message stops nothing
            logger.exception("desk.turn_undone")
            raise ChannelError(503, "bot_incomplete", reason=type(error).__name__) from error


async def _turn(agent: Agent, incoming: Incoming) -> dict[str, Any]:
    """Run the turn with one model from its beginning to its end and save it, or tell again what
    was said before.
    """
    followed, current = _followed(agent, incoming.track)
    tracker = await current.processor.get_tracker(incoming.sender)
    if last_message_id(tracker) == incoming.message_id:
        return reply(tracker, answered_by(tracker) or current.name, replayed=True)
    loaded = _wanted(followed, current, incoming.model)
    if loaded is not current:
        tracker = await loaded.processor.get_tracker(incoming.sender)
    metadata = {
        "message_id": incoming.message_id,
        "channel": incoming.channel,
        RECENT: list(incoming.recent),
        WANTS_PERSON: incoming.wants_person,
        MODEL: loaded.name,
    }
    message = UserMessage(
        incoming.text,
        CollectingOutputChannel(),
        incoming.sender,
        input_channel=DeskChannel.name(),
        message_id=incoming.message_id,
        metadata=metadata,
    )
    await loaded.processor.run_turn(message, tracker)
    body = reply(tracker, loaded.name, replayed=False)
    if not says_something(body):
        raise ChannelError(503, "bot_incomplete", reason="nothing said")
    await loaded.processor.save_tracker(tracker)
    return body


def _followed(agent: Agent, track: str) -> tuple[Models, Loaded]:
    """What is loaded, and what answers on a track. Raises `ChannelError` 503 when nothing does."""
    followed = models_of(agent)
    current = followed.of(track) if followed else None
    if followed is None or current is None:
        raise ChannelError(503, "bot_unavailable", reason="no model")
    return followed, current


def _wanted(followed: Models, current: Loaded, model: str | None) -> Loaded:
    """The model the worker has labelled for. Raises `ChannelError` 409 naming the one that would
    answer when that is not loaded here.
    """
    if model is None:
        return current
    loaded = followed.named(model)
    if loaded is None:
        raise ChannelError(409, "other_model", model=current.name)
    return loaded


def read_request(body: bytes) -> Incoming:
    """Check a request. Raises `ChannelError` 400 naming the field."""
    data, metadata = _parts(body)
    return Incoming(
        sender=_text(data.get("sender"), "sender", _LONGEST_ID),
        text=_text(data.get("message"), "message", LONGEST_TEXT),
        message_id=_text(metadata.get("message_id"), "metadata.message_id", _LONGEST_ID),
        channel=_text(metadata.get("channel"), "metadata.channel", _LONGEST_ID),
        recent=_recent(metadata.get(RECENT, [])),
        wants_person=_chance(metadata.get(WANTS_PERSON)),
        track=_track(metadata.get("track", LIVE)),
        model=_model(metadata.get(MODEL)),
    )


def read_text(body: bytes) -> Reading:
    """Check a request to read a text. Raises `ChannelError` 400 naming the field."""
    data, metadata = _parts(body)
    told = {
        RECENT: list(_recent(metadata.get(RECENT, []))),
        WANTS_PERSON: _chance(metadata.get(WANTS_PERSON)),
    }
    return Reading(
        _text(data.get("message"), "message", LONGEST_TEXT),
        told,
        _track(metadata.get("track", LIVE)),
        _model(metadata.get(MODEL)),
    )


def _parts(body: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _invalid("body") from error
    if not isinstance(data, dict):
        raise _invalid("body")
    metadata = data.get("metadata")
    if not isinstance(metadata, dict):
        raise _invalid("metadata")
    return data, metadata


def _track(value: object) -> str:
    if value not in (LIVE, CANARY):
        raise _invalid("metadata.track")
    return str(value)


def _model(value: object) -> str | None:
    return None if value is None else _text(value, "metadata.model", _LONGEST_ID)


def _recent(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > _MOST_RECENT:
        raise _invalid("metadata.recent")
    return tuple(_text(key, "metadata.recent", _LONGEST_ID) for key in value)


def _chance(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _invalid("metadata.wants_person")
    return float(value)


def _text(value: object, field: str, longest: int) -> str:
    if not isinstance(value, str):
        raise _invalid(field)
    text = _SURROGATES.sub("\ufffd", value.replace("\0", " ")).strip()
    if not 0 < len(text) <= longest:
        raise _invalid(field)
    return text


def _invalid(field: str) -> ChannelError:
    return ChannelError(400, "invalid_request", field=field)


def _refusal(error: ChannelError, request: Request) -> HTTPResponse:
    chinese, english = _MESSAGES[error.code]
    wants_english = request.headers.get("accept-language", "").lower().startswith("en")
    body = {
        "code": error.code,
        "message": english if wants_english else chinese,
        "details": error.details,
    }
    return response.json({"error": body}, status=error.status)
