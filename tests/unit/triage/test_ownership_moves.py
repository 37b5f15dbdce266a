"""Whatever is done to a conversation, in whatever order, it has exactly one owner."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from triage.ownership import MOVES, WITH_AGENT, MoveNotAllowed, Ownership, State, owner

AGENTS = ("a1", "a2", "a3")
AUTHORS = ("bot", "queue", "", *(f"agent:{agent}" for agent in AGENTS))
DESIGN = {
    State.BOT: "bot",
    State.QUEUED: "queue",
    State.ACTIVE: "agent",
    State.WRAP_UP: "agent",
    State.TICKETED: "",
    State.CLOSED: "",
}
"""The kind of owner of each state (design §2)."""


class AnyMoves(RuleBasedStateMachine):
    """Everybody tries everything; what the table refuses must change nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.now = Ownership(State.BOT)
        self.told = "bot"  # the owner that the customer knows of

    @rule(wanted=st.sampled_from(State), agent=st.sampled_from((None, *AGENTS)))
    def move(self, wanted: State, agent: str | None) -> None:
        before = self.now
        try:
            self.now = before.to(wanted, agent)
        except MoveNotAllowed:
            assert wanted not in MOVES[before.state]
        except ValueError:
            needs_agent = wanted is State.ACTIVE and agent is None
            too_many = wanted not in WITH_AGENT and agent is not None
            other_wraps_up = wanted is State.WRAP_UP and agent not in (None, before.agent_id)
            assert needs_agent or too_many or other_wraps_up
        else:
            assert wanted in MOVES[before.state]
            assert self.now.state is wanted
            self.told = owner(self.now.state, self.now.agent_id)

    @invariant()
    def the_state_is_one_of_the_table(self) -> None:
        assert self.now.state in MOVES

    @invariant()
    def there_is_exactly_the_owner_of_the_state(self) -> None:
        kind, _, agent = self.told.partition(":")
        assert kind == DESIGN[self.now.state]
        assert (agent in AGENTS) == (kind == "agent")
        assert (agent or None) == self.now.agent_id

    @invariant()
    def nobody_but_the_one_the_customer_knows_of_may_speak(self) -> None:
        speakers = [author for author in AUTHORS if self.now.may_speak(author)]
        speaks = self.now.state in (State.BOT, State.ACTIVE)
        assert speakers == ([self.told] if speaks else [])


AnyMoves.TestCase.settings = settings(max_examples=30, stateful_step_count=40)
TestAnyMoves = AnyMoves.TestCase


def test_wrapping_up_stays_with_the_agent_who_had_it() -> None:
    active = Ownership(State.ACTIVE, "a1")
    assert active.to(State.WRAP_UP) == Ownership(State.WRAP_UP, "a1")
    with pytest.raises(ValueError, match="a2 cannot wrap up what a1 has"):
        active.to(State.WRAP_UP, "a2")


@pytest.mark.parametrize("state", State)
def test_an_agent_is_named_exactly_in_the_states_that_have_one(state: State) -> None:
    named, unnamed = ("a1", None) if state in WITH_AGENT else (None, "a1")
    assert Ownership(state, named).agent_id == named
    with pytest.raises(ValueError, match=state.value):
        Ownership(state, unnamed)


def test_a_bot_reply_after_an_agent_took_over_is_not_the_owners() -> None:
    before = Ownership(State.BOT)
    after = before.to(State.ACTIVE, "a1")
    assert before.may_speak("bot")
    assert not after.may_speak("bot")
