"""Finds lines of labelled files that say the same thing twice, or two different things."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

_SHOWN = 10


@dataclass(frozen=True)
class Entry:
    """One labelled line; `place` is `FILE:LINE`, `labels` one a target ("" for none)."""

    place: str
    text: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Faults:
    """Positions of lines that repeat an earlier one, and groups that contradict each other."""

    duplicates: tuple[int, ...]
    contradictions: tuple[tuple[int, ...], ...]

    def left_out(self) -> frozenset[int]:
        """Positions not to learn from: repeats, and all lines of a contradiction."""
        return frozenset(self.duplicates) | {row for group in self.contradictions for row in group}


@dataclass(frozen=True)
class Report:
    """What was left out of a file, with the places of the lines."""

    duplicates: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    blank: tuple[str, ...] = ()

    def sentences(self) -> list[str]:
        """One a kind of fault that was found."""
        told = (
            (self.duplicates, "duplicate lines left out"),
            (self.contradictions, "contradictory lines left out"),
            (self.blank, "empty lines skipped"),
        )
        return [f"{len(places)} {what}: {shortened(places)}" for places, what in told if places]


def find_faults(entries: Sequence[Entry]) -> Faults:
    """Compare lines of the same text (white space around it aside).

    Equal labels: the later line is a duplicate. A target with two different labels: a
    contradiction. Labels that complete each other are neither.
    """
    same: dict[str, list[int]] = defaultdict(list)
    for position, entry in enumerate(entries):
        same[entry.text.strip()].append(position)
    duplicates: list[int] = []
    contradictions: list[tuple[int, ...]] = []
    for group in same.values():
        labels = [entries[position].labels for position in group]
        if any(len(set(given) - {""}) > 1 for given in zip(*labels, strict=True)):
            contradictions.append(tuple(group))
            continue
        seen: set[tuple[str, ...]] = set()
        for position, given in zip(group, labels, strict=True):
            if given in seen:
                duplicates.append(position)
            seen.add(given)
    return Faults(tuple(sorted(duplicates)), tuple(contradictions))


def describe(entries: Sequence[Entry], groups: Sequence[tuple[int, ...]]) -> str:
    """Contradictions as one sentence: which lines give which labels."""
    told = []
    for group in groups[:_SHOWN]:
        sides = (f"{entries[row].place} {'/'.join(entries[row].labels)}" for row in group)
        told.append(" ≠ ".join(sides))
    more = f" … and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return "; ".join(told) + more


def shortened(places: Sequence[str]) -> str:
    """The first places and how many follow."""
    more = f" … and {len(places) - _SHOWN} more" if len(places) > _SHOWN else ""
    return ", ".join(places[:_SHOWN]) + more
