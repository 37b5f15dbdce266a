"""Tickets: their states, links and steps."""

from __future__ import annotations

from api.errors.base import DeskError


class TicketNotFound(DeskError):
    """No such ticket, or somebody else's."""

    code, status = "ticket_not_found", 404


class TicketMoveNotAllowed(DeskError):
    """The state table of tickets does not allow the move; `allowed` names those it does."""

    code, status = "ticket_move_not_allowed", 409


class TicketMerged(DeskError):
    """The ticket is part of another one, `into`, where work goes on."""

    code, status = "ticket_merged", 409


class TicketClosed(DeskError):
    """The ticket is closed: nothing can be added."""

    code, status = "ticket_closed", 409


class ChildrenOpen(DeskError):
    """A parent is not closed before its `children`, unless a supervisor forces it."""

    code, status = "children_open", 409


class TicketCycle(DeskError):
    """A ticket cannot be its own parent, however far up."""

    code, status = "ticket_cycle", 409


class MergeNotPossible(DeskError):
    """The two tickets cannot be merged; `reason` is one of `triage.tickets.MergeProblem`."""

    code, status = "merge_not_possible", 409


class NotMerged(DeskError):
    """The ticket is not part of another one."""

    code, status = "not_merged", 409


class ResultRequired(DeskError):
    """What is resolved needs a result that says something."""

    code, status = "result_required", 422


class ContactUnreadable(DeskError):
    """A contact is a mobile or landline number, or an e-mail address."""

    code, status = "contact_unreadable", 422


class StepNotAllowed(DeskError):
    """Steps are done one after another; `next` names the one that comes now."""

    code, status = "step_not_allowed", 409


class P1Protected(DeskError):
    """Nobody but a supervisor lowers P1."""

    code, status = "priority_protected", 403
