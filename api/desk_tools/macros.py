"""Macros: several actions at one key, all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import select

from api.audit import service as audit
from api.auth.service import SignedIn
from api.context import Desk
from api.conversations import access, repository
from api.conversations.service import append
from api.db import Transaction
from api.desk_tools import samples, variables
from api.desk_tools.actions import Performer
from api.desk_tools.schemas import (
    MacroAction,
    MacroChange,
    MacroIn,
    NoteAction,
    ReplyAction,
    RunMacro,
)
from api.desk_tools.values import values_for
from api.errors import Conflict, NotFound
from api.i18n import say
from api.ids import new_id
from api.models import Macro
from api.naming import flush_named
from api.tickets.access import active_staff

ACTIONS: TypeAdapter[list[MacroAction]] = TypeAdapter(list[MacroAction])


@dataclass(frozen=True, slots=True)
class Done:
    """What a macro did, by kind and in order; `repeated` when it had done it before."""

    done: tuple[str, ...]
    repeated: bool


async def listing(tx: Transaction, *, inactive: bool) -> Sequence[Macro]:
    """Macros by name; switched-off ones too if wanted."""
    query = select(Macro).order_by(Macro.name)
    if not inactive:
        query = query.where(Macro.active)
    return (await tx.scalars(query)).all()


async def add(tx: Transaction, by: SignedIn, wanted: MacroIn) -> Macro:
    """A new macro; raises NameTaken, UnknownVariable, UnknownStaff."""
    await _check(tx, wanted)
    macro = _row(wanted)
    macro.updated_by = by.id
    tx.add(macro)
    await flush_named(tx)
    await _note(tx, by, macro, "added")
    return macro


async def change(tx: Transaction, by: SignedIn, macro_id: UUID, wanted: MacroChange) -> Macro:
    """Write a macro anew; raises NotFound, Conflict, NameTaken, UnknownVariable, UnknownStaff."""
    await _check(tx, wanted)
    macro = await _get(tx, macro_id)
    if macro.version != wanted.version:
        raise Conflict(version=macro.version)
    macro.name, macro.active = wanted.name, wanted.active
    macro.actions = ACTIONS.dump_python(wanted.actions, mode="json")
    macro.version += 1
    macro.updated_by = by.id
    await flush_named(tx)
    await _note(tx, by, macro, "changed")
    return macro


async def remove(tx: Transaction, by: SignedIn, macro_id: UUID) -> None:
    """Delete a macro; raises NotFound."""
    macro = await _get(tx, macro_id)
    await tx.delete(macro)
    await _note(tx, by, macro, "removed")


async def run(
    tx: Transaction,
    desk: Desk,
    conversation_id: UUID,
    staff: SignedIn,
    macro_id: UUID,
    wanted: RunMacro,
) -> Done:
    """Do everything a macro says; whatever is raised, nothing of it was done.

    The same `client_id` again does nothing: a note of the desk, seen by staff only, remembers that
    it was done. Raises NotFound, ValuesMissing, and what the actions raise, Crossed among it.
    """
    conversation = await access.find(tx, staff, conversation_id, lock=True)
    macro = await tx.get(Macro, macro_id)
    if macro is None or not macro.active:
        raise NotFound
    actions = ACTIONS.validate_python(macro.actions)
    kinds = tuple(action.kind for action in actions)
    mark = f"macro:{wanted.client_id}"
    if await repository.message_by_client_id(tx, conversation_id, "system", mark) is not None:
        return Done(kinds, repeated=True)
    append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=say("message.macro", name=macro.name),
        client_id=mark,
        staff_id=staff.id,
        private=True,
    )
    await tx.flush()
    values = await values_for(tx, conversation, staff)
    performer = Performer(
        tx, desk, conversation, staff, values, mark, wanted.after_seq, wanted.force
    )
    for place, action in enumerate(actions):
        await performer.perform(action, place)
    return Done(kinds, repeated=False)


async def seed(tx: Transaction) -> int:
    """Bring the bundled macros, once; returns how many."""
    if not await samples.wanted(tx, Macro, "macro"):
        return 0
    bundled = samples.read("macros", MacroIn)
    for each in bundled:
        await _check(tx, each)
        tx.add(_row(each))
    await tx.flush()
    return len(bundled)


def _row(wanted: MacroIn) -> Macro:
    actions = ACTIONS.dump_python(wanted.actions, mode="json")
    return Macro(id=new_id(), name=wanted.name, actions=actions, active=wanted.active)


async def _check(tx: Transaction, wanted: MacroIn) -> None:
    for action in wanted.actions:
        if isinstance(action, ReplyAction | NoteAction):
            variables.check(action.text)
        elif action.kind == "transfer" and action.agent_id is not None:
            await active_staff(tx, action.agent_id)


async def _get(tx: Transaction, macro_id: UUID) -> Macro:
    found = await tx.get(Macro, macro_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


async def _note(tx: Transaction, by: SignedIn, macro: Macro, what: str) -> None:
    data = {"what": what, "name": macro.name}
    await audit.record(tx, by, "setting_changed", "macro", macro.id, data)
