"""The XML or JSON that callbacks come in: read without trust."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, fromstring

from api.errors import CallbackUnreadable

Fields = Mapping[str, str]
"""What a message holds, flat; what lies deeper is called `ScanCodeInfo.ScanResult`, and the fields
of a list `SubscribeMsgPopupEvent.List.1.TemplateId`."""

_WHERE = ["xml", "Encrypt"]
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
"""What JSON can tell and XML cannot, and no database stores."""
_MOST_ELEMENTS = 500
"""Of a body that is not proved; WeChat's have a dozen, in compatible mode all of the message."""


def read(body: bytes) -> Fields:
    """The fields of a message; raises CallbackUnreadable, also for a DTD or an entity."""
    if body.lstrip()[:1] == b"{":
        return _from_json(body)
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise CallbackUnreadable("dtd") from None
    except (ParseError, ValueError, LookupError):
        raise CallbackUnreadable("xml") from None
    if root.tag != "xml":
        raise CallbackUnreadable("xml")
    return _flat(root)


def encrypted(body: bytes) -> str:
    """The `Encrypt` of a body that nobody has proved yet; empty when there is none to be read.

    Nothing is built of what stands around it, and a body of many elements is given up early.
    """
    if body.lstrip()[:1] == b"{":
        with suppress(CallbackUnreadable):
            return _from_json(body).get("Encrypt", "")
        return ""
    target = _Encrypt()
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    try:
        parser.feed(body)
        parser.close()
    except (DefusedXmlException, ParseError, ValueError, LookupError):
        return ""
    return "".join(target.heard)


class _Encrypt:
    """Hears the text of `<xml><Encrypt>`, and nothing else."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._elements = 0
        self.heard: list[str] = []

    def start(self, tag: str, _attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > _MOST_ELEMENTS:
            raise ValueError("too many elements")
        self._path.append(tag)

    def end(self, _tag: str) -> None:
        self._path.pop()

    def data(self, text: str) -> None:
        if self._path == _WHERE:
            self.heard.append(text)


def _flat(root: Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for child in root:
        found[child.tag] = child.text or ""
        for place, grandchild in enumerate(child, 1):
            found[f"{child.tag}.{grandchild.tag}"] = grandchild.text or ""
            for leaf in grandchild:
                found[f"{child.tag}.{grandchild.tag}.{place}.{leaf.tag}"] = leaf.text or ""
    return found


def _from_json(body: bytes) -> dict[str, str]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        raise CallbackUnreadable("json") from None
    return {
        name: _NO_TEXT.sub("", str(value))
        for name, value in content.items()
        if isinstance(value, str | int | float)
    }
