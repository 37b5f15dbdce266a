"""`routing.yml` is read whole, and what would break a guarantee is refused."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest
import yaml

from api.i18n import LANGUAGES, texts
from triage.policy.routing import PRIORITIES, read, routing_policy
from triage.routing import Reason

Change = Callable[[dict[str, Any]], object]


def raw() -> dict[str, Any]:
    text = resources.files("triage.policy").joinpath("routing.yml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@pytest.mark.parametrize(
    "change",
    [
        lambda policy: policy["order"]["head_start_minutes"].pop("P4"),
        lambda policy: policy["order"]["head_start_minutes"].update(P1=5),
        lambda policy: policy["skill"]["anybody_after_seconds"].pop("P1"),
        lambda policy: policy["skill"]["little_skill_after_seconds"].pop("P2"),
        lambda policy: policy["skill"]["at_any_rate_after_seconds"].pop("P3"),
        lambda policy: policy["skill"]["wanted_agent_seconds"].pop("P4"),
        lambda policy: policy["skill"]["sender_again_after_seconds"].pop("P3"),
        lambda policy: policy.update(lost_connection_seconds=61),
        lambda policy: policy.update(lost_connection_seconds=14),
    ],
)
def test_a_policy_with_a_gap_or_against_a_guarantee_is_refused(change: Change) -> None:
    changed = raw()
    change(changed)
    with pytest.raises(ValueError, match=r"needs|at most"):
        read(changed)


def test_an_unknown_setting_is_refused() -> None:
    changed = raw()
    changed["wait"]["reckords"] = 3
    with pytest.raises(TypeError, match="reckords"):
        read(changed)


def test_patience_grows_as_priority_falls_and_ends_for_all() -> None:
    skill = routing_policy().skill
    for stage in (
        skill.little_skill_after_seconds,
        skill.anybody_after_seconds,
        skill.at_any_rate_after_seconds,
        skill.wanted_agent_seconds,
    ):
        seconds = [stage[priority] for priority in PRIORITIES]
        assert seconds == sorted(seconds)
        assert seconds[0] == 0, "an emergency waits for no skill"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_can_be_named(language: str) -> None:
    assert {item for item in Reason if f"routing.{item}" not in texts(language)} == set()
