from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.plots import PlotError, asked, labelled, lines_of
from cli.bench.figures import Guess


def test_only_json_with_details_can_be_drawn(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    for content in ("", "[]", '{"bench": "faq"}', '{"lines": []}'):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(PlotError, match=r"r\.json"):
            lines_of(path)
    path.write_text(json.dumps({"lines": [{"text": "问"}]}), encoding="utf-8")
    assert lines_of(path) == [{"text": "问"}]


def test_lines_nobody_labelled_are_not_drawn() -> None:
    lines = [
        {"category": {"truth": None, "said": "order", "confidence": 0.5}},
        {"category": {"truth": "refund", "said": "order", "confidence": 0.6}},
    ]
    assert labelled(lines, "category") == [Guess("refund", "order", 0.6)]


def test_a_foreign_message_has_no_right_entry_and_not_understood_is_least_sure() -> None:
    foreign = {"truth": "", "said": "", "confidence": 0.3}
    unclear = {"truth": "greet", "said": "nlu_fallback", "confidence": 0.8}
    assert [guess.right for guess in asked([foreign, unclear])] == [False, False]
    assert asked([unclear])[0].confidence == 0.0
