"""The learning loop: trainings, releases, what is learned from."""

from __future__ import annotations

from api.errors.base import DeskError


class TrainingRuns(DeskError):
    """A training is under way; `run` is its id."""

    code, status = "training_runs", 409


class GateBlocked(DeskError):
    """The gate is against it, or nobody has compared the release with the live one yet.

    `reasons` are those of the proof, or `[{"code": "no_proof", "against": number}]`.
    """

    code, status = "gate_blocked", 409


class OverrideTooShort(DeskError):
    """The reason to go past the gate says nothing; `least` characters."""

    code, status = "override_too_short", 422


class ReleaseIncomplete(DeskError):
    """The files of the release are missing, or are not those that were trained."""

    code, status = "release_incomplete", 409


class NothingToRollBack(DeskError):
    """No other release was live before, or the files of none are left."""

    code, status = "nothing_to_roll_back", 409


class CanaryNotPossible(DeskError):
    """A release is on trial already (`running`), it is the live one, or nothing is live."""

    code, status = "canary_not_possible", 409


class NoCanary(DeskError):
    """No release is on trial."""

    code, status = "no_canary", 409


class LineConflict(DeskError):
    """The text is learned as something else: `label`, e.g. another intent or `faq/<key>`; `line_id`
    is the line that says so."""

    code, status = "line_conflict", 409


class BadExamples(DeskError):
    """Nothing was added, for some of the `examples` cannot be: each with its `index` from 0,
    `text`, `code` and `message`; `label` is what it is learned as already."""

    code, status = "bad_examples", 422


class NotLearnable(DeskError):
    """Nothing can be learned from the message that way; `reason`: `no_guess` (say what it is),
    `entry_full`, or a code of `line_problem`."""

    code, status = "not_learnable", 422


class ClusterClosed(DeskError):
    """The cluster was dismissed, or became a draft (`state`) that is gone."""

    code, status = "cluster_closed", 409


class TryRuns(DeskError):
    """Another release is being tried just now: once more in a few seconds."""

    code, status = "try_runs", 429


class TryFailed(DeskError):
    """The release that was to be tried could not be loaded, or not in time."""

    code, status = "try_failed", 503


class IntentNeeded(DeskError):
    """Dialogues of the bot need the intent, so it cannot be switched off."""

    code, status = "intent_needed", 409


class UnknownPlaceholder(DeskError):
    """A text of the bot has `{names}` (`unknown`) that nothing is filled in for."""

    code, status = "unknown_placeholder", 422
