"""Labels for customer messages, from the classifier of the release that answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from api.i18n import say
from api.learning import releases
from classifier.labels import label_name
from classifier.memory import give_back
from classifier.predict import LabelGuess, TriageClassifier, TriagePrediction
from classifier.store import ModelError
from triage.packet import Anger, Label, MessageLabels, PriorityLabel
from triage.policy import label_policy
from triage.priority import Settled, prioritise, settle

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one message and the release whose classifier gave them."""

    release: int
    labels: MessageLabels
    wants_person: float | None = None
    """How probable (0–1) it is that the customer wants a person; None when it is not known."""
    model: str | None = None
    """Hash of the bot's model of the same release."""


class Labeller(Protocol):
    """Labels one message."""

    @property
    def release(self) -> int | None:
        """The release that labels on the track `live`; None before the first one is loaded."""

    async def label(
        self, text: str, track: str = releases.LIVE, model: str | None = None
    ) -> Labels | None:
        """The labels of the release that `model` of the bot belongs to, or, with None, of the one
        with which the bot answers on `track`; None while no release is loaded.
        """


@dataclass(frozen=True, slots=True)
class Files:
    """Where the classifier of a release is, and the hash of the bot's model of it."""

    release: int
    model: str
    folder: Path


@dataclass(frozen=True, slots=True)
class _Loaded:
    files: Files
    classifier: TriageClassifier


class ReleaseLabeller:
    """The classifiers of all releases that may answer; each message is labelled by one of them."""

    def __init__(self, find: Callable[[str], Awaitable[Files | None]] | None = None) -> None:
        """`find` looks up the release of a model of the bot that was not expected."""
        self._find = find
        self._loaded: dict[int, _Loaded] = {}
        self._tracks: dict[str, int] = {}
        self._answering: dict[str, str] = {}
        self._unreadable: set[int] = set()
        self._finding = asyncio.Lock()

    @property
    def release(self) -> int | None:
        return self._tracks.get(releases.LIVE)

    async def use(self, release: int, folder: Path) -> None:
        """Load the classifier in `folder` and label with it, and no other, from now on."""
        await self.keep([Files(release, "", folder)], {releases.LIVE: release}, {})

    async def keep(
        self, wanted: Sequence[Files], tracks: Mapping[str, int], answering: Mapping[str, str]
    ) -> None:
        """Have `wanted` loaded, and nothing else.

        `tracks` are the releases that shall answer, `answering` the models with which the bot does
        by now: those are labelled for. Raises `ModelError` when something cannot be loaded; a track
        keeps the release it had then.
        """
        broken = [error for files in wanted if (error := await self._try_to_load(files))]
        known = {track: number for track, number in tracks.items() if number in self._loaded}
        self._tracks = {
            track: known[track] if track in known else self._tracks[track]
            for track in tracks
            if track in known or track in self._tracks
        }
        self._answering = dict(answering)
        needed = {files.release for files in wanted} | set(self._tracks.values())
        if unused := self._loaded.keys() - needed:
            for number in unused:
                del self._loaded[number]
            await asyncio.to_thread(give_back)
        if broken:
            raise broken[0]

    async def label(
        self, text: str, track: str = releases.LIVE, model: str | None = None
    ) -> Labels | None:
        chosen = await self._chosen(track, model)
        if chosen is None:
            return None
        prediction = await asyncio.to_thread(chosen.classifier.predict, text)
        labels = message_labels(prediction)
        return Labels(chosen.files.release, labels, prediction.wants_person, chosen.files.model)

    async def _chosen(self, track: str, model: str | None) -> _Loaded | None:
        if model is not None and (found := self._of(model) or await self._fetch(model)):
            return found
        for name in (self._answering.get(track), self._answering.get(releases.LIVE)):
            if name is not None and (found := self._of(name)):
                return found
        number = self._tracks.get(track, self.release)
        return self._loaded[number] if number is not None else None

    def _of(self, model: str) -> _Loaded | None:
        return next((each for each in self._loaded.values() if each.files.model == model), None)

    async def _fetch(self, model: str) -> _Loaded | None:
        """The release of a model that the bot has gone on to, or back to, before this process."""
        if self._find is None:
            return None
        async with self._finding:
            if self._of(model) is None:
                files = await self._find(model)
                if files is not None:
                    await self._try_to_load(files)
            return self._of(model)

    async def _try_to_load(self, files: Files) -> ModelError | None:
        if files.release in self._loaded:
            return None
        try:
            classifier = await asyncio.to_thread(load_classifier, files.folder)
        except ModelError as error:
            if files.release not in self._unreadable:  # once, not every few seconds
                log.error("labeller.unreadable", release=files.release, error=str(error))
            self._unreadable.add(files.release)
            return error
        self._unreadable.discard(files.release)
        self._loaded[files.release] = _Loaded(files, classifier)
        log.info("labeller.loaded", release=files.release)
        return None


def load_classifier(folder: Path) -> TriageClassifier:
    """The classifier in `folder` with the desk's rule for priority; raises `ModelError`."""
    return TriageClassifier.load(folder, settle=settle_by_policy)


def settle_by_policy(impact: Sequence[float], urgency: Sequence[float]) -> Settled:
    """`triage.priority.settle` with the figure of the policy."""
    return settle(impact, urgency, label_policy().p1_from)


def message_labels(prediction: TriagePrediction) -> MessageLabels:
    """Names and priority added to what the classifier saw."""
    priority = prioritise(int(prediction.impact.key), int(prediction.urgency.key))
    return MessageLabels(
        category=_label("category", prediction.category),
        nature=_label("nature", prediction.nature),
        impact=_label("impact", prediction.impact),
        urgency=_label("urgency", prediction.urgency),
        sentiment=_label("sentiment", prediction.sentiment),
        priority=PriorityLabel(
            priority.key,
            say(f"priority.{priority.key}"),
            prediction.priority_confidence,
            priority.reasons,
        ),
        anger=Anger(prediction.anger.flag, prediction.anger.confidence, prediction.anger.evidence),
    )


def by_policy(
    seen: MessageLabels, *, vip_complaint: bool, unanswered: int, repeated_complaint: bool
) -> MessageLabels:
    """The same with the priority that the policy gives (`triage.priority.prioritise`)."""
    priority = prioritise(
        int(seen.impact.key),
        int(seen.urgency.key),
        vip_complaint=vip_complaint,
        unanswered=unanswered,
        repeated_complaint=repeated_complaint,
    )
    if priority.reasons == seen.priority.reasons:
        return seen
    name = say(f"priority.{priority.key}")
    settled = PriorityLabel(priority.key, name, seen.priority.confidence, priority.reasons)
    return replace(seen, priority=settled)


def _label(target: str, guess: LabelGuess) -> Label:
    return Label(guess.key, label_name(target, guess.key), guess.confidence, guess.evidence)
