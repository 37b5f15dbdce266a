"""Named cues: regular expressions that tell a reader what to look for, as features."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from nlp.state import Reader, State


class CueError(ValueError):
    """A cue is not a readable regular expression."""


class CueTable:
    """One column a cue: it is found where any of its patterns is."""

    def __init__(self, cues: Mapping[str, Sequence[str]] | None = None) -> None:
        self.names = list(cues or {})
        self._patterns = [_compile(name, parts) for name, parts in (cues or {}).items()]

    def __len__(self) -> int:
        return len(self.names)

    def found(self, text: str) -> list[int]:
        """Columns of the cues found in normalised `text`, in rising order."""
        return [column for column, pattern in enumerate(self._patterns) if pattern.search(text)]

    def places(self, text: str, column: int) -> list[tuple[int, int]]:
        """Where cue `column` is found in `text`, as `(start, end)` without empty matches."""
        spans = (match.span() for match in self._patterns[column].finditer(text))
        return [(start, end) for start, end in spans if end > start]

    def to_state(self) -> State:
        """Plain data for `from_state`."""
        return {"names": list(self.names), "patterns": [p.pattern for p in self._patterns]}

    @classmethod
    def from_state(cls, state: State) -> CueTable:
        """The table that gave `state`."""
        reader = Reader(state)
        pairs = zip(reader.strings("names"), reader.strings("patterns"), strict=True)
        return cls({name: [pattern] for name, pattern in pairs})


def _compile(name: str, parts: Sequence[str]) -> re.Pattern[str]:
    try:
        return re.compile("|".join(parts))
    except re.error as error:
        raise CueError(f"cue {name!r}: {error}") from None
