"""Labels for customer messages, from the live release's classifier."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog

from api.i18n import say
from classifier.labels import label_name
from classifier.predict import LabelGuess, TriageClassifier, TriagePrediction
from triage.packet import Anger, Label, MessageLabels, PriorityLabel
from triage.priority import prioritise

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one message and the release whose classifier gave them."""

    release: int
    labels: MessageLabels


class Labeller(Protocol):
    """Labels one message."""

    @property
    def release(self) -> int | None:
        """The release in use; None before the first one is loaded."""

    async def label(self, text: str) -> Labels | None:
        """The labels, or None while no release is loaded."""


class ReleaseLabeller:
    """The classifier of the live release; `use` switches to another one between messages."""

    def __init__(self) -> None:
        self._live: tuple[int, TriageClassifier] | None = None

    @property
    def release(self) -> int | None:
        return self._live[0] if self._live else None

    async def use(self, release: int, folder: Path) -> None:
        """Load the classifier in `folder` and label with it from the next message on."""
        classifier = await asyncio.to_thread(TriageClassifier.load, folder)
        self._live = (release, classifier)
        log.info("labeller.switched", release=release)

    async def label(self, text: str) -> Labels | None:
        if self._live is None:
            return None
        release, classifier = self._live
        prediction = await asyncio.to_thread(classifier.predict, text)
        return Labels(release, message_labels(prediction))


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
            min(prediction.impact.confidence, prediction.urgency.confidence),
            priority.reasons,
        ),
        anger=Anger(prediction.anger.flag, prediction.anger.confidence, prediction.anger.evidence),
    )


def _label(target: str, guess: LabelGuess) -> Label:
    return Label(guess.key, label_name(target, guess.key), guess.confidence, guess.evidence)
