"""Taking down a ticket or a complaint step by step: one pure decision a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actions import reading
from actions.conversation import Conversation
from actions.settings import Policy

STEPS = ("issue", "order_number", "contact")
"""What is asked, in this order."""

LONGEST_ISSUE = 2_000
_LEAVES_ALWAYS = frozenset({"ask_human"})
_LEAVES_WHEN_SHORT = frozenset(
    {
        "stop",
        "goodbye",
        "greet",
        "thank",
        "bot_challenge",
        "answer_helpful",
        "answer_not_helpful",
    }
)
_SHORT = 12
_LONGEST_QUESTION = 30


@dataclass(frozen=True)
class Step:
    """What one message does to the form.

    `passed` means the message is not for the form: the bot's rules answer it and the form then
    asks again. `requested` None means that everything is there.
    """

    requested: str | None
    slots: Mapping[str, Any] = field(default_factory=dict)
    passed: bool = False


@dataclass
class _Sheet:
    """The form as it is being filled in by this message."""

    conversation: Conversation
    changed: dict[str, Any] = field(default_factory=dict)

    def value(self, name: str) -> Any:
        return self.changed.get(name, self.conversation.slots.get(name))

    @property
    def skipped(self) -> list[str]:
        return list(self.value("skipped_slots") or ())

    @property
    def attempts(self) -> int:
        return int(self.value("attempts") or 0)

    def missing(self) -> str | None:
        return next(
            (name for name in STEPS if not self.value(name) and name not in self.skipped), None
        )

    def skip(self, name: str) -> None:
        self.changed["skipped_slots"] = [*self.skipped, name]

    def note(self, text: str) -> None:
        """Add to the story; nothing the customer says is lost."""
        told = f"{self.value('issue')}\n{text}" if self.value("issue") else text
        self.changed["issue"] = told[:LONGEST_ISSUE]

    def ask(self, hint: str | None = None) -> Step:
        """Ask for what is missing; `hint` chooses the wording while it stays the same thing."""
        requested = self.missing()
        if requested != self.conversation.slots.get("requested_slot"):
            self.changed["attempts"] = 0
            hint = None if hint == "unreadable" else hint
        return Step(requested, {**self.changed, "form_hint": hint, "unclear_turns": 0})

    def ask_again(self, hint: str) -> Step:
        """The same question once more, counted."""
        self.changed["attempts"] = self.attempts + 1
        return Step(self.missing(), {**self.changed, "form_hint": hint, "unclear_turns": 0})


def take_down(conversation: Conversation, form: str, policy: Policy) -> Step:
    """Decide what the running message does to `form` (`ticket_form` or `complaint_form`)."""
    sheet = _Sheet(conversation)
    if _was_answered_elsewhere(conversation, form):
        return sheet.ask("again")
    if _starts(conversation, form):
        return _start(sheet)
    if _is_for_the_rules(conversation, form):
        return Step(sheet.missing(), passed=True)
    requested = conversation.slots.get("requested_slot")
    if requested == "issue":
        return _take_issue(sheet)
    if requested == "order_number":
        return _take_order_number(sheet, policy)
    if requested == "contact":
        return _take_contact(sheet, policy)
    return sheet.ask()


def _was_answered_elsewhere(conversation: Conversation, form: str) -> bool:
    """The form passed this message on before, and now has its turn again."""
    return any(
        event.get("event") == "action_execution_rejected" and event.get("name") == form
        for event in conversation.turn.events
    )


def _starts(conversation: Conversation, form: str) -> bool:
    return any(
        event.get("event") == "active_loop" and event.get("name") == form
        for event in conversation.turn.events
    )


def _start(sheet: _Sheet) -> Step:
    """Take over what was already said, so that nobody says it twice."""
    conversation, turn = sheet.conversation, sheet.conversation.turn
    if conversation.slots.get("ticket_filed"):
        sheet.changed["issue"] = None
        sheet.changed["order_number"] = reading.last_entity(turn.entities, "order_number")
    sheet.changed.update(ticket_filed=False, skipped_slots=[], attempts=0)
    if not sheet.value("issue"):
        if reading.tells_a_story(turn.text):
            sheet.note(turn.text)
        elif conversation.offer == "answer_rejected":
            sheet.changed["issue"] = conversation.text_slot("last_question")
    return sheet.ask()


def _is_for_the_rules(conversation: Conversation, form: str) -> bool:
    """Small talk, a wish to leave, a question with a sure answer: not what the form asked for."""
    turn = conversation.turn
    if turn.intent in _LEAVES_ALWAYS:
        return True
    if turn.intent in _LEAVES_WHEN_SHORT and len(turn.text) <= _SHORT:
        return not reading.has_nothing(turn.text) or turn.intent == "stop"
    if turn.intent == "complain" and form == "ticket_form":
        return not reading.tells_a_story(turn.text)
    return _is_known_question(conversation)


def _is_known_question(conversation: Conversation) -> bool:
    turn = conversation.turn
    if turn.intent != "faq" or turn.verdict != "answer" or not turn.ranking:
        return False
    if turn.ranking[0].score >= 1.0:
        return True
    return reading.asks_something(turn.text) and len(turn.text) <= _LONGEST_QUESTION


def _take_issue(sheet: _Sheet) -> Step:
    turn = sheet.conversation.turn
    if turn.intent in {"affirm", "deny"} and len(turn.text) <= _SHORT:
        return sheet.ask("again")
    if turn.intent in {"open_ticket", "complain"} and not reading.tells_a_story(turn.text):
        return sheet.ask("again")
    told = reading.without_entities(turn.text, turn.entities)
    if turn.entities and not reading.is_issue(told):
        return sheet.ask()  # a number only; Rasa has put it into its slot already
    if not reading.is_issue(turn.text):
        return sheet.ask_again("too_short")
    sheet.note(turn.text)
    return sheet.ask()


def _take_order_number(sheet: _Sheet, policy: Policy) -> Step:
    turn = sheet.conversation.turn
    if reading.last_entity(turn.entities, "order_number", *reading.CONTACTS, "tracking_number"):
        return sheet.ask()  # Rasa has put it into its slot already
    if reading.has_nothing(turn.text):
        sheet.skip("order_number")
        return sheet.ask()
    hint = "unreadable" if reading.is_number_like(turn.text) else _noted(sheet)
    if sheet.attempts + 1 >= policy.attempts:
        sheet.skip("order_number")
        return sheet.ask()
    return sheet.ask_again(hint)


def _take_contact(sheet: _Sheet, policy: Policy) -> Step:
    turn = sheet.conversation.turn
    if reading.last_entity(turn.entities, *reading.CONTACTS):
        return sheet.ask()
    if found := reading.wechat_id(turn.text):
        sheet.changed["contact"] = found
        return sheet.ask()
    if reading.last_entity(turn.entities, "order_number", "tracking_number"):
        return sheet.ask_again("unreadable")
    if sheet.attempts >= 1 and reading.has_nothing(turn.text):
        sheet.skip("contact")
        return sheet.ask()
    if sheet.attempts + 1 >= policy.attempts:
        sheet.skip("contact")
        return sheet.ask()
    if reading.has_nothing(turn.text):
        return sheet.ask_again("wanted")
    hint = "unreadable" if reading.is_number_like(turn.text) else _noted(sheet)
    return sheet.ask_again(hint)


def _noted(sheet: _Sheet) -> str:
    """Words instead of a number: they belong to the story when there are enough of them."""
    if not reading.is_issue(sheet.conversation.turn.text):
        return "unreadable"
    sheet.note(sheet.conversation.turn.text)
    return "noted"
