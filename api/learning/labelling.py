"""Labels for customer messages, from the live release's classifier."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import structlog

from api.i18n import say
from classifier.labels import label_name
from classifier.predict import LabelGuess, TriageClassifier, TriagePrediction
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
        classifier = await asyncio.to_thread(load_classifier, folder)
        self._live = (release, classifier)
        log.info("labeller.switched", release=release)

    async def label(self, text: str) -> Labels | None:
        if self._live is None:
            return None
        release, classifier = self._live
        prediction = await asyncio.to_thread(classifier.predict, text)
        return Labels(release, message_labels(prediction), prediction.wants_person)


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
