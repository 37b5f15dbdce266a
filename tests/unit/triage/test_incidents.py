"""Incidents: grades, timed steps, bursts of like messages (norms §2, §6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.incidents import (
    Burst,
    Facts,
    Seen,
    bursts,
    goes_to_management,
    grade_of,
    next_step,
    record,
    steps_due,
)
from triage.policy.calendar import business_calendar
from triage.policy.incidents import BurstPolicy, Grade, IncidentStep, incident_policy
from triage.procedure import Done, StepNotAllowed

POLICY = incident_policy()
BURST = BurstPolicy(window_minutes=15, customers=3, times_usual=2)
NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FACTS = st.builds(Facts, st.booleans(), st.booleans(), st.booleans(), st.integers(1, 5000))


def seen(
    number: int, minutes_ago: float, customer: int | None = None, category: str = "logistics"
) -> Seen:
    customer_id = UUID(int=number if customer is None else customer)
    return Seen(UUID(int=number), customer_id, category, NOW - minutes_ago * MINUTE)


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        (Facts(), Grade.MINOR),
        (Facts(customers_hit=9), Grade.MINOR),
        (Facts(customers_hit=10), Grade.SERIOUS),
        (Facts(customers_hit=100), Grade.MAJOR),
        (Facts(customers_hit=1000), Grade.CRITICAL),
        (Facts(danger=True), Grade.MAJOR),
        (Facts(outage=True, customers_hit=10), Grade.MAJOR),
        (Facts(data_leak=True, customers_hit=1000), Grade.CRITICAL),
    ],
)
def test_the_gravest_fact_decides_the_grade(facts: Facts, grade: Grade) -> None:
    assert grade_of(facts, POLICY) is grade


@given(FACTS)
def test_a_leak_or_an_outage_is_major_at_least_and_goes_to_management(facts: Facts) -> None:
    grade = grade_of(facts, POLICY)
    if facts.data_leak or facts.outage:
        assert grade in (Grade.MAJOR, Grade.CRITICAL)
        assert goes_to_management(grade, POLICY)


@given(FACTS, st.integers(0, 5000))
def test_more_facts_or_customers_never_lower_the_grade(facts: Facts, more: int) -> None:
    grade = grade_of(facts, POLICY)
    assert grade_of(replace(facts, customers_hit=facts.customers_hit + more), POLICY).is_at_least(
        grade
    )
    for worse in (replace(facts, data_leak=True), replace(facts, outage=True)):
        assert grade_of(worse, POLICY).is_at_least(grade)


def test_only_grave_incidents_go_straight_to_management() -> None:
    told = [grade for grade in Grade if goes_to_management(grade, POLICY)]
    assert told == [Grade.MAJOR, Grade.CRITICAL]


def test_a_policy_that_takes_a_leak_or_an_outage_lightly_is_refused() -> None:
    with pytest.raises(ValueError, match="major at least"):
        replace(POLICY, data_leak=Grade.SERIOUS)
    with pytest.raises(ValueError, match="major at least"):
        replace(POLICY, outage=Grade.MINOR)


def test_the_steps_have_the_times_of_the_norms_counted_from_detection() -> None:
    due = steps_due(NOW, (), POLICY, business_calendar())
    hours = {each.step: (each.due_at - NOW) / timedelta(hours=1) for each in due}
    review = hours.pop(IncidentStep.REVIEW)
    assert hours == {
        IncidentStep.RESPONSE: 0.25,
        IncidentStep.ASSESSMENT: 1,
        IncidentStep.PLAN: 2,
        IncidentStep.REPORT: 4,
        IncidentStep.INVESTIGATION: 24,
        IncidentStep.WRITTEN_REPORT: 72,
    }
    assert review > 72


def test_the_steps_of_an_incident_are_done_in_order_and_end_with_the_review() -> None:
    first = Done(IncidentStep.RESPONSE, UUID(int=1), NOW, "值班人员已到位")
    so_far = record((), first)
    assert next_step(so_far) is IncidentStep.ASSESSMENT
    with pytest.raises(StepNotAllowed):
        record(so_far, replace(first, step=IncidentStep.REVIEW))
    for step in list(IncidentStep)[1:]:
        so_far = record(so_far, replace(first, step=step))
    assert next_step(so_far) is None


def test_a_burst_is_many_customers_within_the_window() -> None:
    messages = [seen(3, 0), seen(1, 14.9), seen(2, 5), seen(4, 15), seen(5, 1, category="order")]
    assert bursts(messages, NOW, BURST, {}) == (
        Burst(
            category="logistics",
            customers=3,
            first_at=NOW - 14.9 * MINUTE,
            last_at=NOW,
            message_ids=(UUID(int=1), UUID(int=2), UUID(int=3)),
        ),
    )


def test_one_customer_who_writes_often_is_no_burst() -> None:
    assert bursts([seen(number, 1, customer=7) for number in range(20)], NOW, BURST, {}) == ()


def test_what_is_usual_for_a_category_is_no_burst() -> None:
    messages = [seen(number, 1) for number in range(7)]
    assert bursts(messages, NOW, BURST, {"logistics": 4}) == ()
    assert [each.customers for each in bursts(messages, NOW, BURST, {"logistics": 3.5})] == [7]


def test_messages_that_come_later_are_not_counted() -> None:
    assert bursts([seen(number, -1) for number in range(9)], NOW, BURST, {}) == ()


def test_the_largest_burst_comes_first() -> None:
    small = [seen(number, 1, category="account") for number in range(3)]
    large = [seen(number, 1, category="payment") for number in range(10, 14)]
    found = [each.category for each in bursts([*small, *large], NOW, BURST, {})]
    assert found == ["payment", "account"]
