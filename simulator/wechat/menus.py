"""The menu below the conversation with an official account."""

from __future__ import annotations

from simulator.wechat.answers import Refused
from simulator.wechat.bodies import Body, fits

_TOP_BYTES = 16
_BELOW_BYTES = 60
_KEY_BYTES = 128
_TOP = 3
_BELOW = 5
_NEEDS = {"click": "key", "view": "url", "scancode_push": "key", "scancode_waitmsg": "key"}


def check_menu(body: Body) -> list[dict[str, object]]:
    """The buttons, if they may be so."""
    buttons = body.parts("button")
    if not 1 <= len(buttons) <= _TOP:
        raise Refused(40016)
    return [_button(each) for each in buttons]


def _button(button: Body) -> dict[str, object]:
    name = fits(button.text("name", 40018), _TOP_BYTES, 40018)
    if button.has("sub_button") and button.values["sub_button"]:
        below = button.parts("sub_button")
        if len(below) > _BELOW:
            raise Refused(40023)
        return {"name": name, "sub_button": [_leaf(each) for each in below]}
    return _leaf(button)


def _leaf(button: Body) -> dict[str, object]:
    name = fits(button.text("name", 40018), _BELOW_BYTES, 40018)
    kind = button.text("type", 40017)
    if kind not in _NEEDS:
        raise Refused(40017, kind)
    value = button.text(_NEEDS[kind], 40019)
    if len(value.encode()) > _KEY_BYTES and kind != "view":
        raise Refused(40019)
    return {"type": kind, "name": name, _NEEDS[kind]: value}
