"""What a look at a message is worth."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.policy.reading import read
from triage.policy.review import review_of, review_policy
from triage.worth import NOTHING, REASONS, Facts, worth

FLAGS = [field.name for field in fields(Facts) if field.type == "bool"]
FACTS = st.builds(
    Facts,
    confidence=st.none() | st.floats(0, 1),
    alike=st.integers(0, 10_000),
    **{name: st.booleans() for name in FLAGS},
)
POLICY = review_policy()


def value(facts: Facts) -> float:
    return worth(facts, POLICY).value


def test_every_flag_has_a_weight_and_is_a_reason() -> None:
    assert len(FLAGS) == 9
    for name in FLAGS:
        found = worth(replace(Facts(), **{name: True}), POLICY)
        assert found.reasons == (name,)
        assert found.value == pytest.approx(getattr(POLICY.weights, name))


@given(FACTS)
def test_a_value_lies_between_0_and_1_and_says_what_it_comes_from(facts: Facts) -> None:
    found = worth(facts, POLICY)
    assert 0 <= found.value <= 1
    assert bool(found.reasons) == (found.value > 0)
    assert set(found.reasons) <= set(REASONS)
    assert len(set(found.reasons)) == len(found.reasons)


@pytest.mark.parametrize("name", FLAGS)
@given(facts=FACTS)
def test_each_fact_raises_the_value(name: str, facts: Facts) -> None:
    without, with_it = replace(facts, **{name: False}), replace(facts, **{name: True})
    assert value(without) < value(with_it)


@given(FACTS, st.floats(0, 1), st.floats(0, 1))
def test_the_less_sure_the_bot_was_the_more_a_look_is_worth(
    facts: Facts, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    assert value(replace(facts, confidence=low)) >= value(replace(facts, confidence=high))
    assert value(replace(facts, confidence=high)) >= value(replace(facts, confidence=None))


@given(FACTS, st.integers(0, 1_000), st.integers(0, 1_000))
def test_the_oftener_alike_messages_come_the_more_a_look_is_worth(
    facts: Facts, one: int, other: int
) -> None:
    few, many = sorted((one, other))
    assert value(replace(facts, alike=few)) <= value(replace(facts, alike=many))


def test_a_message_that_went_well_is_not_worth_a_look_however_often_it_comes() -> None:
    assert worth(Facts(confidence=0.95, alike=500), POLICY) == NOTHING


def test_the_weightiest_reason_comes_first() -> None:
    found = worth(Facts(confidence=0.6, rejected=True, taken=True, alike=1), POLICY)
    assert found.reasons[:2] == ("rejected", "taken")


@pytest.mark.parametrize("figure", [{"sure": 0}, {"least": 1}, {"often_half": 0}, {"often": -0.1}])
def test_figures_that_cannot_be_are_refused(figure: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"shares|review"):
        review_of({**read("review.yml"), **figure})
