"""The form every expected error has."""

from __future__ import annotations

from typing import Any, ClassVar


class DeskError(Exception):
    """An expected error with a stable `code` and an HTTP `status`."""

    code: ClassVar[str] = "bad_request"
    status: ClassVar[int] = 400

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details
