"""The bar of an official account: published to WeChat when an admin saves it."""

from __future__ import annotations

from api.channels.interface import AccountKeys, NotDelivered, Unconfirmed
from api.channels.wechat.client import WechatCalls
from api.channels.wechat.schemas import CheckStep, MenuItem, MenuLeaf
from api.i18n import say
from api.models.base import JsonObject

CREATE = "/cgi-bin/menu/create"
DELETE = "/cgi-bin/menu/delete"


async def publish(
    calls: WechatCalls, account: AccountKeys, menu: list[MenuItem], language: str
) -> CheckStep:
    """Show `menu` below the conversation, or nothing if it is empty; says how that ended."""
    try:
        if menu:
            await calls.post(account, CREATE, {"button": [_item(item) for item in menu]})
        else:
            await calls.get(account, DELETE)
    except NotDelivered as error:
        if error.problem == "away":
            return CheckStep(key="menu", state="wrong", text=say("check.away", language))
        key = "menu_permission" if error.problem == "not_allowed" else "menu_wrong"
        text = say(f"check.{key}", language, code=error.code)
        return CheckStep(key="menu", state="wrong", text=text, errcode=error.code)
    except Unconfirmed:
        return CheckStep(key="menu", state="unknown", text=say("check.away", language))
    return CheckStep(key="menu", state="ok", text=say("check.menu_ok", language))


def _item(item: MenuItem) -> JsonObject:
    if item.items:
        return {"name": item.name, "sub_button": [_leaf(leaf) for leaf in item.items]}
    return _leaf(item)


def _leaf(item: MenuLeaf) -> JsonObject:
    """The key of an item that speaks is what it says: phones keep old menus for a day."""
    if item.url is not None:
        return {"type": "view", "name": item.name, "url": str(item.url)}
    return {"type": "click", "name": item.name, "key": item.text}
