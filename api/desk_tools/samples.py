"""What a fresh desk comes with: ready replies and macros, brought once."""

from __future__ import annotations

from importlib import resources
from typing import TypeVar

import yaml
from pydantic import BaseModel
from sqlalchemy import exists, select

from api.db import Transaction
from api.models import AuditRecord, CannedReply, Macro

Body = TypeVar("Body", bound=BaseModel)


def read(kind: str, body: type[Body]) -> list[Body]:
    """The bundled things of `<kind>.yml` here; raises ValidationError."""
    text = resources.files(__package__).joinpath(f"{kind}.yml").read_text(encoding="utf-8")
    return [body.model_validate(raw) for raw in yaml.safe_load(text)]


async def wanted(tx: Transaction, table: type[CannedReply | Macro], subject_kind: str) -> bool:
    """Whether there are none and nobody has ever added, changed or removed one."""
    touched = exists().where(AuditRecord.subject_kind == subject_kind)
    present = exists(select(table.id))
    return not await tx.scalar(select(present | touched))
