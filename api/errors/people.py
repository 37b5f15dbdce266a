"""Staff, teams, customers and settings."""

from __future__ import annotations

from api.errors.base import DeskError


class ProofMissing(DeskError):
    """Nothing proves that two customers are one person."""

    code, status = "proof_missing", 409


class CustomersNotMergeable(DeskError):
    """`reason`: `same`, `already_merged`, `erased`; `target_merged` or `tickets_merged` when
    an undo has to wait, with the numbers of the `tickets`."""

    code, status = "customers_not_mergeable", 409


class CustomerInUse(DeskError):
    """A customer is not erased yet. `reason`: `at_work`, with the `conversations` that people have
    at hand or that wait for them, and the numbers of the `tickets` that are not done; `busy` while
    a message is being handled."""

    code, status = "customer_in_use", 409


class ErasureNotConfirmed(DeskError):
    """What was typed is not the name of the customer who would be erased."""

    code, status = "erasure_not_confirmed", 422


class CustomerErased(DeskError):
    """The customer was erased on request: nothing is written about them any more."""

    code, status = "customer_erased", 409


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
