"""Conversations: their owners, replies, ratings and the tools of agents."""

from __future__ import annotations

from api.errors.base import DeskError


class NotOwner(DeskError):
    """The caller does not own the conversation."""

    code, status = "not_owner", 409


class AgentAway(DeskError):
    """The agent has no console open, or takes no conversations."""

    code, status = "agent_away", 409


class DeclineTooLate(DeskError):
    """It was not given to the caller just now, or they have answered already."""

    code, status = "decline_too_late", 409


class NobodyElse(DeskError):
    """Nobody else is at work who could have the conversation."""

    code, status = "nobody_else", 409


class NotWaiting(DeskError):
    """The customer does not wait for a person."""

    code, status = "not_waiting", 409


class StateConflict(DeskError):
    """The state table does not allow the move."""

    code, status = "move_not_allowed", 409


class AlreadyRated(DeskError):
    """The conversation has a rating."""

    code, status = "already_rated", 409


class NotRateable(DeskError):
    """The conversation has not ended."""

    code, status = "not_rateable", 409


class Crossed(DeskError):
    """Somebody else has spoken since `after_seq`: `newer` and `customer` name what is new."""

    code, status = "crossed", 409


class TooLate(DeskError):
    """A message can be taken back for `seconds` only."""

    code, status = "too_late", 409


class GoneOut(DeskError):
    """What WeChat has taken cannot be taken back from the customer."""

    code, status = "gone_out", 409


class UnknownQuote(DeskError):
    """No message of this conversation that the customer can see."""

    code, status = "unknown_quote", 422


class UnknownVariable(DeskError):
    """A ready text names something the desk cannot fill in; `variables` are those it can."""

    code, status = "unknown_variable", 422


class ValuesMissing(DeskError):
    """What a text is filled with is not known: `missing` names it. Nothing was sent."""

    code, status = "values_missing", 409


class TooManySaved(DeskError):
    """Nobody keeps more than `most` of these."""

    code, status = "too_many_saved", 409
