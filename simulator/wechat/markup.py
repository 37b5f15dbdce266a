"""The XML of callbacks and of their answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias
from xml.parsers import expat

Fields: TypeAlias = "Mapping[str, str | int | Fields]"
"""Elements by name; numbers go without CDATA, as WeChat writes them."""


class NotXml(ValueError):
    """The answer to a callback cannot be read as one."""


def write(fields: Fields, root: str = "xml") -> str:
    """The fields as a document."""
    return f"<{root}>{''.join(_element(name, value) for name, value in fields.items())}</{root}>"


def _element(name: str, value: str | int | Fields) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    if isinstance(value, str):
        return f"<{name}><![CDATA[{value.replace(']]>', ']]]]><![CDATA[>')}]]></{name}>"
    return write(value, name)


def read(document: bytes) -> dict[str, str]:
    """Texts of the elements below the root, each by its name (the deepest ones by theirs).

    Raises NotXml for what is not a document `<xml>`, and for one with a DTD.
    """
    parser = expat.ParserCreate()
    found: dict[str, str] = {}
    path: list[str] = []
    texts: list[str] = []

    def begin(name: str, _attributes: dict[str, str]) -> None:
        if not path and name != "xml":
            raise NotXml(f"the root is {name!r}")
        path.append(name)
        texts.clear()

    def end(name: str) -> None:
        path.pop()
        if path:
            found.setdefault(name, "".join(texts).strip())
        texts.clear()

    def refuse(*_what: object) -> None:
        raise NotXml("a DTD")

    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = texts.append
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise NotXml(str(error)) from error
    return found
