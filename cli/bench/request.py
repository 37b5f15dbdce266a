"""What a bench is asked for, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cli.progress import Steps

Figures = dict[str, object]
"""Measured values as data for JSON."""


@dataclass(frozen=True)
class Request:
    """`file` None: the held-out files. `release` live or fresh; None: live if there is one."""

    file: Path | None
    release: str | None
    model: Path | None
    environ: Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """The model that was measured: `fresh`, `live`, `newest` (no desk runs) or `given`."""

    kind: str
    folder: Path
    release: int | None = None
    data_hash: str | None = None


@dataclass(frozen=True)
class Result:
    """Figures of each file and of all together, and of every line."""

    source: Source
    files: Mapping[str, Figures]
    everything: Figures
    rows: Sequence[Figures] = field(default_factory=tuple)

    def plain(self, name: str, *, details: bool) -> Figures:
        """Data for JSON; the lines only with `details`."""
        found: Figures = {
            "bench": name,
            "model": {
                "kind": self.source.kind,
                "release": self.source.release,
                "folder": str(self.source.folder),
                "data_hash": self.source.data_hash,
            },
            **self.everything,
            "files": dict(self.files),
        }
        if details:
            found["lines"] = list(self.rows)
        return found


Measure = Callable[[Request, Steps], Result]
