"""A whole desk by the pure rules: routing, ownership and what customers are told, in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.unit.triage.routing_facts import NOW, agent, identity
from triage.decision import HandOff, decide, may_speak
from triage.ownership import MOVES, MoveNotAllowed, Ownership, State, owner
from triage.policy import handoff_policy
from triage.policy.routing import PRIORITIES, routing_policy
from triage.queueing import Told, matters, should_tell
from triage.routing import Agent, Presence, assign, eligible
from triage.waiting import Waiting, queue_order
from triage.watchdog import Held, lost

POLICY = routing_policy()
NAMES = ("a", "b", "c")
TALKS = ("t1", "t2", "t3", "t4")
SKILLS: Mapping[str, dict[str, int]] = {"a": {"refund": 5}, "b": {"order": 3}, "c": {}}

names = st.sampled_from(NAMES)
talks = st.sampled_from(TALKS)


@dataclass
class Talk:
    """One conversation, and everything its customer was told about who has it."""

    who: Ownership = field(default_factory=lambda: Ownership(State.BOT))
    told: list[str] = field(default_factory=lambda: ["bot"])
    waiting: Waiting | None = None
    since: datetime = NOW
    place: Told | None = None
    notices: list[datetime] = field(default_factory=list)
    """When the customer was told where they stand in this stay in the queue."""

    @property
    def owner(self) -> str:
        """By the table."""
        return owner(self.who.state, self.who.agent_id)


class AnyDesk(RuleBasedStateMachine):
    """Customers and agents do what they like; the rules of `triage` decide what comes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.talks = {name: Talk() for name in TALKS}
        self.presence = dict.fromkeys(NAMES, Presence.ONLINE)
        self.seen: dict[str, datetime] = dict.fromkeys(NAMES, NOW)
        self.capacity = 2

    # who is there

    def agents(self) -> list[Agent]:
        loads = Counter(talk.who.agent_id for talk in self.talks.values())
        return [
            agent(
                name,
                SKILLS[name],
                load=loads[name],
                capacity=self.capacity,
                presence=self.presence[name],
            )
            for name in NAMES
        ]

    def waitings(self) -> list[Waiting]:
        return [talk.waiting for talk in self.talks.values() if talk.waiting is not None]

    def moved(self, talk: Talk, wanted: State, name: str | None = None) -> bool:
        """Make a move if the table has it; the customer is told of it once."""
        try:
            talk.who = talk.who.to(wanted, name)
        except MoveNotAllowed:
            assert wanted not in MOVES[talk.who.state]
            return False
        talk.waiting = talk.place = None
        talk.since = self.now
        talk.notices = []
        talk.told.append(talk.owner)
        return True

    # what they do

    @rule(seconds=st.integers(1, 200), alive=st.sets(names))
    def time_passes(self, seconds: int, alive: set[str]) -> None:
        self.now += timedelta(seconds=seconds)
        self.seen |= dict.fromkeys(alive, self.now)

    @rule(name=names, presence=st.sampled_from(Presence))
    def presence_changes(self, name: str, presence: Presence) -> None:
        self.presence[name] = presence

    @rule(name=talks, text=st.sampled_from(("转人工", "发票怎么开")))
    def customer_writes(self, name: str, text: str) -> None:
        talk = self.talks[name]
        if talk.who.state in (State.WRAP_UP, State.TICKETED, State.CLOSED):
            assert self.moved(talk, State.BOT)
        decision = decide(talk.who.state, text, None, handoff_policy())
        if isinstance(decision, HandOff):
            assert talk.who.state is State.BOT, "who has or waits for a person is not handed off"
            self.queue(name, talk)
        assert may_speak(talk.who.state, False) == (talk.who.state is State.BOT)

    def queue(
        self,
        name: str,
        talk: Talk,
        queued_at: datetime | None = None,
        wanted: str | None = None,
        excluded: frozenset[UUID] = frozenset(),
    ) -> None:
        assert self.moved(talk, State.QUEUED)
        number = TALKS.index(name)
        talk.waiting = Waiting(
            id=identity(name),
            category=("refund", "order", None, "refund")[number],
            priority=PRIORITIES[number],
            queued_at=queued_at or self.now,
            wanted_agent_id=identity(wanted) if wanted else None,
            excluded=excluded,
        )

    @rule(name=talks, by=names)
    def agent_takes(self, name: str, by: str) -> None:
        talk = self.talks[name]
        if talk.who.agent_id in (None, by):
            self.moved(talk, State.ACTIVE, by)

    @rule(name=talks, to=names)
    def supervisor_assigns(self, name: str, to: str) -> None:
        self.moved(self.talks[name], State.ACTIVE, to)

    @rule(name=talks, to=names)
    def agent_transfers(self, name: str, to: str) -> None:
        talk = self.talks[name]
        giver = talk.who.agent_id
        if talk.who.state is State.ACTIVE and giver is not None and giver != to:
            self.queue(name, talk, wanted=to, excluded=frozenset({identity(giver)}))

    @rule(name=talks, wanted=st.sampled_from((State.WRAP_UP, State.BOT, State.CLOSED)))
    def agent_ends_or_returns(self, name: str, wanted: State) -> None:
        talk = self.talks[name]
        if talk.who.state in (State.ACTIVE, State.WRAP_UP):
            self.moved(talk, wanted)

    @rule(name=talks)
    def customer_leaves_word(self, name: str) -> None:
        talk = self.talks[name]
        if talk.who.state is State.QUEUED:
            assert self.moved(talk, State.TICKETED)

    # what the desk does

    @rule()
    @precondition(lambda self: self.waitings())
    def desk_routes(self) -> None:
        by_id = {each.id: each for each in self.agents()}
        waits = {each.id: each for each in self.waitings()}
        for given in assign(list(waits.values()), list(by_id.values()), self.now, POLICY):
            taker = by_id[given.agent_id]
            assert eligible(taker, waits[given.waiting_id])
            by_id[taker.id] = replace(taker, load=taker.load + 1)
            name = next(each for each in TALKS if identity(each) == given.waiting_id)
            taken_by = next(each for each in NAMES if identity(each) == given.agent_id)
            assert self.moved(self.talks[name], State.ACTIVE, taken_by)

    @rule()
    def desk_takes_back_what_lost_agents_have(self) -> None:
        held = [
            Held(identity(name), identity(talk.who.agent_id or ""), talk.since)
            for name, talk in self.talks.items()
            if talk.who.state is State.ACTIVE
        ]
        seen = {identity(name): at for name, at in self.seen.items()}
        for item in lost(held, seen, self.now, POLICY):
            name = next(each for each in TALKS if identity(each) == item.id)
            gone = next(each for each in NAMES if identity(each) == item.lost_by)
            silent = (self.now - self.seen[gone]).total_seconds()
            assert silent >= POLICY.lost_connection_seconds, "who lives keeps what they have"
            excluded = frozenset({item.lost_by})
            self.queue(name, self.talks[name], item.queued_at, excluded=excluded)

    @rule(minutes=st.none() | st.integers(0, 20))
    @precondition(lambda self: self.waitings())
    def desk_tells_places(self, minutes: int | None) -> None:
        queue = queue_order(self.waitings(), self.now, POLICY)
        order = {waiting.id: place for place, waiting in enumerate(queue, start=1)}
        for name, talk in self.talks.items():
            if talk.waiting is None:
                continue
            position = order[identity(name)]
            wait = None if minutes is None else 60.0 * minutes * position
            before = talk.place
            if should_tell(before, position, wait, self.now, POLICY.notice) and (
                before is None or matters(before, position, wait, POLICY.notice)
            ):
                talk.place = Told(position, wait, self.now)
                talk.notices.append(self.now)

    # what holds whatever happens

    @invariant()
    def every_state_is_of_the_table_with_its_one_owner(self) -> None:
        for talk in self.talks.values():
            assert talk.who.state in MOVES
            speakers = [
                each for each in ("bot", *map("agent:{}".format, NAMES)) if talk.who.may_speak(each)
            ]
            has_a_voice = talk.who.state in (State.BOT, State.ACTIVE)
            assert speakers == ([talk.owner] if has_a_voice else [])

    @invariant()
    def the_owner_the_customer_was_told_last_is_the_owner(self) -> None:
        for talk in self.talks.values():
            assert talk.told[-1] == talk.owner

    @invariant()
    def exactly_those_in_the_queue_wait_each_at_a_place_of_its_own(self) -> None:
        for talk in self.talks.values():
            assert (talk.waiting is not None) == (talk.who.state is State.QUEUED)
        waits = self.waitings()
        queue = queue_order(waits, self.now, POLICY)
        assert {each.id for each in queue} == {each.id for each in waits}
        assert len(queue) == len(waits)

    @invariant()
    def nobody_who_waits_is_told_places_all_the_time(self) -> None:
        pause = timedelta(seconds=POLICY.notice.every_seconds)
        for talk in self.talks.values():
            for one, next_one in zip(talk.notices, talk.notices[1:], strict=False):
                assert next_one - one >= pause


AnyDesk.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestAnyDesk = AnyDesk.TestCase
