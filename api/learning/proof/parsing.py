"""What a trained bot understands, asked in its own environment without a server."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from api.learning.bot_process import ONE_THREAD, bot_program
from api.settings import REPOSITORY

FAQ = "faq"
FALLBACK = "nlu_fallback"
LOG_TAIL = 2_000
Told = Callable[[int, int], None]
"""Lines done, of how many."""


class ParsingFailed(Exception):
    """The bot's program ended with an error; the text holds the end of its log."""


@dataclass(frozen=True)
class Understood:
    """One text as a turn would have it; `ranking` are knowledge keys with their scores."""

    intent: str
    confidence: float
    ranking: tuple[tuple[str, float], ...]
    verdict: str
    offer: tuple[str, ...]
    milliseconds: float

    @property
    def kind(self) -> str:
        """What the bot does: `answer`, `suggestion`, `refusal`, or `intent` (something else).

        As `actions/answers.py` decides it for the first message of a conversation.
        """
        if self.intent == FAQ and self.verdict == "answer":
            return "answer"
        if self.intent in (FAQ, FALLBACK):
            return "suggestion" if self.offer else "refusal"
        return "intent"


def understand(
    bot_python: Path,
    model: Path,
    lines: Sequence[str],
    wishes: Sequence[float | None] | None = None,
    told: Told | None = None,
) -> list[Understood]:
    """Parse `lines` with a bot's model; raises `ParsingFailed`.

    `wishes` are what the classifier tells the bot of each line: how probable it is that the
    customer wants a person.
    """
    command = [str(bot_python), "-m", "bot.parse_lines", str(model)]
    with tempfile.TemporaryDirectory() as folder:
        asked, log = Path(folder) / "texts", Path(folder) / "log"
        questions = [
            {"text": line, "metadata": {"wants_person": wish}}
            for line, wish in zip(lines, wishes or [None] * len(lines), strict=True)
        ]
        asked.write_text("".join(json.dumps(item) + "\n" for item in questions), encoding="utf-8")
        with (
            asked.open("rb") as stdin,
            log.open("wb") as stderr,
            bot_program(command, ONE_THREAD, stdin=stdin, stderr=stderr) as process,
        ):
            assert process.stdout is not None
            found = _collect(process.stdout, len(lines), told)
        if len(found) != len(lines):
            raise ParsingFailed(log.read_text("utf-8", "replace")[-LOG_TAIL:])
    return found


def task_intents(folder: Path) -> frozenset[str]:
    """Intents that start a task, from the bot's rules of the release in `folder`."""
    kept = folder / "data" / "bot" / "rules" / "tasks.yml"
    path = kept if kept.exists() else REPOSITORY / "bot" / "rules" / "tasks.yml"
    found: set[str] = set()
    for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
        steps = rule["steps"]
        if {"action": "task_form"} in steps:
            options = [option for step in steps for option in (step, *step.get("or", ()))]
            found.update(str(option["intent"]) for option in options if "intent" in option)
    return frozenset(found)


def _collect(output: Iterable[bytes], total: int, told: Told | None) -> list[Understood]:
    found: list[Understood] = []
    for line in output:
        found.append(_understood(json.loads(line)))
        if told is not None and (len(found) % 100 == 0 or len(found) == total):
            told(len(found), total)
    return found


def _understood(answer: Mapping[str, object]) -> Understood:
    parsed = answer["parsed"]
    assert isinstance(parsed, dict)
    intent = parsed.get("intent") or {}
    decision = parsed.get("faq_decision") or {}
    ranking = parsed.get("faq_ranking") or ()
    return Understood(
        intent=str(intent.get("name") or ""),
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple((str(item["key"]), float(item["score"])) for item in ranking),
        verdict=str(decision.get("verdict") or "none"),
        offer=tuple(map(str, decision.get("offer") or ())),
        milliseconds=float(str(answer["ms"])),
    )
