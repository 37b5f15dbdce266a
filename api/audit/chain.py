"""The hash chain of the audit log: pure functions on plain data (norms §7).

Each record carries a keyed hash (HMAC) over the hash of the one before it and its own content, so
a record cannot be changed, taken out, put in or moved without every later hash being wrong; and
nobody who has the database alone can compute them anew, because the key is not in it. The newest
number and hash are also kept in a second place (the head), so that the end cannot be cut off
either.

Records of before there was a key are chained with a plain hash. They stand at the beginning only:
the first keyed record holds them fast, and a plain one after it was not written by the desk.

What no chain can find: that its end was cut off together with the head. Whoever wants to find that
too notes the head somewhere else from time to time and compares (`fenzhen audit verify --noted`);
the worker writes it into its log.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeAlias
from uuid import UUID

BEGINNING = bytes(32)
"""The hash before the first record."""
MOST_PROBLEMS = 20
"""A verification stops here: what comes after is no news."""

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"
"""What a record holds: JSON that reads back as it was written. Fractions are kept as text."""

Trouble = Literal[
    "changed", "missing", "moved", "truncated", "unexpected", "head_missing", "unkeyed"
]


@dataclass(frozen=True, slots=True)
class Line:
    """One record without its hashes."""

    seq: int
    at: datetime
    staff_id: UUID | None
    staff_name: str | None
    action: str
    subject_kind: str
    subject_id: str
    data: Plain
    address: str | None

    def canonical(self) -> bytes:
        """The same bytes for the same record, whatever order its keys were stored in."""
        fields = {
            "seq": self.seq,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "staff_id": str(self.staff_id) if self.staff_id else None,
            "staff_name": self.staff_name,
            "action": self.action,
            "subject_kind": self.subject_kind,
            "subject_id": self.subject_id,
            "data": self.data,
            "address": self.address,
        }
        text = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return text.encode()


@dataclass(frozen=True, slots=True)
class Head:
    """The newest record's number and hash; 0 and `BEGINNING` for an empty log."""

    seq: int = 0
    hash: bytes = BEGINNING


@dataclass(frozen=True, slots=True)
class Problem:
    """Where the log is not what was written. `moved` also means that the one before is another,
    `unkeyed` that it was written without the key."""

    seq: int
    kind: Trouble


@dataclass(slots=True)
class Verification:
    """Reads a log from its first record on, one after the other.

    `keys` are those it may have been written with; without any it is read as a plain chain.
    """

    keys: Sequence[bytes] = ()
    last: Head = Head()
    problems: list[Problem] = field(default_factory=list)
    noted: Head | None = None
    """A head noted elsewhere, which must still be in the log."""
    _keyed: bool = False
    """Whether the last record carries the desk's key."""

    def read(self, line: Line, previous: bytes, stored: bytes) -> None:
        """The next record in the order of `seq`, with the two hashes stored beside it."""
        if line.seq != self.last.seq + 1:
            self._found(self.last.seq + 1, "missing")
        elif previous != self.last.hash:
            self._found(line.seq, "moved")
        self._check_hash(line, previous, stored)
        if self.noted is not None and line.seq == self.noted.seq and stored != self.noted.hash:
            self._found(line.seq, "changed")
        self.last = Head(line.seq, stored)

    def end(self, head: Head | None) -> None:
        """All records were read; `head` is what the second place says, None if it says nothing."""
        if self.keys and self.last.seq and not self._keyed:
            self._found(self.last.seq, "unkeyed")
        if head is None:
            if self.last.seq:
                self._found(self.last.seq, "head_missing")
        elif head.seq > self.last.seq:
            self._found(self.last.seq + 1, "truncated")
        elif head.seq < self.last.seq:
            self._found(head.seq + 1, "unexpected")
        elif head.hash != self.last.hash:
            self._found(head.seq, "changed")
        if self.noted is not None and self.noted.seq > self.last.seq:
            self._found(self.last.seq + 1, "truncated")

    @property
    def over(self) -> bool:
        """Whether enough was found to stop."""
        return len(self.problems) >= MOST_PROBLEMS

    def _check_hash(self, line: Line, previous: bytes, stored: bytes) -> None:
        if any(hmac.compare_digest(chained(previous, line, key), stored) for key in self.keys):
            self._keyed = True
        elif chained(previous, line, None) != stored:
            self._found(line.seq, "changed")
        elif self._keyed:
            self._found(line.seq, "unkeyed")

    def _found(self, seq: int, kind: Trouble) -> None:
        problem = Problem(seq, kind)
        if problem not in self.problems:
            self.problems.append(problem)


def chained(previous: bytes, line: Line, key: bytes | None) -> bytes:
    """The hash of `line` behind a record whose hash is `previous`, 32 bytes: HMAC-SHA-256 with
    `key`, SHA-256 without."""
    content = previous + line.canonical()
    if key is None:
        return hashlib.sha256(content).digest()
    return hmac.new(key, content, hashlib.sha256).digest()


def plain(value: object) -> Plain:
    """`value` as a record can hold it; what JSON does not know becomes text."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)
