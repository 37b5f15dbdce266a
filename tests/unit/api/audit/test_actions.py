"""Every act that is recorded has a name in both languages."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.i18n import LANGUAGES, texts

API = Path(__file__).resolve().parents[4] / "api"
AGREED = {
    "sign_in",
    "sign_in_failed",
    "sign_out",
    "reveal",
    "label_changed",
    "priority_changed",
    "transfer",
    "take_over",
    "assign",
    "merge",
    "unmerge",
    "setting_changed",
    "staff_changed",
    "ticket_state",
}


def recorded() -> Iterator[str]:
    """The third argument of each `audit.record(tx, staff, "action", …)` of the api."""
    for path in API.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("audit.record"):
                action = node.args[2]
                if isinstance(action, ast.Constant):
                    yield str(action.value)


def test_acts_are_found() -> None:
    assert {"sign_in", "reveal", "staff_changed"} <= set(recorded())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_recorded_act_has_a_name(language: str) -> None:
    named = {key.split(".")[1] for key in texts(language) if key.startswith("audit_action.")}
    assert AGREED | set(recorded()) <= named
