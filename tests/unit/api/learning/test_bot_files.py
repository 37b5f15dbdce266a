"""The bot's files for a training, with what staff changed."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from api.learning.material import bot_files
from api.learning.material.bot_files import OwnIntent, fitted_config, with_texts
from api.learning.material.names import own_name
from api.settings import REPOSITORY

CONFIG = (REPOSITORY / "config.yml").read_text("utf-8")
OWN = [
    OwnIntent("chat_opening_hours", "chitchat", ["我们全年无休。"]),
    OwnIntent("ask_human_wholesale", "handoff", []),
]


def read(path: Path) -> dict:  # type: ignore[type-arg]
    return yaml.safe_load(path.read_text("utf-8"))  # type: ignore[no-any-return]


def test_nothing_changed_is_the_bots_own_files(tmp_path: Path) -> None:
    bot_files.write(tmp_path, [], (), {})
    for part in ("data", "domain", "rules"):
        for path in (REPOSITORY / "bot" / part).glob("*.yml"):
            assert (tmp_path / part / path.name).read_bytes() == path.read_bytes()
    assert fitted_config(CONFIG, [], synonyms=False) == CONFIG


def test_an_intent_of_ones_own_is_answered_or_goes_to_a_person(tmp_path: Path) -> None:
    bot_files.write(tmp_path, OWN, (), {})
    domain, rules = read(tmp_path / "domain" / "own.yml"), read(tmp_path / "rules" / "own.yml")
    assert domain["intents"] == ["chat_opening_hours", "ask_human_wholesale"]
    assert domain["responses"] == {"utter_chat_opening_hours": [{"text": "我们全年无休。"}]}
    assert [rule["steps"] for rule in rules["rules"]] == [
        [{"intent": "chat_opening_hours"}, {"action": "utter_chat_opening_hours"}],
        [{"intent": "ask_human_wholesale"}, {"action": "action_transfer_to_human"}],
    ]


def test_own_small_talk_is_a_remark_and_synonyms_are_read_after_the_entities() -> None:
    pipeline = yaml.safe_load(fitted_config(CONFIG, OWN, synonyms=True))["pipeline"]
    names = [component["name"].rpartition(".")[2] for component in pipeline]
    assert names[1:3] == ["NumberEntityExtractor", "EntitySynonymMapper"]
    remarks = next(component["remarks"] for component in pipeline if "remarks" in component)
    assert "chat_opening_hours" in remarks
    assert "ask_human_wholesale" not in remarks


def test_a_changed_response_keeps_its_buttons(tmp_path: Path) -> None:
    key = "utter_urge_reply_ticket"
    bot_files.write(tmp_path, [], (), {key: ["我在。", "在的。", "马上看。"]})
    before = read(REPOSITORY / "bot" / "domain" / "small_talk.yml")["responses"]
    after = read(tmp_path / "domain" / "small_talk.yml")["responses"]
    assert [variant["text"] for variant in after[key]] == ["我在。", "在的。", "马上看。"]
    assert all(variant["buttons"] == before[key][0]["buttons"] for variant in after[key])
    assert {name: it for name, it in after.items() if name != key} == {
        name: it for name, it in before.items() if name != key
    }


def test_more_texts_than_variants_have_the_buttons_of_the_last() -> None:
    variants = [{"text": "a", "buttons": [1]}, {"text": "b", "custom": 2}]
    assert with_texts(variants, ["x", "y", "z"]) == [
        {"text": "x", "buttons": [1]},
        {"text": "y", "custom": 2},
        {"text": "z", "custom": 2},
    ]


def test_lines_of_buttons_go_with_their_intent(tmp_path: Path) -> None:
    bot_files.write(tmp_path, [], {"request_repair"}, {})
    left = {block["intent"] for path in (tmp_path / "data").glob("*.yml")
            for block in read(path)["nlu"]}  # fmt: skip
    assert "request_repair" not in left
    assert "track_order" in left


@pytest.mark.parametrize("name", ["", "1st", "Chat", "a" * 41, "a b"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="at most 40"):
        own_name(name, "chitchat")


def test_the_name_says_what_follows() -> None:
    assert own_name("opening_hours", "chitchat") == "chat_opening_hours"
    assert own_name("ask_human_wholesale", "handoff") == "ask_human_wholesale"
