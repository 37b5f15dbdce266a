"""What Rasa 3.6.21 really sent to the action server; `python -m tests.bot.record` makes them anew."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rasa_sdk import Tracker

from actions.gateway import KnowledgeEntry

RECORDED = Path(__file__).parents[1] / "recorded"


def names() -> list[str]:
    """All recordings of the action server."""
    return sorted(path.stem for path in RECORDED.glob("action_*.json"))


def request(name: str) -> dict[str, Any]:
    """One recorded request."""
    loaded: dict[str, Any] = json.loads((RECORDED / f"{name}.json").read_text("utf-8"))
    return loaded


OFFERED: tuple[str, ...] = tuple(
    request("action_answer_less_sure_1")["tracker"]["latest_message"]["faq_decision"]["offer"]
)
"""What the model of the day suggested for an unclear question, the best first."""

ENTRIES = [
    KnowledgeEntry(key=key, category="other", question=f"问：{key}", answer=f"答：{key}")
    for key in dict.fromkeys(
        (
            "refund_arrival_time",
            "promotion_activity_time",
            "promotion_coupon_unusable",
            "other_enterprise",
            *OFFERED,
        )
    )
]


def tracker(name: str) -> Tracker:
    """The tracker of a recorded request, as the action server builds it."""
    return Tracker.from_dict(request(name)["tracker"])


@dataclass
class Said:
    """A dispatcher that only remembers."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def utter_message(self, **message: Any) -> None:
        """Remember."""
        self.messages.append(message)


def slots(events: list[dict[str, Any]]) -> dict[str, Any]:
    """The slots that `events` set."""
    return {event["name"]: event["value"] for event in events if event["event"] == "slot"}
