"""The models this process answers with: the live release's, and the canary's beside it.

Rasa's own puller swaps the parts of its one model while turns use them, and stops the event loop
for as long as a model takes to load. Here a model is loaded whole, in a thread, beside those in
use; a turn keeps the model that it began with, and what no track names is dropped.
"""

from __future__ import annotations

import asyncio
import copy
import logging
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import aiohttp
import rasa.core.agent
import rasa.shared.utils.validation
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.utils.endpoints import EndpointConfig

from bot.turn import TurnProcessor, tracker_store_of
from nlp.memory import give_back, settle

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

LIVE = "live"
CANARY = "canary"
_WARM_UP = "你好，请问怎么退货"
_LONGEST_TURN_SECONDS = 12.0
"""After so long no turn holds a model that was dropped."""
_ATTRIBUTE = "desk_models"


@dataclass(frozen=True)
class Loaded:
    """A model ready to answer; `name` is the ETag under which the desk served it."""

    name: str
    processor: TurnProcessor


class Models:
    """Follows the desk's model server, one address a track."""

    def __init__(self, agent: Agent, server: EndpointConfig) -> None:
        """`server`: `models` of bot/endpoints.yml, with `canary_url` besides what Rasa knows."""
        self._agent = agent
        self._server = server
        self._urls = {LIVE: server.url}
        if canary_url := server.kwargs.get("canary_url"):
            self._urls[CANARY] = canary_url
        self._seconds = float(server.kwargs.get("wait_time_between_pulls", 3))
        self._loaded: dict[str, Loaded] = {}
        self._tracks: dict[str, str] = {}
        self._untidy_until = 0.0
        # always the same thread: each has a heap of its own that grows to what a model needs
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="models")
        self._following: asyncio.Task[None] | None = None
        settle()

    @property
    def tracks(self) -> dict[str, str]:
        """Name of the model by track."""
        return dict(self._tracks)

    def of(self, track: str) -> Loaded | None:
        """The model of `track`, that of the live release where it has none; None before the
        first one is loaded.
        """
        name = self._tracks.get(track) or self._tracks.get(LIVE)
        return self._loaded[name] if name else None

    def named(self, name: str) -> Loaded | None:
        """A loaded model by its name."""
        return self._loaded.get(name)

    async def follow(self) -> None:
        """Load what the desk serves now and drop what it serves no longer."""
        for track, url in self._urls.items():
            await self._try_to_follow(track, url)
        unused = self._loaded.keys() - self._tracks.values()
        for name in unused:
            del self._loaded[name]
            self._untidy_until = time.monotonic() + _LONGEST_TURN_SECONDS + 2 * self._seconds
        if time.monotonic() < self._untidy_until:
            await self._in_thread(give_back)

    def keep_following(self) -> None:
        """From now on, for as long as the process runs."""
        self._following = asyncio.get_running_loop().create_task(self._for_ever())

    async def _for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._seconds)
            await self.follow()

    async def _try_to_follow(self, track: str, url: str) -> None:
        try:
            await self._follow(track, url)
        except aiohttp.ClientError as error:
            logger.warning("desk.model_not_pulled track=%s %s", track, type(error).__name__)
        except Exception:  # whatever is wrong with one model, the others go on
            logger.exception("desk.model_not_loaded track=%s", track)

    async def _follow(self, track: str, url: str) -> None:
        known = self._tracks.get(track)
        headers = {"If-None-Match": known} if known else {}
        async with self._server.session() as session, session.get(url, headers=headers) as answer:
            if answer.status in (204, 404) and track != LIVE:
                self._tracks.pop(track, None)
            if answer.status != 200:
                return
            name = answer.headers["ETag"]
            if name not in self._loaded:
                await self._load(name, await _written(answer))
        self._tracks[track] = name
        logger.info("desk.model_switched track=%s model=%s", track, name)

    async def _load(self, name: str, archive: Path) -> None:
        processor = await self._in_thread(partial(load, self._agent, archive))
        await processor.parse_message(UserMessage(_WARM_UP))
        self._loaded[name] = Loaded(name, processor)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)


async def _written(answer: aiohttp.ClientResponse) -> Path:
    """The model as a file; nothing of it is left when it does not come to its end."""
    with tempfile.NamedTemporaryFile(suffix=".tar.gz", delete=False) as file:
        path = Path(file.name)
        try:
            async for chunk in answer.content.iter_chunked(1 << 20):
                file.write(chunk)
        except BaseException:
            path.unlink()  # noqa: ASYNC240 - it takes no time
            raise
    return path


def load(agent: Agent, archive: Path) -> TurnProcessor:
    """A processor with the model in `archive`, which is removed, and the connections of `agent`.

    What Rasa shares between the models of an agent, its responses and the tracker store's domain,
    is this model's own.
    """
    responses = TemplatedNaturalLanguageGenerator({})
    store = copy.copy(tracker_store_of(agent))
    try:
        processor = MessageProcessor(
            archive,
            tracker_store=store,
            lock_store=agent.lock_store,
            action_endpoint=agent.action_endpoint,
            generator=responses,
        )
    finally:
        archive.unlink()
    responses.responses = processor.domain.responses
    store.domain = processor.domain
    return TurnProcessor(processor, store)


def models_of(agent: Agent) -> Models | None:
    """The models of a running server; None before it has begun to follow the desk."""
    return getattr(agent, _ATTRIBUTE, None)


async def _load_from_server(agent: Agent, server: EndpointConfig) -> Agent:
    """In the place of Rasa's function of the same name: the agent itself gets no model."""
    models = Models(agent, server)
    setattr(agent, _ATTRIBUTE, models)
    await models.follow()
    models.keep_following()
    return agent


def install() -> None:
    """Let this process's Rasa leave the models to `Models`."""
    rasa.core.agent.load_from_server = _load_from_server
    # the domain in a model was checked when it was trained; that takes half of a load
    rasa.shared.utils.validation.validate_yaml_schema = _checked_before


def _checked_before(*_: object, **__: object) -> None:
    """In the place of Rasa's check of a file against its schema."""
