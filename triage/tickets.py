"""The life of a ticket: states, who may do what, parents and merging (norms §5).

Pure rules; a ticket is closed only after it was resolved, and comes back only by being reopened.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class TicketState(StrEnum):
    """How far a ticket is."""

    OPEN = "open"
    PENDING_CUSTOMER = "pending_customer"
    PENDING_THIRD_PARTY = "pending_third_party"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"


_S = TicketState
_WORK = frozenset({_S.PENDING_CUSTOMER, _S.PENDING_THIRD_PARTY, _S.RESOLVED})

MOVES: Mapping[TicketState, frozenset[TicketState]] = {
    _S.OPEN: _WORK,
    _S.PENDING_CUSTOMER: frozenset({_S.OPEN, _S.PENDING_THIRD_PARTY, _S.RESOLVED}),
    _S.PENDING_THIRD_PARTY: frozenset({_S.OPEN, _S.PENDING_CUSTOMER, _S.RESOLVED}),
    _S.RESOLVED: frozenset({_S.CLOSED, _S.REOPENED}),
    _S.CLOSED: frozenset({_S.REOPENED}),
    _S.REOPENED: _WORK,
}
"""Which states may follow. A pending ticket goes on as `open`."""

DONE = frozenset({_S.RESOLVED, _S.CLOSED})
"""Nothing is left to do; clocks of resolution stand still."""

AT_WORK = frozenset(_S) - DONE
"""States in which somebody has to do something."""

MOST_WHYS = 5


def allowed_states(
    state: TicketState, *, leads: bool, merged: bool = False
) -> tuple[TicketState, ...]:
    """States somebody may move a ticket to, in the order of the enum.

    Only who `leads` (a supervisor) brings a closed ticket back; a merged one moves with its target.
    """
    if merged or (state is _S.CLOSED and not leads):
        return ()
    return tuple(each for each in _S if each in MOVES[state])


def after_customer_wrote(state: TicketState) -> TicketState | None:
    """The state once the customer has added something; None when the ticket is closed for good."""
    if state is _S.CLOSED:
        return None
    if state is _S.RESOLVED:
        return _S.REOPENED
    return _S.OPEN if state is _S.PENDING_CUSTOMER else state


def may_set_priority(before: str, after: str, *, leads: bool) -> bool:
    """Nobody but a supervisor lowers P1 (norms §1)."""
    return leads or before != "P1" or after == "P1"


def makes_cycle(ticket: UUID, parent: UUID, parents: Mapping[UUID, UUID | None]) -> bool:
    """Whether `ticket` would be its own ancestor below `parent`.

    `parents` maps tickets to the parents they have; what it does not hold has none.
    """
    seen: set[UUID] = set()
    above: UUID | None = parent
    while above is not None and above not in seen:
        if above == ticket:
            return True
        seen.add(above)
        above = parents.get(above)
    return False


def unfinished(children: Sequence[tuple[str, TicketState]]) -> tuple[str, ...]:
    """Numbers of the children that keep their parent from being closed."""
    return tuple(number for number, state in children if state is not _S.CLOSED)


@dataclass(frozen=True, slots=True)
class Mergeable:
    """A ticket as far as merging goes; `ancestors` are its parent, that one's parent, and so on.

    `complained_at` is when it came in if it is a complaint.
    """

    id: UUID
    customer_id: UUID
    state: TicketState
    merged: bool
    ancestors: Collection[UUID] = ()
    complained_at: datetime | None = None


class MergeProblem(StrEnum):
    """Why two tickets cannot be merged."""

    ITSELF = "itself"
    MERGED = "merged"
    CLOSED = "closed"
    OTHER_CUSTOMER = "other_customer"
    OWN_CHILD = "own_child"
    COMPLAINT = "complaint"


def merge_problem(source: Mergeable, target: Mergeable) -> MergeProblem | None:
    """Why `source` cannot become part of `target`; None when it can.

    Both must be of one customer, who reads on one page what was said to them. A complaint goes on,
    the first of two, so that nothing that was promised for it is lost: the other one is merged into
    it.
    """
    problems = (
        (source.id == target.id, MergeProblem.ITSELF),
        (source.merged or target.merged, MergeProblem.MERGED),
        (_S.CLOSED in (source.state, target.state), MergeProblem.CLOSED),
        (source.customer_id != target.customer_id, MergeProblem.OTHER_CUSTOMER),
        (source.id in target.ancestors, MergeProblem.OWN_CHILD),
        (_complained_first(source, target), MergeProblem.COMPLAINT),
    )
    return next((problem for holds, problem in problems if holds), None)


def _complained_first(source: Mergeable, target: Mergeable) -> bool:
    if source.complained_at is None:
        return False
    return target.complained_at is None or source.complained_at < target.complained_at
