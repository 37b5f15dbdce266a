from __future__ import annotations

from pathlib import Path

import pytest

from cli.checks import check_bot, check_disk, check_pages
from cli.errors import Refused


def test_a_missing_bot_environment_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="make setup"):
        check_bot(tmp_path / ".venv" / "bin" / "python")


def test_an_environment_without_rasa_counts_as_missing(tmp_path: Path) -> None:
    (tmp_path / "python").touch()
    with pytest.raises(Refused):
        check_bot(tmp_path / "python")
    (tmp_path / "rasa").touch()
    check_bot(tmp_path / "python")


def test_pages_that_are_not_built_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="make web"):
        check_pages(tmp_path / "dist")
    (tmp_path / "dist" / "console").mkdir(parents=True)
    (tmp_path / "dist" / "console" / "index.js").touch()
    check_pages(tmp_path / "dist")


def test_a_nearly_full_disk_is_refused_with_the_numbers(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"499 MB left.*500 MB are needed"):
        check_disk(tmp_path, 499_999_999)
    check_disk(tmp_path, 500_000_000)
