"""What a running task says and asks."""

from __future__ import annotations

from dataclasses import dataclass, field

from actions.conversation import Conversation
from actions.desk_action import Dispatcher, Events
from actions.tasks import engine, showing
from actions.tasks.catalog import OWN_HINTS, TASKS
from actions.tasks.model import Said
from actions.tasks.sheet import CHANGE, CONFIRM, OFFER, Sheet
from actions.tasks.slots import SLOTS
from actions.tasks.steps import Ask


@dataclass
class Running:
    """One turn of a task."""

    conversation: Conversation
    say: Dispatcher
    today: str
    sheet: Sheet
    events: Events = field(default_factory=list)
    over: bool = False


def tell(run: Running, said: Said) -> None:
    """What a task has come to, with its mark."""
    run.say.utter_message(
        response=said.response,
        json_message={"outcome": said.outcome, **said.mark},
        **said.variables,
    )


def back(run: Running) -> None:
    """The task that waited goes on."""
    run.say.utter_message(response="utter_back_to", title=TASKS[run.sheet.task].title)


def put(run: Running, ask: Ask) -> None:
    """Ask for a slot, for the go-ahead, for what is wrong, or offer a person."""
    sheet, task = run.sheet, TASKS[run.sheet.task]
    if sheet.asked != ask.what and ask.what not in {OFFER, CHANGE}:
        sheet.attempts = 0 if ask.hint is None else sheet.attempts
    sheet.asked = ask.what
    told = showing.shown(sheet.values, sheet.titles)
    say = run.say
    if ask.what == OFFER:
        say.utter_message(
            response="utter_offer_person_in_task",
            json_message={"outcome": "task", "offer": "bot_failed"},
            title=task.title,
        )
    elif ask.what == CHANGE:
        titles = [SLOTS[name].title for name in engine.changeable(sheet)]
        say.utter_message(response="utter_ask_what_to_change", buttons=_buttons(titles))
    elif ask.what == CONFIRM:
        response = f"utter_confirm_{task.name}{task.variant(sheet.values)}"
        say.utter_message(response=response, **told)
    else:
        _put_slot(run, ask, told)


def _put_slot(run: Running, ask: Ask, told: dict[str, str]) -> None:
    sheet, wording = run.sheet, ask.wording or ask.what
    if ask.hint in OWN_HINTS.get(wording, ()):
        wording = f"{wording}_{ask.hint}"
    elif ask.hint in SLOTS[ask.what].hints:
        wording = f"{ask.what}_{ask.hint}"
    options = sheet.options.get(ask.what, [])
    titles = [item.title for item in options]
    run.say.utter_message(
        response=f"utter_ask_{wording}",
        **({"buttons": _buttons(titles)} if titles else {}),
        **told,
    )


def _buttons(titles: list[str]) -> list[dict[str, str]]:
    return [{"title": title, "payload": title} for title in titles]
