"""Staff, teams, customers and settings."""

from __future__ import annotations

from api.errors.base import DeskError


class ProofMissing(DeskError):
    """Nothing proves that two customers are one person."""

    code, status = "proof_missing", 409


class CustomersNotMergeable(DeskError):
    """`reason`: `same`, `already_merged`; `target_merged` or `tickets_merged` when an undo has to
    wait, with the numbers of the `tickets`."""

    code, status = "customers_not_mergeable", 409


class PolicyRefused(DeskError):
    """A setting that cannot be; `problem` says why, in English."""

    code, status = "policy_refused", 422


class UnknownTeam(DeskError):
    """No such team."""

    code, status = "unknown_team", 422


class NameTaken(DeskError):
    """Another one has that name."""

    code, status = "name_taken", 409


class LastAdmin(DeskError):
    """Nobody could administer the desk any more."""

    code, status = "last_admin", 409


class UnknownStaff(DeskError):
    """No such active member of staff, or one who may not see the ticket."""

    code, status = "unknown_staff", 422
