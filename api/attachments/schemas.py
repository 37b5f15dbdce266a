"""A file as pages see it."""

from __future__ import annotations

from uuid import UUID

from pydantic import BaseModel, ConfigDict


class AttachmentOut(BaseModel):
    """A file by id; `media_type` is what its content is, `size` in bytes."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    media_type: str
    size: int
