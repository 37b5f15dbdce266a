"""What a release would make of a text: those that answer are asked where they run, any other one is
started for it, one at a time."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

import structlog
from pydantic import BaseModel, ValidationError

from api.assistant import (
    Assistant,
    AssistantUnavailable,
    Context,
    OtherModel,
    Understanding,
)
from api.db import Database
from api.errors import NotFound, TryFailed, TryRuns
from api.learning import releases
from api.learning.bot_process import ONE_THREAD, bot_environment
from api.learning.labelling import load_classifier, message_labels
from api.learning.proof.parsing import Understood
from api.learning.proof.predicting import Outcome, outcome
from api.learning.why import explaining
from api.learning.why.schemas import RuleOut, Tried
from api.models import Release
from api.policies.service import policies
from api.processes import bound_to_parent
from api.settings import REPOSITORY, Settings
from classifier.predict import TriageClassifier
from classifier.store import ModelError
from triage.decision import HandOff, Signals, decide
from triage.ownership import State
from triage.packet import MessageLabels
from triage.policy import HandoffPolicy

log = structlog.get_logger(__name__)

SECONDS = 75.0
"""So long a release that has to be started may take: about 10 on an idle machine, up to a minute
on a busy one. The page waits longer (`TRY_PATIENCE_MS`)."""
_KINDS = {
    "answer": "faq",
    "suggestions": "suggestions",
    "intent": "intent",
    "human": "handoff",
    "none": "fallback",
}
"""Outcomes of a turn for what the proofs call them."""
_one_at_a_time = asyncio.Semaphore(1)


class _Line(BaseModel):
    """A line of `bot.parse_lines`."""

    parsed: Understanding


async def try_text(
    database: Database, settings: Settings, assistant: Assistant, text: str, number: int | None
) -> Tried:
    """What release `number` (None: the live one) makes of `text` as the first message of a
    conversation.

    Raises NotFound without such a release or its files, TryRuns while another one is started for
    somebody, and TryFailed when it does not answer within `SECONDS`.
    """
    async with database.transaction() as tx:
        release = await releases.live(tx) if number is None else await releases.get(tx, number)
        policy = (await policies(tx)).handoff
    if release is None:
        raise NotFound
    folder = releases.folder(settings, release.number)
    labels, wish = await asyncio.to_thread(_labels, folder / releases.CLASSIFIER, text)
    asked = None if wish is None else 0.0  # as the worker asks the bot
    parsed = await _parse(settings, assistant, release, text, asked)
    called = _called(text, labels, wish, policy)
    found = outcome(text, wish, _understood(parsed))
    return await _explain(
        database, settings, release.number, text, parsed, labels, wish, found, called
    )


async def _explain(
    database: Database,
    settings: Settings,
    release: int,
    text: str,
    parsed: Understanding,
    labels: MessageLabels,
    wish: float | None,
    found: Outcome,
    called: list[RuleOut],
) -> Tried:
    _, _, about = found.key.partition(":")
    keys = about.split(",") if found.kind in ("answer", "suggestions") else []
    scores = {each.key: each.score for each in parsed.faq_ranking}
    async with database.transaction() as tx:
        titles = await explaining.titles_of(tx, {*scores, *keys})
    told = titles.entries_of((key, scores.get(key)) for key in keys)
    given = found.kind == "answer" and not called
    offered = found.kind == "suggestions" and not called
    return Tried(
        text=text,
        release=release,
        tokens=await explaining.cut(settings, text, release),
        intents=titles.intents_of(parsed),
        faq=titles.entries_of(list(scores.items())[: explaining.MOST]),
        entities=explaining.entities_of(parsed, text),
        labels=labels,
        answers=told if given else [],
        suggestions=told if offered else [],
        rules=[*called, *explaining.priority_rules(labels)],
        outcome="handoff" if called else _KINDS[found.kind],
        wants_person=wish,
    )


def _labels(folder: Path, text: str) -> tuple[MessageLabels, float | None]:
    try:
        prediction = _classifier(folder).predict(text)
    except ModelError:
        raise NotFound from None
    return message_labels(prediction), prediction.wants_person


@lru_cache(maxsize=2)
def _classifier(folder: Path) -> TriageClassifier:
    """Releases never change, so what was loaded stays right; two are kept, about 15 MB each."""
    return load_classifier(folder)


async def _parse(
    settings: Settings, assistant: Assistant, release: Release, text: str, wish: float | None
) -> Understanding:
    if release.state in (releases.LIVE, releases.CANARY):
        with suppress(AssistantUnavailable, OtherModel):  # it may be loaded in a moment
            return await assistant.read(text, Context(wants_person=wish, model=release.model_hash))
    if _one_at_a_time.locked():
        raise TryRuns
    async with _one_at_a_time:
        model = releases.folder(settings, release.number) / releases.MODEL
        if not model.exists():
            raise NotFound
        try:
            async with asyncio.timeout(SECONDS):
                return await _started(settings, model, text, wish)
        except (TimeoutError, OSError, ValidationError) as error:
            log.warning("try.failed", release=release.number, error=type(error).__name__)
            raise TryFailed from error


async def _started(settings: Settings, model: Path, text: str, wish: float | None) -> Understanding:
    """Ask a model in a process of its own, which is over afterwards."""
    command = [str(settings.bot_python), "-m", "bot.parse_lines", str(model)]
    process = await asyncio.create_subprocess_exec(
        *bound_to_parent(command, "KILL"),
        cwd=REPOSITORY,
        env=bot_environment(ONE_THREAD),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        line = json.dumps({"text": text, "metadata": {"wants_person": wish}}) + "\n"
        output, _ = await process.communicate(line.encode())
        return _Line.model_validate_json(output).parsed
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await asyncio.shield(process.wait())


def _called(
    text: str, labels: MessageLabels, wish: float | None, policy: HandoffPolicy
) -> list[RuleOut]:
    """The rule that calls a person without the bot, if one does."""
    signals = Signals(
        labels.priority.key,
        labels.priority.confidence,
        labels.anger.flag,
        labels.anger.confidence,
        wish,
    )
    decision = decide(State.BOT, text, signals, policy)
    return [explaining.handoff_rule(decision.reason)] if isinstance(decision, HandOff) else []


def _understood(parsed: Understanding) -> Understood:
    decision = parsed.faq_decision
    return Understood(
        intent=parsed.intent.name,
        confidence=parsed.intent.confidence,
        ranking=tuple((each.key, each.score) for each in parsed.faq_ranking),
        verdict=decision.verdict if decision else "none",
        offer=decision.offer if decision else (),
        milliseconds=0.0,
    )
