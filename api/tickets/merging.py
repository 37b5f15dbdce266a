"""Two tickets found to be one: what hangs on the one moves to the other, and can move back."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from api.audit import service as audit
from api.auth.service import SignedIn
from api.db import Transaction
from api.errors import Conflict, MergeNotPossible, NotMerged
from api.ids import new_id, now
from api.models import Attachment, ChecklistItem, Ticket, TicketMerge, TicketNote, TicketWatcher
from api.search import service as search
from api.tickets import access, clocks, family, history, parts
from triage.tickets import Mergeable, TicketState, may_set_priority, merge_problem
from triage.visibility import Viewer

_MOVED = {
    "ticket_note": (TicketNote.id, TicketNote.ticket_id),
    "attachment": (Attachment.id, Attachment.ticket_id),
    "checklist_item": (ChecklistItem.id, ChecklistItem.ticket_id),
    "child": (Ticket.id, Ticket.parent_id),
}
"""What points at a ticket and moves with it, by its name in `TicketMerge.moved`."""
_RAISED = "priority"
"""The priority of the other one before and after, in `TicketMerge.moved`; empty if it stayed."""


async def merge(
    tx: Transaction, viewer: Viewer, staff: SignedIn, number: str, into: str, reason: str
) -> Ticket:
    """Make a ticket part of another one of the same customer; gives the one that goes on.

    Notes, files, checklist, children and watchers move, and the higher priority holds. Raises
    NotFound, TicketMerged, MergeNotPossible.
    """
    await tx.execute(family.ONE_AT_A_TIME)
    await access.lock(tx, number, into)
    source = await access.at_work(tx, viewer, number)
    target = await access.find(tx, viewer, into, lock=True)
    problem = merge_problem(
        _mergeable(source), _mergeable(target, await family.parents_above(tx, target.id))
    )
    if problem is not None:
        raise MergeNotPossible(reason=problem)
    moved = {name: await _move(tx, name, source.id, target.id) for name in _MOVED}
    moved["watcher"] = await _copy_watchers(tx, source.id, target.id)
    moved[_RAISED] = await _raise(tx, staff, source, target)
    tx.add(
        TicketMerge(
            id=new_id(),
            source_id=source.id,
            target_id=target.id,
            source_state=source.state,
            moved=moved,
            staff_id=staff.id,
        )
    )
    source.merged_into_id = target.id
    source.state, source.closed_at = TicketState.CLOSED.value, now()
    await clocks.merged(tx, source, source.closed_at)
    source.version += 1
    target.version += 1
    history.record(tx, source, staff, "merged", into=target.number, reason=reason)
    history.record(tx, target, staff, "absorbed", number=source.number, reason=reason)
    await _found_anew(tx, source, target)
    data = {"number": source.number, "into": target.number, "reason": reason}
    await audit.record(tx, staff, "merge", "ticket", source.id, data)
    return target


async def unmerge(tx: Transaction, viewer: Viewer, staff: SignedIn, number: str) -> Ticket:
    """Undo the merge of a ticket: exactly what moved moves back; gives the ticket.

    Raises NotFound, NotMerged, and Conflict while the other one is itself part of a third.
    """
    await tx.execute(family.ONE_AT_A_TIME)
    merged = await access.find(tx, viewer, number)
    await access.lock(tx, number, *filter(None, [await parts.merged_into(tx, merged)]))
    source = await access.find(tx, viewer, number, lock=True)
    done = await tx.scalar(
        select(TicketMerge)
        .where(TicketMerge.source_id == source.id, TicketMerge.undone_at.is_(None))
        .with_for_update(key_share=True)
    )
    if done is None:
        raise NotMerged
    target = await tx.get_one(Ticket, done.target_id, with_for_update={"key_share": True})
    if target.merged_into_id is not None:
        raise Conflict(version=source.version)
    for name in _MOVED:
        await _move(tx, name, target.id, source.id, only=_ids(done.moved[name]))
    await tx.execute(
        delete(TicketWatcher).where(
            TicketWatcher.ticket_id == target.id,
            TicketWatcher.staff_id.in_(_ids(done.moved["watcher"])),
        )
    )
    await _lower(tx, viewer, staff, target, done.moved.get(_RAISED, []))
    done.undone_at, done.undone_by = now(), staff.id
    source.merged_into_id, source.closed_at = None, None
    source.state = TicketState(done.source_state).value
    await clocks.unmerged(tx, source, done.undone_at)
    source.version += 1
    target.version += 1
    history.record(tx, source, staff, "unmerged", into=target.number)
    history.record(tx, target, staff, "released", number=source.number)
    await _found_anew(tx, source, target)
    data = {"number": source.number, "into": target.number}
    await audit.record(tx, staff, "unmerge", "ticket", source.id, data)
    return source


def _mergeable(ticket: Ticket, above: Collection[UUID] = ()) -> Mergeable:
    return Mergeable(
        id=ticket.id,
        customer_id=ticket.customer_id,
        state=TicketState(ticket.state),
        merged=ticket.merged_into_id is not None,
        ancestors=frozenset(above) - {ticket.id},
        complained_at=ticket.created_at if ticket.nature == "complaint" else None,
    )


async def _move(
    tx: Transaction, name: str, start: UUID, end: UUID, only: Collection[UUID] | None = None
) -> list[str]:
    """Point at `end` what points at `start` (`only` those ids); gives the ids of what moved."""
    row_id, column = _MOVED[name]
    query = update(column.class_).where(column == start).values({column: end}).returning(row_id)
    if only is not None:
        query = query.where(row_id.in_(only))
    return [str(moved) for moved in (await tx.scalars(query)).all()]


async def _copy_watchers(tx: Transaction, source: UUID, target: UUID) -> list[str]:
    """Let who watches `source` watch `target` too; gives those who did not before."""
    query = select(TicketWatcher.staff_id).where(TicketWatcher.ticket_id == source)
    watching = (await tx.scalars(query)).all()
    if not watching:
        return []
    rows = [{"ticket_id": target, "staff_id": staff_id} for staff_id in watching]
    added = insert(TicketWatcher).values(rows).on_conflict_do_nothing()
    returned = await tx.scalars(added.returning(TicketWatcher.staff_id))
    return [str(staff_id) for staff_id in returned.all()]


async def _raise(tx: Transaction, staff: SignedIn, source: Ticket, target: Ticket) -> list[str]:
    """Give `target` the priority of `source` if that is higher: the one before and the new one."""
    before = target.priority
    if source.priority >= before:
        return []
    await _prioritise(tx, staff, target, source.priority)
    return [before, target.priority]


async def _lower(
    tx: Transaction, viewer: Viewer, staff: SignedIn, target: Ticket, raised: list[str]
) -> None:
    """Give the priority back that the merge has raised, unless it is another one since.

    P1 stays where no supervisor undoes the merge (norms §1).
    """
    if not raised or target.priority != raised[1]:
        return
    if may_set_priority(target.priority, raised[0], leads=viewer.leads):
        await _prioritise(tx, staff, target, raised[0])


async def _prioritise(tx: Transaction, staff: SignedIn, ticket: Ticket, wanted: str) -> None:
    before = ticket.priority
    history.change(tx, ticket, staff, "priority", wanted)
    await clocks.reprioritised(tx, ticket)
    data = {"number": ticket.number, "label": "priority", "from": before, "to": wanted}
    await audit.record(tx, staff, "priority_changed", "ticket", ticket.id, data)


async def _found_anew(tx: Transaction, *tickets: Ticket) -> None:
    """Their notes have moved."""
    for each in tickets:
        await search.touch_ticket(tx, each)


def _ids(texts: list[str]) -> list[UUID]:
    return [UUID(each) for each in texts]
