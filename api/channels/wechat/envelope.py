"""The XML or JSON that callbacks come in: read without trust, and written for encrypted answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from api.channels.wechat import crypto
from api.errors import CallbackUnreadable

Fields = Mapping[str, str]
"""What a message holds, flat; what lies deeper is called `ScanCodeInfo.ScanResult`, and the fields
of a list `SubscribeMsgPopupEvent.List.1.TemplateId`."""


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


def write(fields: Fields) -> bytes:
    """XML with each field as CDATA."""
    parts = [f"<{name}>{_cdata(text)}</{name}>" for name, text in fields.items()]
    return f"<xml>{''.join(parts)}</xml>".encode()


def sealed(
    message: bytes, *, token: str, key: bytes, app_id: str, timestamp: str, nonce: str
) -> bytes:
    """An encrypted answer: Encrypt, MsgSignature, TimeStamp and Nonce."""
    encrypted = crypto.encrypt(key, app_id, message)
    return write(
        {
            "Encrypt": encrypted,
            "MsgSignature": crypto.signature(token, timestamp, nonce, encrypted),
            "TimeStamp": timestamp,
            "Nonce": nonce,
        }
    )


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
        name: str(value) for name, value in content.items() if isinstance(value, str | int | float)
    }


def _cdata(text: str) -> str:
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"
