"""A conversation with the tasks alone: what Rasa would do around them, in memory.

Intents are given by hand; entities are those the pipeline finds.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from actions.conversation import read_conversation
from actions.gateway import KnowledgeEntry
from actions.settings import Policy
from actions.tasks.catalog import TASKS
from actions.tasks.form import LOOP, ValidateTaskForm
from bot.components.facts import find_facts, load_products
from tests.contract.actions.memory_gateway import MemoryGateway
from tests.contract.actions.memory_shop import SECOND, TAIL

PRODUCTS = load_products(Path(__file__).parents[3] / "nlu_data/lexicon/products.txt")
SHOP_TIME = ZoneInfo("Asia/Shanghai")
KNOWN = "退款多久到账"
ADDRESS = "杭州市余杭区文一西路1号"
OTHER_ADDRESS = "杭州市西湖区文三路9号"
PHONE = "13800138000"
YES = ("确认", "affirm")
_CONTACTS = ("phone", "email", "wechat")


@dataclass
class Talk:
    """What was said and how it stands."""

    gateway: MemoryGateway = field(
        default_factory=lambda: MemoryGateway(
            [KnowledgeEntry(key="k", category="refund", question=KNOWN, answer="三天内。")]
        )
    )
    sender_id: str = "c1"
    slots: dict[str, Any] = field(default_factory=lambda: {"unclear_turns": 0})
    events: list[dict[str, Any]] = field(default_factory=list)
    active_loop: dict[str, Any] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    number: int = 0
    clock: datetime = field(default_factory=lambda: datetime.now(SHOP_TIME))
    """When the messages are written."""

    def say(self, text: str, intent: str = "inform", **parsed: Any) -> list[str]:
        """One message; returns the names of the responses, or the texts said."""
        self.number += 1
        self._hear(text, intent, parsed)
        starts = not self.active_loop and (intent in TASKS or "also" in parsed)
        if starts:
            self.active_loop = {"name": LOOP}
            self.events.append({"event": "active_loop", "name": LOOP})
        self.said = []
        if not self.active_loop:
            return []
        action = ValidateTaskForm(self.gateway, Policy())
        for event in asyncio.run(action.act(read_conversation(self), self)):
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        if self.slots.get("requested_slot") is None:
            self.active_loop = {}
        return [str(item.get("response") or item.get("text") or "") for item in self.said]

    def _hear(self, text: str, intent: str, parsed: dict[str, Any]) -> None:
        found = find_facts(text, self.clock, PRODUCTS)
        entities = [
            {"entity": it.entity, "value": it.value, "start": it.start, "end": it.end}
            for it in found
        ]
        sure = text == KNOWN
        self.events.append(
            {
                "event": "user",
                "text": text,
                "timestamp": self.clock.timestamp(),
                "metadata": {"message_id": f"m{self.number}"},
                "parse_data": {
                    "intent": {"name": "faq" if sure else intent},
                    "entities": entities,
                    "faq_ranking": [{"key": "k", "score": 1.0}] if sure else [],
                    "faq_decision": {"verdict": "answer", "offer": ["k"]} if sure else {},
                    **parsed,
                },
            }
        )
        for item in entities:  # Rasa's own slot mappings
            if item["entity"] in {"order_number", "tracking_number"}:
                self.slots[item["entity"]] = item["value"]
            elif item["entity"] in _CONTACTS:
                self.slots["contact"] = item["value"]

    def utter_message(self, **message: Any) -> None:
        """What an action says."""
        self.said.append(message)
        self.events.append({"event": "bot", "data": {"custom": message.get("json_message")}})

    @property
    def titles(self) -> list[str]:
        """The dynamic buttons of the last turn."""
        return [it["title"] for item in self.said for it in item.get("buttons") or ()]

    @property
    def acts(self) -> list[tuple[str, dict[str, Any]]]:
        """What the shop did for this conversation."""
        return self.gateway.store.of(self.sender_id)

    @property
    def running(self) -> bool:
        """Does a task run?"""
        return bool(self.active_loop)


def proven(talk: Talk) -> Talk:
    """Somebody who has proven who they are."""
    talk.say(f"帮我查物流 {SECOND} 尾号{TAIL}", "track_order")
    assert talk.slots["verified"]
    return talk
