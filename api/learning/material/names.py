"""Intents of one's own: what they are called, and what becomes of them.

The bot has dialogues for the intents it comes with. One that is added has no dialogue: it is
answered with a sentence (`chat_…`) or goes to a person (`ask_human_…`). The beginning of its name
says which, so that the bot does the same in the middle of a task (actions/tasks/engine.py).
"""

from __future__ import annotations

import re
from typing import Literal

OwnKind = Literal["chitchat", "handoff"]

PREFIX: dict[OwnKind, str] = {"chitchat": "chat_", "handoff": "ask_human_"}
LEAST_EXAMPLES = 5
"""Lines an intent of one's own needs before the next training takes it in."""
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


def own_name(name: str, kind: OwnKind) -> str:
    """The full name of a new intent; ValueError if it cannot be one."""
    if not _NAME.fullmatch(name):
        raise ValueError("lower-case letters, digits and _, at most 40")
    return name if name.startswith(PREFIX[kind]) else PREFIX[kind] + name


def response_of(intent: str) -> str:
    """Key of the response to an intent."""
    return f"utter_{intent}"
