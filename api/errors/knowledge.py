"""The knowledge base."""

from __future__ import annotations

from api.errors.base import DeskError


class KeyTaken(DeskError):
    """An entry or a draft has that key already."""

    code, status = "key_taken", 409


class QuestionConflict(DeskError):
    """Another entry has the same question: `conflicts` [{text, key, question}] names both."""

    code, status = "question_conflict", 409


class OwnDraft(DeskError):
    """A draft in review is published by somebody other than its author."""

    code, status = "own_draft", 409


class NoDraft(DeskError):
    """The entry has no draft."""

    code, status = "no_draft", 404


class UnknownPicture(DeskError):
    """An answer names pictures (`ids`) that were not sent up for the knowledge base."""

    code, status = "unknown_picture", 422
