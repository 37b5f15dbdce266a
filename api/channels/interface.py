"""What a channel is: how customers' words come in, and how the desk's messages reach them.

A channel that pushes (WeChat, 微信客服) hands what comes in to `api.channels.inbound.receive` as
an `Incoming`, and implements `Channel`, which the outbox (`api.channels.outbound`) sends with. A
channel whose page asks for its messages by itself (the web) has nothing to send and no
`contact_id`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol
from uuid import UUID

from api.assistant import Button
from api.models.base import JsonObject

CHANNELS: Mapping[str, str] = {"official": "wechat", "kf": "wechat_kf"}
"""What `Conversation.channel` says, by the kind of account."""


Barred = Literal["unsubscribed", "elsewhere", "closed"]
"""Why a customer cannot be written to: they do not follow any more, a colleague has the session
in the app of 企业微信, or the session has ended."""


class Opens(StrEnum):
    """Which window for answers an act of the customer opens (wechat.md, Sending)."""

    MESSAGE = "message"
    TAP = "tap"


@dataclass(frozen=True, slots=True)
class Media:
    """A file of the customer's that the channel keeps for us for a while."""

    media_id: str
    kind: str
    """`image`, `voice`, `video` or `file`."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What a customer wrote or did. `key` is unique within the account: the same one again is the
    same thing told twice."""

    key: str
    external_id: str
    at: datetime
    text: str
    opens: Opens | None = Opens.MESSAGE
    media: Media | None = None
    menu_id: str | None = None
    """The id of the item of a message's menu that was tapped."""
    answered: bool = True
    """False for what is too old: it is stored and nobody is asked to answer it."""


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """An account with its secrets in the clear. Never logged, never shown."""

    id: UUID
    key: str
    kind: str
    app_id: str
    open_kfid: str | None
    mode: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    """EncodingAESKey, 43 characters; may be empty in plain mode."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message, as it lies on our disk."""

    id: UUID
    name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message of the desk that a customer is to see."""

    message_id: UUID
    author: str
    kind: str
    text: str
    buttons: Sequence[Button] = ()
    files: Sequence[File] = ()
    language: str = "zh"
    start: int = 0
    """How much of it went out before, counted as in `Share`."""

    @property
    def total(self) -> int:
        """Where it is said, counted as in `Share`."""
        return len(self.text) + (1 if self.buttons else 0) + len(self.files)

    @property
    def is_notice(self) -> bool:
        """Whether it only tells something: nobody has to answer it."""
        return self.author == "system" and not self.buttons and not self.files


@dataclass(frozen=True, slots=True)
class Share:
    """What of a message one call carries: `[start, end)` of its characters, then its buttons (one
    step, if it has any), then its files (a step each). It is said at `total`."""

    message_id: UUID
    start: int
    end: int
    total: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one call sends: a piece of a message, or several messages packed into one."""

    message_ids: tuple[UUID, ...]
    body: JsonObject
    """The call's body as the channel will write it, without the recipient (`Sending.body`)."""
    shares: tuple[Share, ...] = ()
    file: File | None = None
    """The file that is sent up first, whose media id `body` lacks."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a customer can still be written to; None instead of it means: without end."""

    messages_left: int
    seconds_left: int
    until: datetime | None
    window: Opens | None
    """The window the next message counts in; None when none is open."""
    subscription: bool = False
    """Whether the customer allowed one more message beyond the window."""
    reason: Barred | None = None
    """Why nothing can be sent, where it is not for the windows."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom something is sent to."""

    account: AccountKeys
    external_id: str
    service_state: int | None = None


class NotDelivered(Exception):
    """The channel did not take it, and that is sure.

    `problem`: `window`, `quota` or `closed` (until the customer writes again), `busy` or `away` (a
    later try may succeed), `token`, `refused`, `too_long`, `not_allowed`, `file`, `elsewhere`
    (another app has the session) or `subscription` (no consent to a message beyond the window).
    """

    def __init__(
        self,
        problem: str,
        code: int | None = None,
        *,
        again: bool = False,
        message: str = "",
        wait_seconds: int = 0,
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.code = code
        """The errcode that was answered."""
        self.message = message
        """What the platform said, for admins; it may name addresses and is never logged."""
        self.again = again
        """Whether a later try may succeed."""
        self.wait_seconds = wait_seconds
        """How long it surely does not."""


class Unconfirmed(Exception):
    """The channel may or may not have taken it: nothing tells."""


class Channel(Protocol):
    """A way to customers outside the desk, for all accounts of one kind."""

    @property
    def name(self) -> str:
        """What `Conversation.channel` says: `wechat`, `wechat_kf`."""

    @property
    def repeatable(self) -> bool:
        """Whether the same `sending_id` again is harmless: an unknown end is tried again then."""

    def parts(
        self, messages: Sequence[Outgoing], reach: Reach | None, longest_bytes: int
    ) -> list[Part]:
        """The calls that say `messages` in their order, packed when `reach` is short.

        No text is longer than `longest_bytes`. What does not fit any more is left out: those
        messages wait.
        """

    async def send(self, to: Recipient, part: Part, sending_id: UUID) -> None:
        """Send one part. Raises NotDelivered and Unconfirmed."""

    async def typing(self, to: Recipient) -> None:
        """Show that somebody is writing; never fails."""


class Calls(Protocol):
    """The platform's API for an account, with its token (api.channels.wechat.client).

    Each raises NotDelivered with the errcode in `code`, and Unconfirmed when the answer is missing.
    """

    async def post(self, account: AccountKeys, path: str, body: JsonObject) -> JsonObject:
        """The answer to a JSON call, e.g. of `/cgi-bin/menu/create`."""

    async def fetch(self, account: AccountKeys, media_id: str) -> tuple[bytes, str]:
        """A file of a customer's (`/cgi-bin/media/get`), and its name or an empty string."""
