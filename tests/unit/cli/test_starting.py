"""What `fenzhen up` hears and says while it starts."""

from __future__ import annotations

import io
import signal
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from cli.greeting import greet, read_accounts
from cli.home import Home
from cli.preparing import Account, end_group, reports_until_next_step
from cli.progress import Steps
from cli.readiness import failing_parts
from cli.settings import Settings
from cli.texts import Text
from cli.up import StopRequested, stop_signals

STEP = Text("步骤", "step")


class Screen:
    """A console whose output can be read."""

    def __init__(self) -> None:
        self._file = io.StringIO()
        self.steps = Steps(Console(file=self._file, width=140))

    @property
    def text(self) -> str:
        return self._file.getvalue()


@pytest.fixture
def screen() -> Screen:
    return Screen()


def settings(home: Path, demo_password: str | None = None) -> Settings:
    return Settings(Home(home), 8123, None, None, demo_password, {})


def test_a_step_is_a_line_with_its_time(screen: Screen) -> None:
    with screen.steps.step(STEP):
        pass
    assert screen.text == "✓ 步骤 step 0.0 s\n"


def test_a_failed_step_is_not_ticked_off(screen: Screen) -> None:
    with pytest.raises(ValueError, match="broken"), screen.steps.step(STEP):
        raise ValueError("broken")
    assert "✓" not in screen.text


def test_details_are_said_once_and_as_they_are(screen: Screen) -> None:
    with screen.steps.step(STEP) as detail:
        detail("[bold] 1")
        detail("[bold] 1")
    assert screen.text.count("[bold] 1") == 1


def test_the_greeting_names_addresses_and_new_accounts(screen: Screen, tmp_path: Path) -> None:
    greet(settings(tmp_path), [Account("agent", "agent", "p[w]")], screen.steps)
    for part in ("http://127.0.0.1:8123/console", "agent  p[w]", "Ctrl-C"):
        assert part in screen.text


def test_the_greeting_of_a_later_start_reads_the_accounts(screen: Screen, tmp_path: Path) -> None:
    (tmp_path / "accounts.txt").write_text("admin\tsecret\tadmin\n")
    greet(settings(tmp_path), [], screen.steps)
    assert "admin  secret" in screen.text
    assert str(tmp_path / "accounts.txt") in screen.text


def test_a_password_the_caller_chose_is_not_repeated(screen: Screen, tmp_path: Path) -> None:
    made = [Account("agent", "agent", "chosen-by-caller")]
    greet(settings(tmp_path, "chosen-by-caller"), made, screen.steps)
    assert "chosen-by-caller" not in screen.text
    assert "agent · supervisor · admin" in screen.text


@pytest.mark.parametrize("content", [None, b"", b"no tabs", b"\xff\xfe"])
def test_accounts_that_cannot_be_read_are_none(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "accounts.txt"
    if content is not None:
        path.write_bytes(content)
    assert read_accounts(path) == []


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        (b'{"ready": false, "parts": {"bot": {"ok": false}, "redis": {"ok": true}}}', ["bot"]),
        (b'{"ready": false, "parts": {}}', ["api"]),
        (b"Bad Gateway", ["api"]),
        (b"[]", ["api"]),
    ],
)
def test_readiness_names_the_parts_that_are_not_well(body: bytes, parts: list[str]) -> None:
    assert failing_parts(body) == parts


def test_reports_end_with_the_next_step_or_the_process() -> None:
    heard: list[str] = []
    accounts: list[Account] = []
    reports = iter(
        [
            {"detail": "one"},
            {"accounts": [{"username": "a", "role": "agent", "password": None}]},
            {"step": "release"},
            {"detail": "two"},
        ]
    )
    assert reports_until_next_step(reports, heard.append, accounts) == "release"
    assert reports_until_next_step(reports, heard.append, accounts) is None
    assert heard == ["one", "two"]
    assert accounts == [Account("a", "agent", None)]


def test_a_group_ends_with_everything_it_started() -> None:
    parent = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; sleep 60 & echo $!; wait"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert parent.stdout is not None
    with parent.stdout as output:
        output.readline()
        end_group(parent, seconds=0.2)
        # the sleeping child held the pipe open
        assert output.read() == ""
    assert parent.returncode == -signal.SIGKILL


def test_the_first_signal_asks_for_an_end_and_the_second_changes_nothing() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stop_signals():
        with pytest.raises(StopRequested):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) == before
