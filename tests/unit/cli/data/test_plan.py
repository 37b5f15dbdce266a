"""What is asked for is what is planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import pytest

from cli.data.plan import Wanted, beginnings, id_at, lengths, tickets_of

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIZES = [Wanted(100, 0, 5), Wanted(800, 33, 10), Wanted(12_345, 2_000, 100), Wanted(800, 500, 100)]


@pytest.mark.parametrize("wanted", SIZES)
def test_messages_and_tickets_add_up(wanted: Wanted) -> None:
    counts = list(lengths(wanted, Random(1)))
    assert len(counts) == wanted.conversations
    assert sum(counts) == wanted.messages
    assert min(counts) >= 1
    tickets = [tickets_of(wanted, index) for index in range(wanted.conversations)]
    assert sum(tickets) == wanted.tickets


@pytest.mark.parametrize("wanted", SIZES)
def test_conversations_begin_in_order_within_a_year(wanted: Wanted) -> None:
    moments = beginnings(wanted, Random(1), NOW)
    assert len(moments) == wanted.conversations
    closed = len(moments) - wanted.open_conversations
    assert moments[:closed] == sorted(moments[:closed])
    assert moments[closed:] == sorted(moments[closed:])
    assert all(NOW - timedelta(days=367) < moment < NOW for moment in moments)


def test_an_id_says_when_it_was_made() -> None:
    random = Random(1)
    ids = [id_at(NOW + timedelta(minutes=each), random) for each in range(50)]
    assert ids == sorted(ids)
    assert {each.version for each in ids} == {7}
    assert ids[0].int >> 80 == int(NOW.timestamp() * 1000)


def test_the_same_seed_plans_the_same() -> None:
    wanted = SIZES[1]
    assert beginnings(wanted, Random(3), NOW) == beginnings(wanted, Random(3), NOW)
    first = list(islice(lengths(wanted, Random(3)), 20))
    assert first == list(islice(lengths(wanted, Random(3)), 20))
    assert first != list(islice(lengths(wanted, Random(4)), 20))
