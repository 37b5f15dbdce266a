"""The table of ticket states, who sees what, parents, merging."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.tickets import (
    AT_WORK,
    DONE,
    MOVES,
    Mergeable,
    MergeProblem,
    TicketState,
    after_customer_wrote,
    allowed_states,
    makes_cycle,
    may_set_priority,
    merge_problem,
    unfinished,
)

S = TicketState
ALLOWED = {
    (S.OPEN, S.PENDING_CUSTOMER),
    (S.OPEN, S.PENDING_THIRD_PARTY),
    (S.OPEN, S.RESOLVED),
    (S.PENDING_CUSTOMER, S.OPEN),
    (S.PENDING_CUSTOMER, S.PENDING_THIRD_PARTY),
    (S.PENDING_CUSTOMER, S.RESOLVED),
    (S.PENDING_THIRD_PARTY, S.OPEN),
    (S.PENDING_THIRD_PARTY, S.PENDING_CUSTOMER),
    (S.PENDING_THIRD_PARTY, S.RESOLVED),
    (S.RESOLVED, S.CLOSED),
    (S.RESOLVED, S.REOPENED),
    (S.CLOSED, S.REOPENED),
    (S.REOPENED, S.PENDING_CUSTOMER),
    (S.REOPENED, S.PENDING_THIRD_PARTY),
    (S.REOPENED, S.RESOLVED),
}
ONE, TWO, THREE = uuid4(), uuid4(), uuid4()
CUSTOMER = uuid4()


@pytest.mark.parametrize(("state", "wanted"), list(product(S, S)))
def test_a_supervisor_may_make_exactly_the_moves_of_the_table(
    state: TicketState, wanted: TicketState
) -> None:
    assert (wanted in allowed_states(state, leads=True)) == ((state, wanted) in ALLOWED)


def test_an_agent_may_do_the_same_but_bring_a_closed_ticket_back() -> None:
    for state in S:
        same = allowed_states(state, leads=True)
        assert allowed_states(state, leads=False) == (() if state is S.CLOSED else same)


def test_a_merged_ticket_does_not_move() -> None:
    assert {allowed_states(state, leads=True, merged=True) for state in S} == {()}


def test_every_state_is_at_work_or_done_and_can_be_reached() -> None:
    assert AT_WORK | DONE == set(S) == set(MOVES)
    assert not AT_WORK & DONE
    reached, fresh = {S.OPEN}, {S.OPEN}
    while fresh:
        fresh = {target for state in fresh for target in MOVES[state]} - reached
        reached |= fresh
    assert reached == set(S)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.OPEN, S.OPEN),
        (S.PENDING_CUSTOMER, S.OPEN),
        (S.PENDING_THIRD_PARTY, S.PENDING_THIRD_PARTY),
        (S.RESOLVED, S.REOPENED),
        (S.REOPENED, S.REOPENED),
        (S.CLOSED, None),
    ],
)
def test_what_the_customer_adds_lets_the_work_go_on(
    before: TicketState, after: TicketState | None
) -> None:
    assert after_customer_wrote(before) is after


@given(st.sampled_from(S))
def test_what_the_customer_brings_about_is_in_the_table(state: TicketState) -> None:
    after = after_customer_wrote(state)
    assert after in (None, state, *MOVES[state])


@pytest.mark.parametrize(
    ("before", "after", "leads", "may"),
    [
        ("P1", "P2", False, False),
        ("P1", "P4", False, False),
        ("P1", "P2", True, True),
        ("P1", "P1", False, True),
        ("P2", "P4", False, True),
        ("P4", "P1", False, True),
    ],
)
def test_nobody_but_a_supervisor_lowers_p1(before: str, after: str, leads: bool, may: bool) -> None:
    assert may_set_priority(before, after, leads=leads) is may


def test_a_ticket_is_not_its_own_ancestor() -> None:
    assert makes_cycle(ONE, ONE, {})
    assert makes_cycle(ONE, THREE, {THREE: TWO, TWO: ONE, ONE: None})
    assert not makes_cycle(THREE, TWO, {TWO: ONE, ONE: None})


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=40))
def test_no_sequence_of_parents_ever_makes_a_cycle(wishes: list[tuple[int, int]]) -> None:
    ids = [UUID(int=index) for index in range(8)]
    parents: dict[UUID, UUID | None] = dict.fromkeys(ids)
    for child, parent in wishes:
        if not makes_cycle(ids[child], ids[parent], parents):
            parents[ids[child]] = ids[parent]
    for start in ids:
        above, steps = parents[start], 0
        while above is not None:
            assert above != start
            above, steps = parents[above], steps + 1
            assert steps <= len(ids)


def test_a_child_that_is_only_resolved_keeps_its_parent_open() -> None:
    children = [("T1", S.CLOSED), ("T2", S.RESOLVED), ("T3", S.OPEN)]
    assert unfinished(children) == ("T2", "T3")


MONDAY, TUESDAY = (datetime(2026, 3, day, tzinfo=UTC) for day in (9, 10))


def ticket(id_: UUID, **changes: object) -> Mergeable:
    values = {"customer_id": CUSTOMER, "state": S.OPEN, "merged": False, **changes}
    return Mergeable(id=id_, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "target", "problem"),
    [
        (ticket(ONE), ticket(TWO), None),
        (ticket(ONE, state=S.RESOLVED), ticket(TWO, state=S.PENDING_CUSTOMER), None),
        (ticket(ONE), ticket(ONE), MergeProblem.ITSELF),
        (ticket(ONE, merged=True, state=S.CLOSED), ticket(TWO), MergeProblem.MERGED),
        (ticket(ONE), ticket(TWO, merged=True, state=S.CLOSED), MergeProblem.MERGED),
        (ticket(ONE), ticket(TWO, state=S.CLOSED), MergeProblem.CLOSED),
        (ticket(ONE, state=S.CLOSED), ticket(TWO), MergeProblem.CLOSED),
        (ticket(ONE), ticket(TWO, customer_id=THREE), MergeProblem.OTHER_CUSTOMER),
        (ticket(ONE), ticket(TWO, ancestors={THREE, ONE}), MergeProblem.OWN_CHILD),
        (ticket(ONE, ancestors={TWO}), ticket(TWO), None),
        (ticket(ONE), ticket(TWO, complained_at=MONDAY), None),
        (ticket(ONE, complained_at=TUESDAY), ticket(TWO, complained_at=MONDAY), None),
        (ticket(ONE, complained_at=MONDAY), ticket(TWO), MergeProblem.COMPLAINT),
        (
            ticket(ONE, complained_at=MONDAY),
            ticket(TWO, complained_at=TUESDAY),
            MergeProblem.COMPLAINT,
        ),
    ],
)
def test_two_tickets_are_merged_only_when_they_can_be_one(
    source: Mergeable, target: Mergeable, problem: MergeProblem | None
) -> None:
    assert merge_problem(source, target) is problem
