"""Every policy of the desk reads from its file, and from the file with any part set again."""

from __future__ import annotations

from importlib import resources

import pytest

from api.policies.registry import KEYS, BadPolicy, defaults, overlaid, policies_of, read

NO_SETTINGS = {"labels.yml", "review.yml"}
"""What goes with the models, and what only puts the review queue in order."""


def test_every_file_of_policies_can_be_set_but_those() -> None:
    files = {item.name for item in resources.files("triage.policy").iterdir()}
    known = {name for name in files if name.endswith(".yml")}
    assert {f"{key}.yml" for key in KEYS} == known - NO_SETTINGS


@pytest.mark.parametrize("key", KEYS)
def test_the_default_is_a_policy(key: str) -> None:
    assert read(key, defaults(key)) == getattr(policies_of({}), key)


@pytest.mark.parametrize("key", KEYS)
def test_a_part_of_another_kind_is_refused(key: str) -> None:
    for name, value in defaults(key).items():
        wrong = 1 if isinstance(value, str | dict | list) else "x"
        with pytest.raises(BadPolicy, match=name):
            read(key, overlaid(key, {name: wrong}))


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_part_is_refused(key: str) -> None:
    for name in defaults(key):
        if (key, name) != ("calendar", "overrides"):
            with pytest.raises(BadPolicy):
                read(key, {part: value for part, value in defaults(key).items() if part != name})
