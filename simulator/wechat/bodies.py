"""Bodies of calls, read as strictly as WeChat reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from simulator.wechat.answers import Refused

_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


class Body:
    """A JSON object; what is missing or of another type is refused."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = values

    def text(self, name: str, missing: int = 47001) -> str:
        """A text that must be there and not be empty."""
        value = self.values.get(name)
        if value is None or value == "":
            raise Refused(missing, name)
        if not isinstance(value, str):
            raise Refused(47001, f"{name} must be a string")
        return value

    def optional(self, name: str) -> str:
        """A text, empty when it is not there."""
        return self.text(name) if self.values.get(name) not in (None, "") else ""

    def number(self, name: str, default: int | None = None) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused(47001, f"{name} must be a number")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false when it is not there."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise Refused(47001, f"{name} must be true or false")
        return value

    def part(self, name: str, missing: int = 47001) -> Body:
        """An object."""
        value = self.values.get(name)
        if value is None:
            raise Refused(missing, name)
        if not isinstance(value, Mapping):
            raise Refused(47001, f"{name} must be an object")
        return Body(value)

    def parts(self, name: str) -> list[Body]:
        """A list of objects."""
        value = self.values.get(name)
        if not isinstance(value, Sequence) or isinstance(value, str):
            raise Refused(47001, f"{name} must be a list")
        if not all(isinstance(each, Mapping) for each in value):
            raise Refused(47001, f"{name} must hold objects")
        return [Body(each) for each in value if isinstance(each, Mapping)]

    def has(self, name: str) -> bool:
        """Is it there at all?"""
        return self.values.get(name) is not None


def read(raw: bytes) -> Body:
    """The body of a call: raw UTF-8 JSON without `\\uXXXX`."""
    if not raw:
        raise Refused(44002)
    if _ESCAPED.search(raw):
        raise Refused(40033)
    try:
        values = json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused(40033, "not UTF-8") from error
    except ValueError as error:
        raise Refused(47001) from error
    if not isinstance(values, dict):
        raise Refused(47001)
    return Body(values)


def fits(text: str, limit: int, errcode: int = 45002) -> str:
    """The text, if it has at most `limit` bytes."""
    if len(text.encode()) > limit:
        raise Refused(errcode, f"{len(text.encode())} bytes, limit {limit}")
    return text
