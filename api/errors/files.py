"""Attachments."""

from __future__ import annotations

from api.errors.base import DeskError


class EmptyFile(DeskError):
    """The file has no content."""

    code, status = "empty_file", 422


class FileTooLarge(DeskError):
    """The file is larger than `largest_bytes`."""

    code, status = "file_too_large", 413


class FileNotAllowed(DeskError):
    """Not a kind of file the desk takes, or its name says something else than its content."""

    code, status = "file_not_allowed", 415


class TooManyFiles(DeskError):
    """The customer has sent more files than a conversation may hold in a day."""

    code, status = "too_many_files", 429


class UnknownAttachment(DeskError):
    """No file that the caller has uploaded for this conversation and not sent yet."""

    code, status = "unknown_attachment", 422
