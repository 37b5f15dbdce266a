"""Two things Rasa 3.6 does anew for every action and every event, done once.

They took most of a turn's time (figures in README.md). The results are the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event

_SCHEMA = RemoteAction.action_response_format_spec()
_VALIDATOR = validator_for(_SCHEMA)(_SCHEMA)


def check_action_answer(_: RemoteAction, answer: dict[str, Any]) -> bool:
    """True for a readable answer; raises `jsonschema.ValidationError` for another.

    Rasa calls `jsonschema.validate`, which checks the schema itself each time.
    """
    _VALIDATOR.validate(answer)
    return True


@lru_cache(maxsize=256)
def event_class(type_name: str, default: type[Event] | None = None) -> type[Event] | None:
    """The class of an event; Rasa walks through all subclasses for every event it reads."""
    return _resolve(type_name, default)


_resolve = Event.resolve_by_type


def install() -> None:
    """Let this process's Rasa use both."""
    RemoteAction._validate_action_result = check_action_answer  # noqa: SLF001
    Event.resolve_by_type = staticmethod(event_class)
