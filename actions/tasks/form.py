"""Carrying out what the engine decides: ask the desk, talk to the customer, set slots."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from actions.answers import ActionAnswerFaq, ActionAnswerRejected, say_answer
from actions.commerce import NotFound, NotPossible, NotVerified, TooManyAttempts, Verification
from actions.conversation import Conversation
from actions.desk_action import DeskAction, Dispatcher, Events, slot
from actions.handoff import hand_off, help_in_distress
from actions.tasks import asking, engine, hearing, showing
from actions.tasks.asking import Running
from actions.tasks.catalog import TASKS
from actions.tasks.loads import LOADS
from actions.tasks.model import Request, Said, Task
from actions.tasks.opening import begin
from actions.tasks.sheet import OFFER, PROOF, STATE, Sheet, read_sheet
from actions.tasks.slots import SLOTS
from actions.tasks.steps import (
    Aside,
    Ask,
    Help,
    Leave,
    Load,
    Move,
    Person,
    Switch,
    Verify,
    Wait,
    next_step,
)
from actions.texts import phrase
from actions.wire import GatewayInvalid

LOOP = "task_form"
"""Rasa's form; it asks nothing itself and only keeps the conversation here."""
REPLY = "task_reply"
"""The form's one slot, never filled."""

_MOST_STEPS = 12
_CAN_BE_OFFERED = 10


class TaskStuck(RuntimeError):
    """The engine asks for the same things of the desk again and again."""


class ValidateTaskForm(DeskAction):
    """Takes every message while a task runs."""

    action_name = f"validate_{LOOP}"

    async def act(self, conversation: Conversation, say: Dispatcher) -> Events:
        """Start the task or go on with it, until something has to be asked."""
        today = message_time(conversation).date().isoformat()
        sheet = read_sheet(conversation.slots)
        if sheet is None or sheet.task not in TASKS or _starts(conversation):
            run = await self._start(conversation, say, today)
            await self._go_on(run, None)
        else:
            run = Running(conversation, say, today, sheet)
            move = engine.hear(sheet, conversation, today, self.policy.attempts)
            await self._move(run, move)
        return self._events(run)

    async def _start(self, conversation: Conversation, say: Dispatcher, today: str) -> Running:
        turn = conversation.turn
        name = turn.intent if turn.intent in TASKS else turn.also_task(TASKS) or "open_ticket"
        sheet = begin(name, conversation, today)
        run = Running(conversation, say, today, sheet)
        if turn.also_key and turn.intent in TASKS:
            run.events += await say_answer(self.gateway, conversation, say, turn.also_key)
        second = turn.also_task(TASKS)
        if second and second != name:
            sheet.waiting += begin(second, conversation, today).suspend()
        if opening := TASKS[name].opening:
            say.utter_message(response=opening)
        return run

    async def _move(self, run: Running, move: Move) -> None:
        say, conversation = run.say, run.conversation
        if isinstance(move, Person):
            reason = conversation.offer or "customer_asked"
            await hand_off(self.gateway, conversation, say, reason)
            run.over = True
        elif isinstance(move, Help):
            await help_in_distress(self.gateway, conversation, say)
            run.over = True
        elif isinstance(move, Wait):
            say.utter_message(response="utter_hold_on", json_message={"outcome": "task"})
        elif isinstance(move, Leave):
            self._leave(run)
        elif isinstance(move, Switch):
            await self._switch(run, move)
        elif isinstance(move, Aside):
            await self._aside(run, move)
        else:
            await self._go_on(run, move.hint)

    def _leave(self, run: Running) -> None:
        cancels = run.sheet.task.startswith("cancel_")
        run.say.utter_message(
            response="utter_nothing_cancelled" if cancels else "utter_form_left",
            json_message={"outcome": "task"},
        )
        run.sheet.clear()
        run.over = True

    async def _switch(self, run: Running, move: Switch) -> None:
        old = run.sheet
        waiting = old.waiting if move.instead else old.suspend()
        changed = replace(run.conversation, slots={**run.conversation.slots, **old.values})
        run.sheet = begin(move.task, changed, run.today, waiting)
        run.sheet.proven = old.proven
        run.sheet.changed |= old.changed
        if opening := TASKS[move.task].opening:
            run.say.utter_message(response=opening)
        if move.instead:
            _take_over(old, run.sheet)
        else:
            run.say.utter_message(
                response="utter_first_this",
                first=TASKS[move.task].title,
                then=TASKS[old.task].title,
            )
        await self._go_on(run, None)

    async def _aside(self, run: Running, aside: Aside) -> None:
        conversation, say = run.conversation, run.say
        if aside.faq:
            run.events += await ActionAnswerFaq(self.gateway, self.policy).act(conversation, say)
            second = conversation.turn.also_task(TASKS)
            if second and second != run.sheet.task:
                await self._switch(run, Switch(second, instead=False))
                return
        elif aside.rejected:
            action = ActionAnswerRejected(self.gateway, self.policy)
            run.events += await action.act(conversation, say)
            if any(event["event"] == "active_loop" for event in run.events):
                run.over = True
                return
        else:
            say.utter_message(response=aside.response)
        await self._go_on(run, "again")

    async def _go_on(self, run: Running, hint: str | None) -> None:
        """Do what the sheet needs until it needs the customer."""
        for _ in range(_MOST_STEPS):
            if hint == OFFER:
                asking.put(run, Ask(OFFER))
                return
            step = next_step(run.sheet)
            if isinstance(step, Ask):
                asking.put(run, Ask(step.what, step.hint or hint, step.wording))
                return
            try:
                if isinstance(step, Verify):
                    hint = await self._verify(run)
                elif isinstance(step, Load):
                    hint = await self._load(run, step.slot) or hint
                else:
                    hint = await self._act(run)
            except GatewayInvalid:
                hint = OFFER  # told in a way that the desk cannot take: a person can
            if run.over:
                return
        raise TaskStuck(run.sheet.task)

    def _request(self, run: Running) -> Request:
        return Request(
            self.gateway,
            run.conversation.id,
            run.conversation.turn.message_id,
            message_time(run.conversation),
            run.sheet.values,
            showing.shown(run.sheet.values, run.sheet.titles),
        )

    async def _verify(self, run: Running) -> str | None:
        sheet = run.sheet
        body = {
            "conversation_id": run.conversation.id,
            "order_number": sheet.values["order_number"],
            "phone_last4": sheet.values["phone_tail"],
        }
        try:
            found = await self.gateway.shop("/verify", body, Verification)
        except TooManyAttempts:
            run.say.utter_message(response="utter_identity_locked")
            return OFFER
        if found.verified:
            sheet.proven, sheet.failed_proofs = True, 0
            sheet.needs_proof = False
            sheet.forget("phone_tail")
            return None
        sheet.unproven = True
        sheet.failed_proofs += 1
        if sheet.failed_proofs >= self.policy.attempts or found.attempts_left == 0:
            return OFFER
        return "wrong"

    async def _load(self, run: Running, name: str) -> str | None:
        sheet = run.sheet
        try:
            options = await LOADS[name](self._request(run))
        except NotVerified:
            _proof_again(sheet)
            return None
        sheet.options[name] = options[:_CAN_BE_OFFERED]
        if not options:
            return self._nothing_to_choose(run, name)
        if name == "slot_id":
            fitting = [item for item in options if hearing.time_fits(item, sheet.values)]
            wished = any(sheet.values.get(key) for key in ("day_part", "time"))
            sheet.options[name] = (fitting or options)[:_CAN_BE_OFFERED]
            if len(fitting) == 1 and wished:
                options = fitting
            elif wished and not fitting:
                return "other_times"
        if len(options) == 1:
            sheet.set(name, options[0].value)
            sheet.titles[name] = options[0].title
        return None

    def _nothing_to_choose(self, run: Running, name: str) -> str | None:
        sheet = run.sheet
        if name == "order_number":
            return None  # it is asked for in words
        if name == "slot_id" and sheet.values.get("date"):
            sheet.forget("date")
            return "other_times"
        run.say.utter_message(response=f"utter_none_{name}")
        if name == "slot_id":
            return OFFER
        self._finish(run)
        return None

    async def _act(self, run: Running) -> str | None:
        sheet, task = run.sheet, TASKS[run.sheet.task]
        try:
            said = await task.act(self._request(run))
        except NotVerified:
            _proof_again(sheet)
            return None
        except NotFound:
            return _not_found(sheet)
        except NotPossible as error:
            if error.reason == "slot_taken":
                sheet.forget("slot_id")
                sheet.options.pop("slot_id", None)
                return "taken"
            if error.reason == "tax_number_missing" and sheet.values.get("tax_number"):
                sheet.forget("tax_number")
                return "unreadable"
            said = _refusal(task, error.reason, self._request(run))
        asking.tell(run, said)
        if task.name in {"open_ticket", "complain", "request_repair"}:
            run.events.append(slot("ticket_filed", True))
        self._finish(run, keep=task.name in {"open_ticket", "complain", "request_repair"})
        if not run.over:
            asking.back(run)
        return None

    def _finish(self, run: Running, keep: bool = False) -> None:
        """End the task; one that waits goes on."""
        resumed = run.sheet.resume()
        if resumed is not None:
            run.sheet = resumed
            return
        if not keep:
            run.sheet.clear()
        run.over = True

    def _events(self, run: Running) -> Events:
        sheet = run.sheet
        kept = [event for event in run.events if event.get("event") == "slot"]
        values = [slot(name, sheet.values.get(name)) for name in SLOTS if name in sheet.changed]
        state = None if run.over else sheet.to_state()
        return [
            *[event for event in kept if event["name"] != "requested_slot"],
            *values,
            slot("verified", sheet.proven),
            slot(STATE, state),
            slot("unclear_turns", 0),
            slot("requested_slot", None if run.over else REPLY),
        ]


def message_time(conversation: Conversation) -> datetime:
    """When the running message was written, in the shop's time."""
    stamp: Any = conversation.turn.message.get("timestamp")
    return (
        datetime.fromtimestamp(float(stamp), showing.SHOP_TIME)
        if stamp
        else datetime.now(showing.SHOP_TIME)
    )


def _starts(conversation: Conversation) -> bool:
    return any(
        event.get("event") == "active_loop" and event.get("name") == LOOP
        for event in conversation.turn.events
    )


def _proof_again(sheet: Sheet) -> None:
    sheet.proven, sheet.needs_proof = False, True
    sheet.forget("phone_tail")


def _not_found(sheet: Sheet) -> str:
    """What was told does not exist; it is asked for again."""
    for name in ("ticket_number", "appointment_number", "order_number"):
        if sheet.values.get(name):
            sheet.forget(name)
            sheet.options.pop(name, None)
            break
    return "not_found"


def _refusal(task: Task, reason: str, request: Request) -> Said:
    known = reason in task.refusals
    name = f"utter_refused_{task.name}_{reason}" if known else "utter_refused"
    return Said(name, {**request.shown, "title": task.title}, mark={"refused": reason})


def _take_over(old: Sheet, new: Sheet) -> None:
    """A ticket instead of a task that failed knows what it was about."""
    if new.task == "open_ticket" and not new.values.get("issue"):
        known = [
            phrase("fact", title=SLOTS[key].title, value=value)
            for key, value in old.values.items()
            if value and key in SLOTS and key not in PROOF
        ]
        first = phrase("fact", title=TASKS[old.task].title, value=old.story)
        new.set("issue", "\n".join([first, *known]))
