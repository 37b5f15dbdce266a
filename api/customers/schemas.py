"""Customers as staff see them, and what may be changed of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from api.conversations.schemas import Labelled, PersonRef
from api.customers import personal
from api.tickets.schemas import TicketSummary

Tier = Literal["standard", "vip"]
Proof = Literal["shop_customer", "phone"]
"""What proves that two records are one person (norms §5)."""


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _read(field: personal.Field) -> Callable[[str | None], str | None]:
    def read(value: str | None) -> str | None:
        if value is None or not value.strip():
            return None
        try:
            return personal.normalised(field, value)
        except ValueError as error:
            raise PydanticCustomError(field, "not readable") from error

    return read


_Short = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=64)]
_Fact = Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=200)]
_Written = Annotated[str, Field(max_length=300)] | None
_Phone = Annotated[_Written, AfterValidator(_read("phone"))]
_Email = Annotated[_Written, AfterValidator(_read("email"))]
_IdNumber = Annotated[_Written, AfterValidator(_read("id_number"))]
_CardNumber = Annotated[_Written, AfterValidator(_read("card_number"))]


class Masked(BaseModel):
    """Sealed fields as they may be shown; None: not known."""

    phone: str | None = None
    email: str | None = None
    id_number: str | None = None
    card_number: str | None = None


class CustomerLine(BaseModel):
    """A customer in a list."""

    id: UUID
    display_name: str
    tier: Tier
    language: str
    masked: Masked
    verified_at: datetime | None
    erased_at: datetime | None
    """When everything that names them was deleted on request."""
    created_at: datetime


class CustomerList(BaseModel):
    """A page of customers, the newest first; ask with `next` as `cursor` to go on."""

    items: list[CustomerLine]
    next: str | None


class IdentityOut(BaseModel):
    """One way the customer comes by; `proof`: `order_and_phone`, `channel` or None."""

    channel: str
    external_id_masked: str
    proof: str | None
    verified_at: datetime | None


class EarlierRatingOut(BaseModel):
    """What the customer answered to the survey of an earlier matter; numbers are masked."""

    rating: int | None
    nps: int | None
    comment: str | None
    rated_at: datetime | None


class PastConversation(BaseModel):
    """An earlier conversation, as short as can be."""

    id: UUID
    channel: str
    state: str
    category: Labelled | None
    created_at: datetime
    rating: int | None
    earlier_ratings: list[EarlierRatingOut]
    """Of the matters before the present one, the newest first."""


class NoteOut(BaseModel):
    """What staff should know about the customer."""

    id: UUID
    author: PersonRef
    text: str
    created_at: datetime


class MergedOut(BaseModel):
    """A record found to be the same person; `merge_id` undoes it."""

    id: UUID
    display_name: str
    merge_id: UUID


class CustomerDetail(CustomerLine):
    """One customer with what was before. A merged one is shown as the one it became."""

    preferences: dict[str, str]
    identities: list[IdentityOut]
    conversations: list[PastConversation]
    """The last 20."""
    conversation_count: int
    tickets: list[TicketSummary]
    """The last 20 that the viewer may see."""
    open_tickets: int
    notes: list[NoteOut]
    merged: list[MergedOut]
    version: int


class CustomerChange(BaseModel):
    """What shall be different; a field that is left out stays, an empty one is removed."""

    version: int = Field(ge=1)
    display_name: _Short | None = None
    tier: Tier | None = None
    language: Literal["zh", "en"] | None = None
    preferences: dict[_Short, _Fact] | None = Field(default=None, max_length=20)
    phone: _Phone = None
    email: _Email = None
    id_number: _IdNumber = None
    card_number: _CardNumber = None


class RevealField(BaseModel):
    """Which field, and why it has to be seen."""

    field: personal.Field
    reason: str = Field(max_length=200)


class Revealed(BaseModel):
    """The field in full."""

    value: str


class NewNote(BaseModel):
    """A note to be added."""

    text: Annotated[str, BeforeValidator(_trimmed), Field(min_length=1, max_length=2000)]


class MergeWish(BaseModel):
    """`source_id` shall become part of the customer of the address."""

    source_id: UUID
    proof: Proof
    reason: Annotated[str, BeforeValidator(_trimmed), Field(min_length=4, max_length=200)]


class ErasureWish(BaseModel):
    """`confirm`: the customer's name as it is shown, typed by whoever erases; `reason`: why, for
    the audit log and without personal data."""

    reason: Annotated[str, BeforeValidator(_trimmed), Field(min_length=4, max_length=200)]
    confirm: str = Field(max_length=64)


class ErasureOut(BaseModel):
    """The customer as they are now, and what was learned of their words: `lines` were taken out,
    `releases` are those whose models know them until others are trained."""

    customer: CustomerDetail
    lines: int
    releases: list[int]
