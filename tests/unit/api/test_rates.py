"""Whom a network address is counted for."""

from __future__ import annotations

import pytest

from api.rates import caller_of


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        (None, None),
        ("127.0.0.1", None),
        ("::1", None),
        ("::ffff:127.0.0.1", None),
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::2", "2001:db8:1:2::/64"),
        ("somewhere", "somewhere"),
    ],
)
def test_an_address_is_counted_for_whoever_has_it(address: str | None, caller: str | None) -> None:
    assert caller_of(address) == caller
