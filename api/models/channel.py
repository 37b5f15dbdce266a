"""Accounts on channels outside the desk, their customers, and what is sent to them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from api.models.base import Base, Created, Id, JsonObject, Moment
from api.models.conversation import Message


class ChannelAccount(Base):
    """An official account or a 微信客服 account that customers write to."""

    __tablename__ = "channel_account"
    __table_args__ = (UniqueConstraint("key"),)

    id: Mapped[Id]
    key: Mapped[str]
    """Its name in the callback's address, `/channels/wechat/{key}`."""
    kind: Mapped[str]
    """`official` or `kf`."""
    display_name: Mapped[str]
    app_id: Mapped[str]
    """The app id of an official account, the corp id of a company's 微信客服."""
    open_kfid: Mapped[str | None]
    sealed: Mapped[bytes]
    """Encrypted JSON of secret, token and EncodingAESKey."""
    mode: Mapped[str] = mapped_column(default="safe")
    """`plain`, `compatible` or `safe`."""
    switches: Mapped[JsonObject] = mapped_column(default=dict)
    """Greeting, menu and what is switched on (api.channels.wechat.schemas)."""
    enabled: Mapped[bool] = mapped_column(default=True)
    cursor: Mapped[str | None]
    """How far messages of 微信客服 were pulled."""
    called_at: Mapped[datetime | None]
    """When the last genuine callback came."""
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[Created]


class ChannelContact(Base):
    """A customer of an account, and how far they can be written to (wechat.md, Sending)."""

    __tablename__ = "channel_contact"
    __table_args__ = (
        UniqueConstraint("account_id", "external_id"),
        Index("ix_channel_contact_conversation_id", "conversation_id"),
        Index("ix_channel_contact_identity_id", "identity_id"),
    )

    id: Mapped[Id]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("channel_account.id"))
    external_id: Mapped[str]
    """The openid or external user id."""
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("customer_identity.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    subscribed: Mapped[bool | None]
    service_state: Mapped[int | None]
    """Session state of 微信客服, 0–4."""
    message_at: Mapped[datetime | None]
    """When they last wrote, which opened the long window."""
    message_used: Mapped[int] = mapped_column(default=0)
    """Messages sent to them in that window."""
    tap_at: Mapped[datetime | None]
    """When they last tapped a menu, followed or scanned, which opened the short window."""
    tap_used: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]


class ChannelReceipt(Base):
    """A callback that was handled: the same one again changes nothing."""

    __tablename__ = "channel_receipt"
    __table_args__ = (Index("ix_channel_receipt_received_at", "received_at"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("channel_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    received_at: Mapped[Created]


class Delivery(Base):
    """A message of the desk on its way to a customer on such a channel."""

    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_conversation_id", "conversation_id"),
        Index(
            "ix_delivery_waiting",
            "contact_id",
            "created_at",
            postgresql_where=text("state IN ('waiting', 'held')"),
        ),
    )

    message_id: Mapped[UUID] = mapped_column(ForeignKey("message.id"), primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("channel_contact.id"))
    state: Mapped[str] = mapped_column(default="waiting")
    """`waiting`, `sent`, `unconfirmed` (may have arrived), `held` (cannot be sent now), `failed`
    or `dropped` (taken back before it went; with the problem `late` a question of the survey that
    could not be asked in time)."""
    problem: Mapped[str | None]
    """Why it is held or failed: `window`, `quota`, `refused` and the like
    (api.channels.interface.NotDelivered); `account` while that is switched off. What staff are told
    stands in the console's reach.zh.ts."""
    code: Mapped[int | None]
    """The errcode that was answered."""
    created_at: Mapped[Created]
    """When it was left to be sent, by hand once more if need be: the order of sending."""
    settled_at: Mapped[datetime | None]
    _message: Mapped[Message] = relationship(lazy="raise")
    """Only so that the message is written first."""


class Sending(Base):
    """One call that sends something: a part of a message, or several messages packed together.

    Written before the call and settled after it; one found unsettled has an unknown end.
    """

    __tablename__ = "sending"
    __table_args__ = (
        Index("ix_sending_contact_id", "contact_id", "created_at"),
        Index("ix_sending_open", "created_at", postgresql_where=text("state = 'begun'")),
    )

    id: Mapped[Id]
    """Its hex is the `msgid` for 微信客服."""
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("channel_contact.id"))
    message_ids: Mapped[list[str]]
    """The messages whose words it carries, whole or in part."""
    body: Mapped[JsonObject]
    """An `api.channels.sendings.Body`."""
    state: Mapped[str] = mapped_column(default="begun")
    """`begun`, `sent`, `unconfirmed` or `failed`."""
    charged: Mapped[str | None]
    """The window it counts in: `message` or `tap`."""
    code: Mapped[int | None]
    created_at: Mapped[Created]
    settled_at: Mapped[datetime | None]


class SubscriptionGrant(Base):
    """The customer's consent to one message beyond the window."""

    __tablename__ = "subscription_grant"
    __table_args__ = (
        Index(
            "ix_subscription_grant_open",
            "contact_id",
            "template_id",
            postgresql_where=text("used_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("channel_contact.id"))
    template_id: Mapped[str]
    granted_at: Mapped[Created]
    used_at: Mapped[datetime | None]


class JoinCode(Base):
    """A code shown in one channel that, written in another, proves both to be one person."""

    __tablename__ = "join_code"
    __table_args__ = (Index("ix_join_code_conversation_id", "conversation_id"),)

    code_hash: Mapped[bytes] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"))
    created_at: Mapped[Created]
    expires_at: Mapped[Moment]
    used_at: Mapped[datetime | None]
    contact_id: Mapped[UUID | None] = mapped_column(ForeignKey("channel_contact.id"))
