"""The matrix of norms §1 in all sixteen cells, and what policy adds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.priority import Priority, matrix, prioritise, settle

TABLE = """
impact 1: P4 P4 P4 P4
impact 2: P4 P3 P3 P2
impact 3: P3 P3 P2 P1
impact 4: P2 P2 P1 P1
"""
"""Urgency 1 to 4 from left to right, written out by hand from norms §1."""

CELLS = [
    (impact, urgency, key)
    for impact, line in enumerate(TABLE.strip().splitlines(), 1)
    for urgency, key in enumerate(line.split(": ")[1].split(), 1)
]
levels = st.integers(1, 4)
policies = st.fixed_dictionaries(
    {
        "vip_complaint": st.booleans(),
        "unanswered": st.integers(0, 10),
        "repeated_complaint": st.booleans(),
    }
)


@pytest.mark.parametrize(("impact", "urgency", "key"), CELLS)
def test_each_cell_of_the_matrix_is_as_the_norms_say(impact: int, urgency: int, key: str) -> None:
    assert matrix(impact, urgency) == key


def test_the_table_has_sixteen_cells() -> None:
    assert len(CELLS) == 16


@pytest.mark.parametrize(("impact", "urgency"), [(0, 1), (1, 0), (5, 1), (1, 5), (-1, 4)])
def test_a_level_outside_the_scales_is_refused(impact: int, urgency: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.4"):
        matrix(impact, urgency)


@given(levels, levels, levels, levels)
def test_more_impact_and_more_urgency_never_lower_the_priority(
    impact: int, urgency: int, more_impact: int, more_urgency: int
) -> None:
    higher = matrix(max(impact, more_impact), max(urgency, more_urgency))
    assert higher <= matrix(impact, urgency)


@given(levels, levels, policies)
def test_policy_raises_by_one_at_most_and_never_past_p1(
    impact: int, urgency: int, policy: dict[str, Any]
) -> None:
    plain, result = matrix(impact, urgency), prioritise(impact, urgency, **policy)
    applies = policy["vip_complaint"] or policy["unanswered"] >= 3 or policy["repeated_complaint"]
    raised = max(1, int(plain[1]) - 1) if applies else int(plain[1])
    assert result.key == f"P{raised}"


@given(levels, levels, policies)
def test_every_policy_that_applies_is_named_among_the_reasons(
    impact: int, urgency: int, policy: dict[str, Any]
) -> None:
    reasons = prioritise(impact, urgency, **policy).reasons
    count = sum([policy["vip_complaint"], policy["unanswered"] >= 3, policy["repeated_complaint"]])
    assert len(reasons) == 2 + count
    assert ("VIP 客户投诉" in reasons) == policy["vip_complaint"]
    assert ("7 天内重复投诉" in reasons) == policy["repeated_complaint"]


def test_the_third_unanswered_message_raises_and_the_second_does_not() -> None:
    assert prioritise(2, 2, unanswered=2).key == "P3"
    assert prioritise(2, 2, unanswered=3).key == "P2"


def test_without_policy_the_reasons_are_those_of_impact_and_urgency() -> None:
    assert prioritise(4, 4) == Priority(
        "P1", ("涉及人身、财产安全或信息泄露", "正在发生或 2 小时内到期")
    )


chances = st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4).map(
    lambda parts: [part / sum(parts) for part in parts]
)


@given(impact=chances, urgency=chances, p1_from=st.floats(0.05, 1.0))
def test_the_settled_pair_gives_the_most_probable_priority(
    impact: list[float], urgency: list[float], p1_from: float
) -> None:
    by_key: dict[str, float] = {}
    for i, u, key in CELLS:
        by_key[key] = by_key.get(key, 0.0) + impact[i - 1] * urgency[u - 1]
    settled = settle(impact, urgency, p1_from)
    key = matrix(settled.impact, settled.urgency)
    assert settled.confidence == pytest.approx(by_key[key])
    others = max(chance for name, chance in by_key.items() if name != "P1")
    assert (key == "P1") == (by_key["P1"] >= p1_from or by_key["P1"] >= others)
    assert key == "P1" or by_key[key] == pytest.approx(others)


def test_an_emergency_that_is_only_likely_is_still_one() -> None:
    impact, urgency = [0.0, 0.6, 0.0, 0.4], [0.0, 0.1, 0.0, 0.9]
    assert matrix(settle(impact, urgency, 0.3).impact, settle(impact, urgency, 0.3).urgency) == "P1"
    doubtful = settle(impact, urgency, 0.5)
    assert matrix(doubtful.impact, doubtful.urgency) == "P2"
