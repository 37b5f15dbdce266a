"""The survey where there is no page with a form: two messages that are answered one by one.

The notice that the conversation has ended carries the scores 1–5 as buttons; then follows the
question whether the customer would recommend the shop, 0–10 (norms §5).
"""

from __future__ import annotations

from datetime import datetime, timedelta

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
from api.ids import new_id, now
from api.models import ChannelAccount, ChannelContact, Conversation, EarlierRating, Message
from triage.ownership import State

_SCORES = range(1, 6)
_HIGHEST_NPS = 10
_SCORE = "survey:"
_NPS = "survey-nps:"
"""Beginnings of the questions' `client_id`; then follows where their matter begins."""
QUESTIONS = "survey"
"""The beginning of both."""
GOOD_FOR = timedelta(hours=48)
"""A question that could not be sent for so long is not asked any more."""
_WITH_PEOPLE = frozenset({State.QUEUED, State.ACTIVE})


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
        client_id=_mark(_SCORE, conversation),
    )


async def answered(
    tx: Transaction, conversation: Conversation, text: str, client_id: str
) -> Message | None:
    """Keep an answer to the survey and go on with it; the customer's message.

    The words of a score count as a tap on it. None when nothing was asked, or `text` is no answer:
    nothing was changed then. The conversation must be locked by the caller.
    """
    if _line_of(text) is not None:
        questions = await _questions(tx, conversation)
        return await _count(tx, conversation, questions[0], text, client_id) if questions else None
    if conversation.state not in RATEABLE:
        return None
    asked = await last_said(tx, conversation)
    stage = (asked.client_id or "") if asked is not None else ""
    if stage.startswith(_NPS) and conversation.nps is None and number_of(text) is not None:
        return _take_nps(tx, conversation, text, client_id)
    if stage.startswith(_SCORE) and not is_rated(conversation):
        return await _take_score(tx, conversation, text, client_id)
    return None


async def tapped(
    tx: Transaction, conversation: Conversation, menu_id: str, text: str, client_id: str
) -> Message | None:
    """Keep a tap on a score of the survey, whatever was said since; the message.

    It counts for the matter that was asked about, once, and begins no new one. None for the tap of
    anything else. The conversation must be locked by the caller.
    """
    if _line_of(text) is None:
        return None
    for question in await _questions(tx, conversation):
        if any(menu_id == item_id(question.id, index) for index in range(len(question.buttons))):
            return await _count(tx, conversation, question, text, client_id)
    return None


def is_question(message: Message) -> bool:
    """Whether a message of the desk asks for an answer to the survey."""
    return message.author == "system" and (message.client_id or "").startswith(QUESTIONS)


def still_asks(question: Message, conversation: Conversation, at: datetime) -> bool:
    """Whether a question that could not be sent until now is to be asked still.

    Not if people are at the matter again: they end it with a question of their own.
    """
    if at - question.created_at > GOOD_FOR:
        return False
    scores = (question.client_id or "").startswith(_SCORE)
    earlier = question.seq < conversation.matter_seq
    if scores and not earlier and is_rated(conversation):
        return False
    if not earlier and conversation.state in RATEABLE:
        return scores or conversation.nps is None
    return scores and (earlier or conversation.state not in _WITH_PEOPLE)


def reword(tx: Transaction, question: Message, conversation: Conversation) -> None:
    """Say what the question is about, where the customer has begun with something else since."""
    if conversation.state in RATEABLE and question.seq >= conversation.matter_seq:
        return
    question.text = say("notice.survey_late", language_of(conversation))
    tx.emit(Event("message", str(conversation.id), {"changed": str(question.seq)}))


async def _questions(tx: Transaction, conversation: Conversation) -> list[Message]:
    """The questions for a score, the newest first."""
    query = select(Message).where(
        Message.conversation_id == conversation.id,
        Message.author == "system",
        Message.client_id.startswith(_SCORE),
    )
    return list(await tx.scalars(query.order_by(Message.seq.desc())))


async def _count(
    tx: Transaction, conversation: Conversation, question: Message, text: str, client_id: str
) -> Message:
    """Keep a score for the matter of its question, unless that was rated; the message."""
    earlier = question.seq < conversation.matter_seq
    if not earlier and conversation.state in RATEABLE and not is_rated(conversation):
        taken = await _take_score(tx, conversation, text, client_id)
        if taken is not None:
            return taken
    message = append(tx, conversation, author="customer", text=text, client_id=client_id)
    score = _line_of(text)
    if earlier:
        counted = await _rate_earlier(tx, conversation, _matter_of(question), score)
    else:
        counted = not is_rated(conversation) and await _has_something(tx, conversation)
        if counted:
            conversation.rating, conversation.rated_at = score, now()
    if counted:
        tx.emit(Event("conversation", str(conversation.id)))
        _say(tx, conversation, "survey_thanks")
    return message


async def _rate_earlier(
    tx: Transaction, conversation: Conversation, matter_seq: int, score: int | None
) -> bool:
    """Keep the score of a matter before the present one; False when it was rated."""
    known = select(EarlierRating.id).where(
        EarlierRating.conversation_id == conversation.id, EarlierRating.matter_seq == matter_seq
    )
    if await tx.scalar(known) is not None:
        return False
    tx.add(
        EarlierRating(
            id=new_id(),
            conversation_id=conversation.id,
            matter_seq=matter_seq,
            rating=score,
            rated_at=now(),
        )
    )
    return True


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
    _say(tx, conversation, "survey_nps", _mark(_NPS, conversation))
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


def _mark(beginning: str, conversation: Conversation) -> str:
    """The `client_id` of the next question."""
    return f"{beginning}{conversation.matter_seq}:{conversation.last_seq + 1}"


def _matter_of(question: Message) -> int:
    """Where the matter begins that a question asks about."""
    return int((question.client_id or "").split(":")[1])


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
