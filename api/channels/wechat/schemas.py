"""Bodies of the account endpoints (`/api/v1/channels/accounts`)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

from api.assistant import Button
from api.channels.wechat.parts import is_one_menu, size

Kind = Literal["official", "kf"]
Mode = Literal["plain", "compatible", "safe"]

KEY = r"^[a-z0-9][a-z0-9_-]{0,39}$"
"""What an account may be called in its callback's address."""
LONGEST_KEY = 128
"""Bytes of what a menu item may say when it is tapped: WeChat's limit for a menu's key."""
_LONGEST_NAMES = (16, 60)
"""Bytes of an item's name, in the bar and below it: WeChat's limits."""
_LONGEST_GREETING = 1800
"""Bytes of a greeting without buttons: one text of the policy's first `longest_bytes`."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


_Name = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=64)]
_Id = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_Secret = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^[\x21-\x7e]{8,256}$")]
_Token = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^[A-Za-z0-9]{3,32}$")]
_FieldText = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=100)]
_AesKey = Annotated[str, BeforeValidator(_trimmed), Field(pattern=r"^[A-Za-z0-9+/]{43}$")]


class MenuLeaf(BaseModel):
    """An item of the menu: a tap sends `text` as the customer's message, or opens `url`."""

    model_config = ConfigDict(extra="forbid")

    name: _Name
    text: Annotated[str, BeforeValidator(_trimmed), Field(max_length=LONGEST_KEY)] | None = None
    url: HttpUrl | None = None

    @model_validator(mode="after")
    def _fits(self) -> MenuLeaf:
        if (self.text or None) is not None and self.url is not None:
            raise PydanticCustomError("two_things", "either text or url")
        if len((self.text or "").encode()) > LONGEST_KEY:
            raise PydanticCustomError("too_long", "at most 128 bytes")
        return self


class MenuItem(MenuLeaf):
    """An item of the bar: it does something, or opens up to five items."""

    items: list[MenuLeaf] = Field(default=[], max_length=5)

    @model_validator(mode="after")
    def _whole(self) -> MenuItem:
        does = bool(self.text) or self.url is not None
        if does == bool(self.items):
            raise PydanticCustomError("one_thing", "text, url, or items below it")
        if any(not item.text and item.url is None for item in self.items):
            raise PydanticCustomError("one_thing", "text or url")
        for names, longest in zip(
            ([self.name], [item.name for item in self.items]), _LONGEST_NAMES, strict=True
        ):
            if any(len(name.encode()) > longest for name in names):
                raise PydanticCustomError("name_too_long", "the name is too long for WeChat")
        return self


class SubscriptionTemplate(BaseModel):
    """The reminder for customers whose window has closed, as it was approved by WeChat.

    In `fields` (name in the template → words) `{shop}` and `{time}` are filled in.
    """

    model_config = ConfigDict(extra="forbid")

    template_id: _Id
    page: HttpUrl | None = None
    fields: dict[Annotated[str, Field(pattern=r"^[a-z_]{1,30}\d{0,3}$")], _FieldText] = Field(
        min_length=1, max_length=10
    )


class Switches(BaseModel):
    """What an account does; stored as `ChannelAccount.switches`."""

    model_config = ConfigDict(extra="forbid")

    greeting: str = Field(default="", max_length=600)
    """Said to who follows or comes in; empty: nothing."""
    greeting_buttons: list[Button] = Field(default=[], max_length=10)
    menu: list[MenuItem] = Field(default=[], max_length=3)
    """The bar below the conversation (official accounts)."""
    typing: bool = True
    """Customers are shown that an answer is being written."""
    survey: bool = True
    """They are asked how satisfied they were."""
    media: bool = True
    """Their pictures, sounds and files are fetched and kept."""
    subscription: SubscriptionTemplate | None = None
    """How customers who agreed to it are called back (official accounts)."""


def _greets_at_once(switches: Switches) -> Switches:
    """The code of a welcome is good for one call: greetings that need more are not saved."""
    words, buttons = switches.greeting.strip(), switches.greeting_buttons
    fits = is_one_menu(words, buttons) if buttons else size(words) <= _LONGEST_GREETING
    if words and not fits:
        problem = PydanticCustomError("greeting_too_long", "text and buttons must fit one message")
        detail = InitErrorDetails(type=problem, loc=("greeting",), input=switches.greeting)
        raise ValidationError.from_exception_data("Switches", [detail])
    return switches


class _Account(BaseModel):
    model_config = ConfigDict(extra="forbid")

    display_name: _Name
    app_id: _Id
    open_kfid: _Id | None = None
    mode: Mode = "safe"
    switches: Annotated[Switches, AfterValidator(_greets_at_once)] = Switches()
    enabled: bool = True
    secret: _Secret | None = None
    token: _Token | None = None
    aes_key: _AesKey | None = None
    """These three are written only; left out, they stay as they are."""


class NewAccount(_Account):
    """An account to add; `key` is its name in the callback's address."""

    key: str = Field(pattern=KEY)
    kind: Kind


class AccountChange(_Account):
    """The account as it shall be."""

    version: int = Field(ge=1)


class SecretsSet(BaseModel):
    """Which secrets are known; they are never shown."""

    secret: bool
    token: bool
    aes_key: bool


class CheckStep(BaseModel):
    """One thing that was looked at. `unknown`: it could not be, or has not happened yet."""

    key: Literal[
        "token",
        "aes_key",
        "app_id",
        "allow_list",
        "secret",
        "permission",
        "open_kfid",
        "callback",
        "menu",
    ]
    state: Literal["ok", "wrong", "unknown"]
    text: str
    """What is wrong and where it is put right."""
    errcode: int | None = None
    """WeChat's answer."""
    address: str | None = None
    """The address of this desk as WeChat sees it, for its allow-list."""


class AccountOut(BaseModel):
    """An account without its secrets."""

    id: UUID
    key: str
    kind: Kind
    display_name: str
    app_id: str
    open_kfid: str | None
    mode: Mode
    switches: Switches
    enabled: bool
    secrets: SecretsSet
    callback_url: str
    """What is entered in WeChat's console."""
    called_at: datetime | None
    """When the last genuine callback came."""
    callback: CheckStep
    """Whether callbacks come and are genuine, and what to do if not."""
    version: int
    created_at: datetime


class AccountSaved(AccountOut):
    """The account as it is now; `menu` says how its publishing ended, None when none was due."""

    menu: CheckStep | None = None


class AccountList(BaseModel):
    """All accounts, by key."""

    items: list[AccountOut]
    callback_base: str
    """What the callback address of every account begins with; its key follows."""


class AccountCheck(BaseModel):
    """What a look at an account's connection found."""

    ok: bool
    """Nothing is wrong; some things may be unknown."""
    steps: list[CheckStep]

    @property
    def may_send(self) -> bool:
        """The platform has just said that messages may be sent."""
        return any(step.key == "permission" and step.state == "ok" for step in self.steps)
