"""The one error of the command line."""

from __future__ import annotations

from cli.texts import Text


class Refused(Exception):
    """The command cannot go on; `text` says why and what to do. Ends with exit code 1."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text
