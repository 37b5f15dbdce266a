"""How long agents may do what inside a conversation."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from triage.policy.conversations import conversation_policy


@pytest.mark.parametrize("name", sorted(asdict(conversation_policy())))
def test_a_time_below_one_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="count from 1"):
        replace(conversation_policy(), **{name: 0})
