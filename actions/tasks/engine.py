"""One message in a task: what it changes. Pure."""

from __future__ import annotations

import re
import unicodedata

from actions import reading
from actions.conversation import Conversation, Turn
from actions.tasks import hearing
from actions.tasks.catalog import TASKS
from actions.tasks.model import Option, Slot, Task
from actions.tasks.sheet import CHANGE, CONFIRM, OFFER, PROOF, Sheet
from actions.tasks.slots import SLOTS
from actions.tasks.steps import (
    Aside,
    Ask,
    Go,
    Help,
    Leave,
    Move,
    Person,
    Switch,
    Wait,
    needs_proof,
    next_step,
    wants_of,
)

_SMALL_TALK = {
    "greet": "utter_greet",
    "thank": "utter_thank",
    "bot_challenge": "utter_bot_challenge",
    "answer_helpful": "utter_glad_helped",
}
_TO_A_PERSON, _OWN_SMALL_TALK = "ask_human", "chat_"
"""How the intents begin that go to a person, and those an admin added with an answer."""
_SHORT = 12
_LONGEST_STORY = 2_000
_INSTEAD = ("还是", "算了", "不如", "改成", "不取消", "不退了", "直接")
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")
_CANCELLED = {"cancel_order": "订单|单子", "cancel_appointment": "预约"}
"""What tasks that cancel something cancel, as customers call it."""
_TICKETS = frozenset({"open_ticket", "complain"})


def hear(sheet: Sheet, conversation: Conversation, today: str, patience: int) -> Move:
    """What the running message does to the task at hand; the sheet takes what it tells."""
    turn = conversation.turn
    if (end := _ends(sheet, turn)) is not None:
        return end
    offered = sheet.asked == OFFER
    if offered and hearing.agrees(turn):
        return Person()
    if _only_says(sheet, turn, "hold_on"):
        return Wait()
    if offered and isinstance(step := next_step(sheet), Ask):
        sheet.asked = step.what  # another try at what did not work
    if option := hearing.picked(sheet.options.get(sheet.asked or "", []), turn):
        return _pick(sheet, option)
    if hearing.is_question(turn) and not _tells_asked(sheet, turn):
        return Aside(faq=True)
    if (move := _presses_or_closes(sheet, turn, patience)) is not None:
        return move
    if sheet.asked == CONFIRM and _agrees(sheet, turn):
        sheet.agreed = True
        return Go()
    if (move := _other_task(sheet, turn, offered)) is not None:
        return move
    if hearing.corrects(turn) or sheet.asked in {CONFIRM, CHANGE}:
        return _correct(sheet, turn, today, patience)
    return _fill(sheet, turn, today, patience)


def _ends(sheet: Sheet, turn: Turn) -> Move | None:
    """What ends a task, whatever was asked."""
    if turn.intent == "distress":
        return Help()
    if turn.intent.startswith(_TO_A_PERSON):
        return Person()
    if hearing.leaves(turn) and not _answers_the_question(sheet, turn):
        return Leave()
    return None


def _agrees(sheet: Sheet, turn: Turn) -> bool:
    """「确认取消」 and 「取消吧」 are a yes only where something is to be cancelled."""
    if (what := _CANCELLED.get(sheet.task)) and hearing.cancels(turn, what):
        return True
    return hearing.agrees(turn) and ("取消" not in turn.text or what is not None)


def _pick(sheet: Sheet, option: Option) -> Go:
    name = sheet.asked or ""
    sheet.set(name, option.value)
    sheet.titles[name] = option.title
    sheet.attempts = 0
    return Go()


def _answers_the_question(sheet: Sheet, turn: Turn) -> bool:
    """「取消吧」 agrees to cancelling an order, 「不想要了」 is a reason for a return, and 「不用」
    skips what may be skipped."""
    if sheet.asked == CONFIRM and _agrees(sheet, turn):
        return True
    slot = SLOTS.get(sheet.asked or "")
    if slot and turn.text.strip() in {choice.title for choice in slot.choices}:
        return True
    nothing = reading.has_nothing(turn.text) or turn.intent == "nothing_more"
    return nothing and _skippable(sheet, sheet.asked) and turn.intent != "stop"


def _only_says(sheet: Sheet, turn: Turn, intent: str) -> bool:
    """Is the message that and no answer besides?

    Where any words are an answer (what happened, for what reason), only short ones are small talk.
    """
    slot = SLOTS.get(sheet.asked or "")
    longest = _SHORT if slot is not None and slot.least else 2 * _SHORT
    if turn.intent != intent or len(turn.text) > longest:
        return False
    if hearing.picked(sheet.options.get(sheet.asked or "", []), turn):
        return False
    return not _tells_wanted(sheet, turn)


def _presses_or_closes(sheet: Sheet, turn: Turn, patience: int) -> Move | None:
    """「人呢」 and 「就这些」."""
    if _only_says(sheet, turn, "urge_reply"):
        return Aside("utter_urge_reply_in_task")
    return _no_more(sheet, patience) if _only_says(sheet, turn, "nothing_more") else None


def _no_more(sheet: Sheet, patience: int) -> Move:
    """「就这些」: no value for what may be left out, nothing to change in a summary."""
    name = sheet.asked or ""
    if name == CHANGE:
        sheet.asked, sheet.attempts = None, 0
        return Go()
    return (
        _has_nothing(sheet, name, patience) if name in SLOTS else _failed(sheet, "again", patience)
    )


def _tells_asked(sheet: Sheet, turn: Turn) -> bool:
    slot = SLOTS.get(sheet.asked or "")
    return slot is not None and hearing.told(slot, turn) is not None


def _only_tells(sheet: Sheet, turn: Turn) -> bool:
    """「后天下午」 is something this task wants to know, whatever else may begin with it."""
    if any(mark.isalnum() for mark in reading.without_entities(turn.text, turn.entities)):
        return False
    return _tells_wanted(sheet, turn)


def _tells_wanted(sheet: Sheet, turn: Turn) -> bool:
    return any(hearing.told(SLOTS[it.slot], turn) for it in wants_of(TASKS[sheet.task], sheet))


def _other_task(sheet: Sheet, turn: Turn, offered: bool) -> Switch | None:
    name = turn.intent
    if name not in TASKS or name == sheet.task:
        return None
    if _tells_asked(sheet, turn) or _only_tells(sheet, turn):
        return None
    slot = SLOTS.get(sheet.asked or "")
    if slot is not None and slot.least and reading.tells_a_story(turn.text):
        return None
    if slot is not None and _chooses(sheet, slot, turn):
        return None
    if sheet.task in _TICKETS and name in _TICKETS and reading.tells_a_story(turn.text):
        return None
    instead = any(word in turn.text for word in _INSTEAD) or offered
    return Switch(name, instead or (sheet.task in _TICKETS and name in _TICKETS))


def _chooses(sheet: Sheet, slot: Slot, turn: Turn) -> bool:
    options = sheet.options.get(slot.name, [])
    return bool(
        hearing.picked(options, turn)
        or (len(turn.text) <= _SHORT and hearing.chosen(slot, turn.text))
    )


def _take_told(sheet: Sheet, turn: Turn, today: str) -> tuple[list[str], str | None]:
    """Take every entity the task can use; also the first thing wrong with one of them."""
    taken: list[str] = []
    wrong = None
    for want in wants_of(TASKS[sheet.task], sheet):
        slot = SLOTS[want.slot]
        value = hearing.told(slot, turn)
        if value is None:
            continue
        problem = slot.check(value, today) if slot.check else None
        if problem is None:
            sheet.set(slot.name, value)
            taken.append(slot.name)
        elif sheet.asked in {slot.name, CONFIRM, CHANGE} or slot.name == "date":
            wrong = wrong or f"{slot.name}:{problem}"
    return [*taken, *_take_tail(sheet, turn)], wrong


def _take_tail(sheet: Sheet, turn: Turn) -> list[str]:
    """Four digits beside the order number, when both were asked for."""
    if sheet.asked not in PROOF or not needs_proof(sheet, TASKS[sheet.task]):
        return []
    words = reading.without_entities(turn.text, turn.entities)
    rest = _FOUR_DIGITS.findall(unicodedata.normalize("NFKC", words))
    if len(rest) != 1 or (sheet.values.get("phone_tail") and not sheet.unproven):
        return []
    sheet.set("phone_tail", rest[0])
    return ["phone_tail"]


def _correct(sheet: Sheet, turn: Turn, today: str, patience: int) -> Move:
    """Put right what the message names; the rest stays."""
    task = TASKS[sheet.task]
    if sheet.asked == CHANGE and hearing.agrees(turn):
        sheet.asked, sheet.attempts = None, 0  # nothing is to be changed after all
        return Go()
    taken, wrong = _take_told(sheet, turn, today)
    address = sheet.values.get("address")
    if not taken and address and (anew := hearing.amended(str(address), turn.text)):
        sheet.set("address", anew)
        taken.append("address")
    if wrong:
        name, _, hint = wrong.partition(":")
        sheet.forget(name)
        return Go(hint)
    asked = SLOTS.get(sheet.asked or "")
    for want in wants_of(task, sheet):
        slot = SLOTS[want.slot]
        if slot.name in taken or (not sheet.values.get(slot.name) and slot is not asked):
            continue
        value = hearing.corrected(slot, turn)
        if value and (slot.check is None or not slot.check(value, today)):
            sheet.set(slot.name, value)
            taken.append(slot.name)
    if taken:
        sheet.asked, sheet.attempts = None, 0
        return Go()
    return _what_is_wrong(sheet, turn, today, patience)


def _what_is_wrong(sheet: Sheet, turn: Turn, today: str, patience: int) -> Move:
    """Something is to be changed and the message does not say to what."""
    named = _named(sheet, turn)
    if named is not None:
        sheet.forget(named)
        sheet.options.pop(named, None)
        sheet.asked, sheet.attempts = None, 0
        return Go()
    if sheet.asked in SLOTS and not hearing.refuses(turn):
        return _fill(sheet, turn, today, patience)
    if sheet.asked == CHANGE or not (hearing.corrects(turn) or hearing.refuses(turn)):
        return _aside(turn) or _failed(sheet, "again", patience)
    sheet.asked = CHANGE
    return Go()


def _named(sheet: Sheet, turn: Turn) -> str | None:
    """The filled slot that the message names."""
    filled = changeable(sheet)
    text = turn.text.strip()
    exact = [name for name in filled if text == SLOTS[name].title]
    return next(iter(exact or [name for name in filled if SLOTS[name].names.search(text)]), None)


def changeable(sheet: Sheet) -> list[str]:
    """What the customer may change: filled, and not the proof."""
    names = [want.slot for want in TASKS[sheet.task].wants]
    return [name for name in names if sheet.values.get(name)]


def _aside(turn: Turn) -> Aside | None:
    """Small talk and the like that is no answer to any question."""
    if turn.intent in _SMALL_TALK and len(turn.text) <= _SHORT:
        return Aside(_SMALL_TALK[turn.intent])
    if turn.intent.startswith(_OWN_SMALL_TALK):
        return Aside(f"utter_{turn.intent}")
    if turn.intent == "out_of_scope" and reading.asks_something(turn.text):
        return Aside("utter_out_of_scope")
    if turn.intent == "answer_not_helpful" and len(turn.text) <= _SHORT:
        return Aside(rejected=True)
    return None


def _fill(sheet: Sheet, turn: Turn, today: str, patience: int) -> Move:
    """The answer to what was asked, with whatever else it tells."""
    task, name = TASKS[sheet.task], sheet.asked or ""
    slot = SLOTS.get(name)
    taken, wrong = _take_told(sheet, turn, today)
    if wrong:
        return _failed(sheet, wrong.partition(":")[2], patience)
    if slot is None or name in taken:
        sheet.attempts = 0
        return Go()
    if (aside := _aside(turn)) is not None and not reading.has_nothing(turn.text):
        return aside
    if reading.has_nothing(turn.text) and name not in {"issue", "topic", "reason"}:
        return _has_nothing(sheet, name, patience)
    return _fill_asked(sheet, task, slot, turn, today, patience, bool(taken))


def _fill_asked(
    sheet: Sheet, task: Task, slot: Slot, turn: Turn, today: str, patience: int, took: bool
) -> Move:
    if slot.name == "issue":
        return _take_issue(sheet, turn, took)
    if slot.least and (turn.intent == task.name or hearing.agrees(turn)):
        return Go()
    value = hearing.answered(slot, turn)
    if took and slot.least:
        rest = reading.without_entities(turn.text, turn.entities)
        value = rest.strip("，, 。") if reading.is_issue(rest) else None
    if value is None and took:
        return Go()
    if value is None:
        return _failed(sheet, _noted(sheet, slot, turn), patience)
    problem = slot.check(value, today) if slot.check else None
    if problem is not None:
        return _failed(sheet, problem, patience)
    sheet.set(slot.name, value)
    sheet.attempts = 0
    return Go()


def _take_issue(sheet: Sheet, turn: Turn, took: bool) -> Move:
    said = reading.without_entities(turn.text, turn.entities)
    if (turn.entities and not reading.is_issue(said)) or (took and not reading.is_issue(said)):
        return Go()
    if turn.intent in {"affirm", "deny"} and len(turn.text) <= _SHORT:
        return Go()
    if turn.intent in TASKS and not reading.tells_a_story(turn.text):
        return Go()
    if not reading.is_issue(turn.text):
        return Go("too_short")
    sheet.set("issue", turn.text[:_LONGEST_STORY])
    sheet.attempts = 0
    return Go()


def _has_nothing(sheet: Sheet, name: str, patience: int) -> Move:
    """「没有」 to a question: skipped where that is possible, else said why it is needed."""
    if name == "contact" and _skippable(sheet, name) and sheet.attempts == 0:
        sheet.attempts = 1
        return Go("wanted")
    if _skippable(sheet, name):
        sheet.skipped.append(name)
        sheet.attempts = 0
        return Go()
    return _failed(sheet, "missing", patience)


def _noted(sheet: Sheet, slot: Slot, turn: Turn) -> str:
    """Words instead of a number: they belong to the story when there are enough of them."""
    story = sheet.values.get("issue")
    if not story or reading.is_number_like(turn.text) or not reading.is_issue(turn.text):
        return "unreadable"
    sheet.set("issue", f"{story}\n{turn.text}"[:_LONGEST_STORY])
    return "noted" if slot.name in {"order_number", "contact"} else "unreadable"


def _failed(sheet: Sheet, hint: str, patience: int) -> Move:
    """Not what was asked for: counted, and after too many times something else is offered."""
    sheet.attempts += 1
    if sheet.attempts < patience:
        return Go(hint)
    name = sheet.asked or ""
    if _skippable(sheet, name):
        sheet.skipped.append(name)
        sheet.attempts = 0
        return Go()
    sheet.attempts = 0
    return Go(OFFER)


def _skippable(sheet: Sheet, name: str | None) -> bool:
    return any(want.slot == name and want.skippable for want in TASKS[sheet.task].wants)
