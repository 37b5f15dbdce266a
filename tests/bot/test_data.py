"""The bot's data: Rasa's own validation, and that texts and actions fit together."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.__main__ import ACTIONS
from tests.bot.running_bot import REPOSITORY, run_in_bot
from tests.bot.training import FAQ

BOT = REPOSITORY / "bot"
_OWN = "The following duplicated intents have been found across multiple domain files: faq"
"""Rasa merges the retrieval intents of the training data into the domain and minds its own work."""
_UNUSED = re.compile(r"The utterance '(utter_\w+)' is not used in any story or rule")
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
    code = "\n".join(path.read_text("utf-8") for path in (REPOSITORY / "actions").glob("*.py"))
    said: set[str] = set()
    for name in re.findall(r"\"(utter_\w+)\"", code):
        if name.startswith("utter_suggest"):
            said |= {f"{name}_{count}" for count in (1, 2, 3)}
        elif name.endswith("_opened"):
            said |= {name, f"{name}_hours"}
        else:
            said.add(name)
    return said


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
    unused = set(_UNUSED.findall(validation))
    asked = {name for name in unused if name.startswith("utter_ask_")}
    assert unused - asked <= said_by_actions() | {"utter_faq"}


def test_every_response_is_said_somewhere_and_every_said_one_exists() -> None:
    responses = set(domain("responses"))
    asked = {
        *(f"utter_ask_{form}_issue" for form in domain("forms")),
        *(f"utter_ask_{slot}" for slot in ("order_number", "contact")),
    }
    assert responses == said_by_actions() | said_by_rules() | asked


def test_every_action_of_the_domain_is_on_the_action_server() -> None:
    assert set(domain("actions")) == {action.action_name for action in ACTIONS}


def test_every_button_sends_what_the_bot_was_taught() -> None:
    taught = "\n".join(path.read_text("utf-8") for path in (BOT / "data").glob("*.yml"))
    lines = {line.strip() for line in re.findall(r"^\s+- (\S+)$", taught, re.MULTILINE)}
    for variants in domain("responses").values():
        for variant in variants:
            for button in variant.get("buttons", ()):
                assert button["payload"].startswith("{") or button["payload"] in lines


def test_small_talk_has_more_than_one_wording() -> None:
    path = Path(BOT / "domain" / "small_talk.yml")
    for name, variants in yaml.safe_load(path.read_text("utf-8"))["responses"].items():
        assert len(variants) >= 2, name
