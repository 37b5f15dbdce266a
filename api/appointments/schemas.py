"""Visits as staff see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import AwareDatetime, BaseModel

from api.commerce.interface import AppointmentState
from api.conversations.schemas import Labelled


class AppointmentOut(BaseModel):
    """A visit. `conversation_id` is where it was booked; None: elsewhere than at this desk."""

    number: str
    service: Labelled
    starts_at: datetime
    ends_at: datetime
    state: AppointmentState
    city: str | None
    address_masked: str
    contact_masked: str
    conversation_id: UUID | None


class SlotOut(BaseModel):
    """A time to which the visit can be moved."""

    starts_at: datetime
    ends_at: datetime


class SlotList(BaseModel):
    """Free times, the next first."""

    items: list[SlotOut]


class NewTime(BaseModel):
    """When the visit shall be instead."""

    starts_at: AwareDatetime
