"""The hash chain: whatever is done to a log, reading it tells."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.audit.chain import BEGINNING, Head, Line, Verification, chained, plain

KEY, OTHER = b"the desk's", b"the one of before"
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


def log(length: int, key: bytes | None = None, after: Sequence[Stored] = ()) -> list[Stored]:
    """A log as the desk writes it, going on `after` another one up to `length` records."""
    stored = list(after)
    last = stored[-1][2] if stored else BEGINNING
    for seq in range(len(stored) + 1, length + 1):
        each = line(seq)
        stored.append((each, last, chained(last, each, key)))
        last = stored[-1][2]
    return stored


def head_of(stored: list[Stored]) -> Head:
    return Head(stored[-1][0].seq, stored[-1][2])


def verified(
    stored: list[Stored],
    head: Head | None,
    noted: Head | None = None,
    keys: Sequence[bytes] = (),
) -> list[tuple[int, str]]:
    verification = Verification(keys=keys, noted=noted)
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
    stored[2] = (changed, stored[2][1], chained(stored[2][1], changed, None))
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


@pytest.mark.parametrize("length", [1, 50])
def test_a_keyed_log_is_whole_to_who_knows_the_key(length: int) -> None:
    stored = log(length, KEY)
    assert verified(stored, head_of(stored), keys=[KEY]) == []
    assert verified(stored, head_of(stored), keys=[OTHER, KEY]) == []
    assert (1, "changed") in verified(stored, head_of(stored), keys=[OTHER])


def test_a_log_goes_on_with_another_key() -> None:
    stored = log(6, KEY, after=log(3, OTHER))
    assert verified(stored, head_of(stored), keys=[KEY, OTHER]) == []


def test_records_of_before_there_was_a_key_are_verified_too() -> None:
    stored = log(6, KEY, after=log(3))
    assert verified(stored, head_of(stored), keys=[KEY]) == []
    stored[1] = (replace(stored[1][0], staff_name="别人"), *stored[1][1:])
    assert verified(stored, head_of(stored), keys=[KEY]) == [(2, "changed")]


def test_a_beginning_without_key_that_was_written_anew_does_not_fit_the_keyed_rest() -> None:
    stored = log(6, KEY, after=log(3))
    first = replace(line(1), staff_name="别人")
    anew = log(3, after=[(first, BEGINNING, chained(BEGINNING, first, None))])
    assert verified(anew + stored[3:], head_of(stored), keys=[KEY]) == [(4, "moved")]
    (seq, kind) = verified(log(6, None, after=anew), None, keys=[KEY])[0]
    assert (seq, kind) == (6, "unkeyed")


@pytest.mark.parametrize(
    ("forger", "found"), [(None, [(5, "unkeyed")]), (b"guess", [(1, "changed"), (2, "changed")])]
)
def test_a_keyed_log_that_was_written_anew_without_its_key_is_found(
    forger: bytes | None, found: list[tuple[int, str]]
) -> None:
    anew = log(5, forger)
    assert verified(anew, head_of(anew), keys=[KEY])[: len(found)] == found


def test_a_record_without_key_behind_a_keyed_one_is_found() -> None:
    stored = log(7, KEY, after=log(5, None, after=log(4, KEY)))
    assert verified(stored, head_of(stored), keys=[KEY]) == [(5, "unkeyed")]


def test_a_log_without_key_written_anew_is_found_by_a_noted_head_only() -> None:
    before, anew = log(5), log(4)
    last, previous = replace(anew[-1][0], staff_name="别人"), anew[-1][1]
    anew[-1] = (last, previous, chained(previous, last, None))
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
