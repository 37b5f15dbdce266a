"""The bot's data: Rasa's own validation, and that texts and actions fit together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.__main__ import ACTIONS
from actions.tasks.catalog import OWN_HINTS, TASKS
from actions.tasks.form import REPLY
from actions.tasks.hearing import chosen
from actions.tasks.sheet import PROOF, STATE
from actions.tasks.slots import SLOTS
from tests.bot.running_bot import REPOSITORY, run_in_bot
from tests.bot.training import FAQ

BOT = REPOSITORY / "bot"
_OWN = "The following duplicated intents have been found across multiple domain files: faq"
"""Rasa merges the retrieval intents of the training data into the domain and minds its own work."""
_UNUSED = re.compile(r"The utterance '(utter_\w+)' is not used in any story or rule")
_VARIABLES = {
    *("first", "second", "third", "then", "title", "lines", "number", "minutes"),
    *("items", "state", "carrier", "tracking", "parcel", "event", "place", "when", "expected"),
    *("code", "kind", "refund", "amount", "reference", "pickup", "promised", "due"),
    *("difference", "span"),
}
"""What the actions tell besides slots."""
_WARNING = re.compile(r"UserWarning: (.+)")


def domain(part: str) -> dict[str, Any]:
    """One part of the domain, all files together."""
    found: dict[str, Any] = {}
    for path in sorted((BOT / "domain").glob("*.yml")):
        content = yaml.safe_load(path.read_text("utf-8")).get(part)
        if isinstance(content, dict):
            found |= content
        elif content:
            found |= dict.fromkeys(content)
    return found


def said_by_actions() -> set[str]:
    """Responses the actions say, with the endings that depend on figures."""
    paths = sorted((REPOSITORY / "actions").rglob("*.py"))
    code = "\n".join(path.read_text("utf-8") for path in paths)
    said: set[str] = set()
    for name in re.findall(r"\"(utter_\w*[a-z])\"", code):
        if name.startswith("utter_suggest"):
            said |= {f"{name}_{count}" for count in (1, 2, 3)}
        else:
            said.add(name)
    tickets = re.findall(r"acts\.ticket\(\s*\"\w+\", \"(\w+)\"", code)
    return said | {f"{name}_by" for name in tickets} | said_by_tasks()


def said_by_tasks() -> set[str]:
    """Responses whose names follow from the catalog."""
    said = {f"utter_done_request_return{ending}" for ending in ("", "_money", "_send")}
    said |= {f"utter_done_account_security_{it.value}" for it in SLOTS["security_wish"].choices}
    for task in TASKS.values():
        said |= {f"utter_refused_{task.name}_{reason}" for reason in task.refusals}
        if task.confirm:
            said |= {f"utter_confirm_{task.name}{variant}" for variant in task.variants}
        for want in task.wants:
            if want.optional:
                continue
            wording, slot = want.ask or want.slot, SLOTS[want.slot]
            own = OWN_HINTS.get(wording)
            said.add(f"utter_ask_{wording}")
            said |= {f"utter_ask_{wording}_{hint}" for hint in own or ()}
            if own is None:
                said |= {f"utter_ask_{slot.name}_{hint}" for hint in slot.hints}
            if slot.loads and slot.name != "order_number":
                said.add(f"utter_none_{slot.name}")
    for name in PROOF:
        hints = SLOTS[name].hints
        said |= {f"utter_ask_{name}", *(f"utter_ask_{name}_{hint}" for hint in hints)}
    return said | {"utter_ask_identity"}


def said_by_rules() -> set[str]:
    """Responses that stand in a rule."""
    text = "\n".join(path.read_text("utf-8") for path in (BOT / "rules").glob("*.yml"))
    return set(re.findall(r"action: (utter_\w+)", text))


@pytest.fixture(scope="module")
def validation(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What `rasa data validate` says about everything a release is trained from."""
    folder = tmp_path_factory.mktemp("validate")
    run_in_bot("-m", "bot.build_training_data", str(FAQ), str(folder))
    return run_in_bot(
        *("-m", "rasa", "data", "validate", "--config", "config.yml"),
        *("--domain", str(folder / "domain")),
        *("--data", str(folder / "nlu"), "nlu_data/intents", "bot/data", "bot/rules"),
        PYTHONWARNINGS="default",
    )


def test_rasa_finds_nothing_wrong(validation: str) -> None:
    """Rasa knows rules only, so it takes what the actions say for unused; nothing else is left."""
    warnings = [line for line in _WARNING.findall(validation) if not _UNUSED.search(line)]
    assert set(warnings) <= {_OWN}
    assert set(_UNUSED.findall(validation)) <= said_by_actions() | {"utter_faq"}


def test_every_response_is_said_somewhere_and_every_said_one_exists() -> None:
    assert set(domain("responses")) == said_by_actions() | said_by_rules()


def test_every_task_has_its_intent_its_rule_and_a_taught_starting_sentence() -> None:
    rules = yaml.safe_load((BOT / "rules" / "tasks.yml").read_text("utf-8"))["rules"]
    (start,) = [rule for rule in rules if rule["rule"] == "a task starts"]
    assert {item["intent"] for item in start["steps"][0]["or"]} == set(TASKS)
    assert set(TASKS) <= set(domain("intents"))
    for task in TASKS.values():
        assert (task.name, task.start) in taught()


def test_every_slot_of_the_tasks_is_one_of_rasa() -> None:
    slots = domain("slots")
    assert set(SLOTS) | {STATE, REPLY, "verified"} <= set(slots)
    entities = set(domain("entities"))
    assert all(set(slot.entities) <= entities for slot in SLOTS.values())


def test_every_variable_of_a_text_is_filled() -> None:
    known = set(SLOTS) | _VARIABLES
    for name, variants in domain("responses").items():
        for variant in variants:
            assert set(re.findall(r"\{(\w+)\}", variant["text"])) <= known, name


def test_every_action_of_the_domain_is_on_the_action_server() -> None:
    assert set(domain("actions")) == {action.action_name for action in ACTIONS}


def taught() -> set[tuple[str, str]]:
    """Intent and line of what stands in `bot/data`."""
    found = set()
    for path in (BOT / "data").glob("*.yml"):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            lines = re.findall(r"^- (.+)$", block["examples"], re.MULTILINE)
            found |= {(block["intent"], line.strip()) for line in lines}
    return found


def test_every_button_sends_what_the_bot_was_taught() -> None:
    lines = {line for _, line in taught()}
    for variants in domain("responses").values():
        for variant in variants:
            for button in variant.get("buttons", ()):
                assert button["payload"].startswith("{") or button["payload"] in lines


def test_every_choice_has_a_button_that_means_it() -> None:
    lines = {line for _, line in taught()}
    for slot in SLOTS.values():
        for choice in slot.choices:
            if slot.name != "after_sale_kind":  # never asked for
                assert choice.title in lines
            assert chosen(slot, choice.title) == choice.value


def test_small_talk_has_more_than_one_wording() -> None:
    path = Path(BOT / "domain" / "small_talk.yml")
    for name, variants in yaml.safe_load(path.read_text("utf-8"))["responses"].items():
        assert len(variants) >= 2, name
