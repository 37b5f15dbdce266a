"""Identifiers and time."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from api.ids import new_id, now


def test_ids_are_uuids_of_version_7_and_sort_by_time() -> None:
    ids = [new_id() for _ in range(200)]
    assert {type(each) for each in ids} == {UUID}
    assert {each.version for each in ids} == {7}
    assert ids == sorted(ids)


def test_now_is_aware_and_in_utc() -> None:
    assert now().utcoffset() == timedelta(0)
