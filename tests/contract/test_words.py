"""Words that two rooms share: what the bot sends, the desk can name."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from actions.gateway import TicketKind as SentKind
from actions.tasks.catalog import TASKS
from actions.tasks.slots import SLOTS
from actions.texts import texts as bot_texts
from api.commerce.interface import AfterSaleKind, AfterSaleState, OrderState, ShipmentState
from api.i18n import LANGUAGES, texts
from api.knowledge.seeding import read_topics
from api.models import TicketState
from api.tickets.schemas import TicketKind

REPOSITORY = Path(__file__).resolve().parents[2]
COMING = {"nothing_more", "hold_on", "urge_reply", "distress"}


def intents() -> set[str]:
    domain = yaml.safe_load((REPOSITORY / "bot/domain/intents.yml").read_text("utf-8"))
    named = (item if isinstance(item, str) else next(iter(item)) for item in domain["intents"])
    return {*named, *COMING}


def shown_slots() -> tuple[str, ...]:
    """`SHOWN_SLOTS` of a module that only Rasa's environment can import."""
    module = ast.parse((REPOSITORY / "bot/desk_reply.py").read_text("utf-8"))
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SHOWN_SLOTS":
            found: tuple[str, ...] = ast.literal_eval(node.value)
            return found
    raise AssertionError("bot/desk_reply.py has no SHOWN_SLOTS")


def faq_entries() -> list[dict[str, Any]]:
    topics = read_topics(REPOSITORY / "nlu_data" / "faq")
    return [entry for topic in topics for entry in topic["entries"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_intent_of_the_bot_has_a_title(language: str) -> None:
    assert {name for name in intents() if f"intent.{name}" not in texts(language)} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_slot_the_bot_shows_has_a_title(language: str) -> None:
    assert {name for name in shown_slots() if f"slot.{name}" not in texts(language)} == set()


def test_every_choice_the_bot_shows_has_its_words() -> None:
    """A choice whose value is Chinese already needs none."""
    choices = [(name, item) for name in shown_slots() for item in choices_of(name)]
    assert choices
    missing = {
        f"choice.{name}.{item}"
        for name, item in choices
        if item.isascii() and f"choice.{name}.{item}" not in texts("zh")
    }
    assert missing == set()


def choices_of(name: str) -> tuple[str, ...]:
    slot = SLOTS.get(name)
    return tuple(choice.value for choice in slot.choices) if slot else ()


@pytest.mark.parametrize(
    ("topic", "states"),
    [
        ("ticket", TicketState),
        ("order", OrderState),
        ("shipment", ShipmentState),
        ("refund", AfterSaleState),
        ("after_sale", AfterSaleKind),
    ],
)
def test_the_bot_can_tell_every_state(topic: str, states: object) -> None:
    assert set(bot_texts()[topic]) == set(get_args(states))


def test_the_desk_opens_every_kind_of_ticket_the_bot_asks_for() -> None:
    assert set(get_args(SentKind)) <= set(get_args(TicketKind))


def test_the_task_of_a_knowledge_entry_is_one_the_bot_has() -> None:
    named = {entry["key"]: entry["task"] for entry in faq_entries() if "task" in entry}
    assert named
    assert {key: task for key, task in named.items() if task not in TASKS} == {}
