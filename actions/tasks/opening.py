"""The beginning of a task: what was said already, so that nobody says it twice."""

from __future__ import annotations

from actions import reading
from actions.conversation import Conversation
from actions.tasks import hearing
from actions.tasks.catalog import TASKS
from actions.tasks.model import Slot, Task
from actions.tasks.sheet import Sheet, slot_values
from actions.tasks.slots import SLOTS
from actions.tasks.steps import wants_of

_TICKETS = frozenset({"open_ticket", "complain"})
_LONGEST_STORY = 2_000
_OF_STORY = frozenset({"product", "amount", "date", "time", "day_part"})
"""Entities that tell what happened; numbers and addresses do not."""


def begin(
    name: str,
    conversation: Conversation,
    today: str,
    waiting: list[dict[str, object]] | None = None,
) -> Sheet:
    """A sheet for task `name` with everything that was said already, this message included."""
    turn, task = conversation.turn, TASKS[name]
    sheet = Sheet(
        name,
        slot_values(conversation.slots),
        proven=bool(conversation.slots.get("verified")),
        story=turn.text,
        waiting=list(waiting or ()),
    )
    sheet.clear()
    if name in _TICKETS and conversation.slots.get("ticket_filed"):
        sheet.values["order_number"] = None
        sheet.changed.add("order_number")
    for want in wants_of(task):
        slot = SLOTS[want.slot]
        if (value := _known(slot, conversation, today)) is not None:
            sheet.set(slot.name, value)
    if task.proof and not sheet.values.get("phone_tail") and (phone := _own_phone(sheet, task)):
        sheet.set("phone_tail", phone[-4:])
    _take_story(sheet, task, conversation)
    sheet.agreed = False
    return sheet


def _own_phone(sheet: Sheet, task: Task) -> str | None:
    """A phone that was told for nothing in particular: most likely that of the orders."""
    if any(want.slot in {"phone", "contact"} for want in task.wants):
        return None
    told = sheet.values.get("phone") or sheet.values.get("contact")
    check = SLOTS["phone"].check
    return str(told) if told and check and not check(str(told), "") else None


def _known(slot: Slot, conversation: Conversation, today: str) -> str | None:
    """What was said of `slot`, in this message or before."""
    turns = conversation.turns
    reach = turns if slot.memory is None else turns[-1 - slot.memory :]
    for turn in reversed(reach):
        if turn is not conversation.turn and slot.memory is None and slot.keeps:
            break  # Rasa's slot has it
        value = hearing.told(slot, turn)
        if value and not (slot.check and slot.check(value, today)):
            return value
    if slot.name == "phone" and (contact := conversation.text_slot("contact")):
        return contact if slot.check and not slot.check(contact, today) else None
    if slot.choices and slot.name != "reason":
        return hearing.chosen(slot, _besides_wish(conversation.turn.text, slot))
    return None


def _besides_wish(text: str, slot: Slot) -> str:
    """「我要退货」 names the task, not the way to do it."""
    if slot.name == "after_sale_kind":
        return text if "退款" in text or "没收到" in text else ""
    return text


def _take_story(sheet: Sheet, task: Task, conversation: Conversation) -> None:
    turn = conversation.turn
    free = [want.slot for want in task.wants if want.slot in {"issue", "topic", "reason", "note"}]
    if not free or turn.intent == "faq":
        return
    facts = [item for item in turn.entities if item.get("entity") not in _OF_STORY]
    told = reading.without_entities(turn.text, facts)
    for name in free:
        if sheet.values.get(name):
            continue
        if name == "reason":
            if reason := hearing.chosen(SLOTS[name], told):
                sheet.set(name, reason)
        elif reading.tells_a_story(told):
            sheet.set(name, turn.text[:_LONGEST_STORY])
        elif conversation.offer == "answer_rejected" and conversation.text_slot("last_question"):
            sheet.set(name, conversation.text_slot("last_question"))
