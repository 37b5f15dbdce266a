"""Declarative base and the column types used by every table."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from api.ids import new_id, now

Id = Annotated[UUID, mapped_column(Uuid(), primary_key=True, default=new_id)]
Created = Annotated[datetime, mapped_column(DateTime(timezone=True), default=now)]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]

JsonObject = dict[str, Any]
"""A JSON column; its shape is a dataclass or pydantic model named beside the column."""


class Base(DeclarativeBase):
    """Base of all tables of the desk."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        JsonObject: JSONB,
        list[JsonObject]: JSONB,
        list[str]: JSONB,
    }
