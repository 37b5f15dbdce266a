"""The hash chain: whatever is done to a log, reading it tells."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.audit.chain import BEGINNING, Head, Line, Verification, chained, plain

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
Stored = tuple[Line, bytes, bytes]


def line(seq: int) -> Line:
    return Line(
        seq=seq,
        at=START + timedelta(minutes=seq),
        staff_id=UUID(int=seq % 3 + 1),
        staff_name="小云",
        action="reveal",
        subject_kind="customer",
        subject_id=str(UUID(int=7)),
        data={"field": "phone", "reason": "回电确认地址"},
        address="127.0.0.1",
    )


def log(length: int) -> list[Stored]:
    """A log as the desk writes it."""
    stored, last = [], BEGINNING
    for seq in range(1, length + 1):
        each = line(seq)
        stored.append((each, last, chained(last, each)))
        last = stored[-1][2]
    return stored


def head_of(stored: list[Stored]) -> Head:
    return Head(stored[-1][0].seq, stored[-1][2])


def verified(
    stored: list[Stored], head: Head | None, noted: Head | None = None
) -> list[tuple[int, str]]:
    verification = Verification(noted=noted)
    for each in stored:
        verification.read(*each)
    verification.end(head)
    return [(problem.seq, problem.kind) for problem in verification.problems]


@pytest.mark.parametrize("length", [1, 2, 50])
def test_a_log_as_it_was_written_is_whole(length: int) -> None:
    stored = log(length)
    assert verified(stored, head_of(stored), noted=head_of(stored)) == []


def test_an_empty_log_is_whole() -> None:
    assert verified([], None) == []


@pytest.mark.parametrize(
    "change",
    [
        {"at": START},
        {"staff_id": None},
        {"staff_id": UUID(int=99)},
        {"staff_name": "小雨"},
        {"action": "sign_in"},
        {"subject_kind": "ticket"},
        {"subject_id": "x"},
        {"data": {}},
        {"address": None},
    ],
    ids="-".join,
)
def test_a_changed_field_is_found(change: dict[str, object]) -> None:
    stored = log(5)
    stored[2] = (replace(stored[2][0], **change), *stored[2][1:])  # type: ignore[arg-type]
    assert verified(stored, head_of(stored)) == [(3, "changed")]


def test_a_change_with_a_fitting_hash_is_found_at_the_next_record() -> None:
    stored = log(5)
    changed = replace(stored[2][0], staff_name="别人")
    stored[2] = (changed, stored[2][1], chained(stored[2][1], changed))
    assert verified(stored, head_of(stored)) == [(4, "moved")]


def test_a_missing_record_is_found() -> None:
    stored = log(5)
    head = head_of(stored)
    del stored[1]
    assert verified(stored, head) == [(2, "missing")]


def test_a_missing_beginning_is_found() -> None:
    stored = log(5)
    assert verified(stored[2:], head_of(stored)) == [(1, "missing")]


def test_two_records_that_changed_places_are_found() -> None:
    stored = log(5)
    first, second = stored[1], stored[2]
    stored[1] = (replace(second[0], seq=2), *second[1:])
    stored[2] = (replace(first[0], seq=3), *first[1:])
    found = verified(stored, head_of(stored))
    assert {(2, "moved"), (2, "changed"), (3, "moved"), (3, "changed")} <= set(found)


def test_an_end_that_was_cut_off_is_found() -> None:
    stored = log(5)
    assert verified(stored[:3], head_of(stored)) == [(4, "truncated")]
    assert verified([], head_of(stored)) == [(1, "truncated")]


def test_records_behind_the_head_are_found() -> None:
    stored = log(5)
    assert verified(stored, head_of(stored[:4])) == [(5, "unexpected")]


def test_a_head_that_is_gone_or_another_is_found() -> None:
    stored = log(5)
    assert verified(stored, None) == [(5, "head_missing")]
    assert verified(stored, Head(5, bytes(32))) == [(5, "changed")]


def test_a_log_written_anew_is_found_by_a_noted_head_only() -> None:
    before, anew = log(5), log(4)
    last, previous = replace(anew[-1][0], staff_name="别人"), anew[-1][1]
    anew[-1] = (last, previous, chained(previous, last))
    head = head_of(anew)
    assert verified(anew, head) == []
    assert verified(anew, head, noted=head_of(before)) == [(5, "truncated")]
    assert verified(anew, head, noted=head_of(log(4))) == [(4, "changed")]


def test_a_verification_stops_when_it_has_found_enough() -> None:
    verification = Verification()
    for each, previous, _ in log(30):
        if not verification.over:
            verification.read(each, previous, bytes(32))
    assert len(verification.problems) < 30


def test_the_zone_a_moment_is_written_in_makes_no_difference() -> None:
    shanghai = line(1).at.astimezone(timezone(timedelta(hours=8)))
    assert replace(line(1), at=shanghai).canonical() == line(1).canonical()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.uuids(),
        lambda inside: st.lists(inside) | st.dictionaries(st.text(), inside),
    )
)
def test_what_is_kept_reads_back_as_it_was_written(value: object) -> None:
    kept = plain(value)
    assert json.loads(json.dumps(kept)) == kept
