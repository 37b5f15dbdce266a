"""The survey where there is no page with a form: two messages that are answered one by one.

The notice that the conversation has ended carries the scores 1–5 as buttons; then follows the
question whether the customer would recommend the shop, 0–10 (norms §5).
"""

from __future__ import annotations

from sqlalchemy import select

from api.assistant import Button
from api.channels.wechat.menus import item_id, last_said, number_of
from api.conversations import repository
from api.conversations.rating import RATEABLE, add_nps, is_rateable, is_rated, rate
from api.conversations.service import append
from api.db import Transaction
from api.events import Event
from api.handoffs.notices import language_of
from api.i18n import LANGUAGES, say
from api.ids import now
from api.models import ChannelAccount, ChannelContact, Conversation, Message

_SCORES = range(1, 6)
_HIGHEST_NPS = 10
_SCORE = "survey:"
_NPS = "survey-nps:"
"""Beginnings of the questions' `client_id`."""


async def asks_here(tx: Transaction, conversation: Conversation) -> bool:
    """Whether the customer is asked by messages: on a channel without a page, and not rated yet."""
    if conversation.contact_id is None or is_rated(conversation):
        return False
    contact = await tx.get_one(ChannelContact, conversation.contact_id)
    account = await tx.get_one(ChannelAccount, contact.account_id)
    return bool(account.switches.get("survey", True))


def ask(tx: Transaction, conversation: Conversation) -> None:
    """Say that it has ended, with the scores to choose from; the number of a line is its score."""
    language = language_of(conversation)
    titles = [say(f"channel.survey_{score}", language) for score in _SCORES]
    append(
        tx,
        conversation,
        author="system",
        kind="notice",
        text=say("notice.closed", language),
        buttons=[Button(title=title, text=title) for title in titles],
        client_id=f"{_SCORE}{conversation.last_seq + 1}",
    )


async def answered(
    tx: Transaction, conversation: Conversation, text: str, client_id: str
) -> Message | None:
    """Keep an answer to the survey and go on with it; the customer's message.

    Another tap on a score changes nothing, and begins no new matter. None when nothing was asked,
    or `text` is no answer: nothing was changed then. The conversation must be locked by the caller.
    """
    if conversation.contact_id is None or conversation.state not in RATEABLE:
        return None
    asked = await last_said(tx, conversation)
    stage = (asked.client_id or "") if asked is not None else ""
    if stage.startswith(_NPS) and conversation.nps is None and number_of(text) is not None:
        return _take_nps(tx, conversation, text, client_id)
    if stage.startswith(_SCORE) and not is_rated(conversation):
        return await _take_score(tx, conversation, text, client_id)
    if is_rated(conversation) and _line_of(text) is not None:
        return append(tx, conversation, author="customer", text=text, client_id=client_id)
    return None


async def tapped(
    tx: Transaction, conversation: Conversation, menu_id: str, text: str, client_id: str
) -> Message | None:
    """Keep a tap on a score of the survey, whatever was said since; the message.

    It counts for the present matter only; the question of an earlier one is over, and nobody
    answers it. None for the tap of anything else. The conversation must be locked by the caller.
    """
    score = _line_of(text)
    question = await _asked_by(tx, conversation, menu_id) if score is not None else None
    if question is None:
        return None
    if question.seq < conversation.matter_seq:
        return append(tx, conversation, author="customer", text=text, client_id=client_id)
    if conversation.state in RATEABLE and not is_rated(conversation):
        return await _take_score(tx, conversation, text, client_id)
    message = append(tx, conversation, author="customer", text=text, client_id=client_id)
    if is_rated(conversation) or not await _has_something(tx, conversation):
        return message
    conversation.rating, conversation.rated_at = score, now()
    tx.emit(Event("conversation", str(conversation.id)))
    _say(tx, conversation, "survey_thanks")
    return message


async def _asked_by(tx: Transaction, conversation: Conversation, menu_id: str) -> Message | None:
    """The question whose score a menu's line is."""
    query = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.author == "system",
        Message.client_id.startswith(_SCORE),
    )
    for question in (await tx.scalars(query)).all():
        if any(menu_id == item_id(question.id, index) for index in range(len(question.buttons))):
            return question
    return None


async def _has_something(tx: Transaction, conversation: Conversation) -> bool:
    """A person had the matter, or the bot answered something in it."""
    if conversation.responsible_id is not None:
        return True
    return await repository.has_answer(tx, conversation.id, conversation.matter_seq)


async def _take_score(
    tx: Transaction, conversation: Conversation, text: str, client_id: str
) -> Message | None:
    score = score_of(text)
    if score is None or not await is_rateable(tx, conversation):
        return None
    message = append(tx, conversation, author="customer", text=text, client_id=client_id)
    await rate(tx, conversation, score, None, None)
    mark = f"{_NPS}{conversation.last_seq + 1}"
    _say(tx, conversation, "survey_nps", mark)
    return message


def _take_nps(
    tx: Transaction, conversation: Conversation, text: str, client_id: str
) -> Message | None:
    nps = number_of(text)
    if nps is None or nps > _HIGHEST_NPS:
        return None
    message = append(tx, conversation, author="customer", text=text, client_id=client_id)
    add_nps(tx, conversation, nps)
    _say(tx, conversation, "survey_thanks")
    return message


def score_of(text: str) -> int | None:
    """The score that a tapped line or a typed number stands for."""
    number = number_of(text)
    return _line_of(text) or (number if number in _SCORES else None)


def _line_of(text: str) -> int | None:
    """The score whose line was tapped."""
    for score in _SCORES:
        if text.strip() in {say(f"channel.survey_{score}", language) for language in LANGUAGES}:
            return score
    return None


def _say(tx: Transaction, conversation: Conversation, key: str, mark: str | None = None) -> None:
    text = say(f"channel.{key}", language_of(conversation))
    append(tx, conversation, author="system", kind="notice", text=text, client_id=mark)
