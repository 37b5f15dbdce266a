"""Notifications by e-mail, for those who chose so (norms §6). Off unless a server is set.

What is to be sent is claimed and committed first, sent while no transaction is open, and marked
then. A worker that dies after the server's yes sends the same mail again, a few times at most:
twice is better than never. What could not be sent within a day is not sent any more.
"""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Literal, Protocol
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy import func, or_, select

from api.db import Database, Transaction
from api.i18n import say
from api.models import Notification, Staff
from api.notifications.texts import text_of
from api.settings import Settings

log = structlog.get_logger(__name__)

_BATCH = 20
_MOST_TRIES = 3
"""So often a mail may go out without a word of what became of it."""
_CLAIM = timedelta(minutes=10)
"""A claim is over after so long: the worker is dead, or the server wants to be asked again."""
_TOO_OLD = timedelta(days=1)
_TIMEOUT_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}
_FOR_GOOD = 500
"""SMTP codes from here on say that another try is in vain."""

Outcome = Literal["sent", "refused", "later"]


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail goes: `smtp://` (STARTTLS where the server offers it) or `smtps://`."""

    host: str
    port: int
    tls: bool
    user: str
    password: str
    sender: str
    plain_login: bool = False
    """Whether the password may be sent without TLS."""


class NoTls(smtplib.SMTPException):
    """The server offers no TLS, and a password is not sent without it."""


class Post(Protocol):
    """Takes mail."""

    @property
    def sender(self) -> str:
        """The address it comes from."""

    def send(self, messages: Sequence[EmailMessage]) -> list[Outcome]:
        """Send one after the other: what became of each. A server that goes away on the way has
        no outcome for the rest.

        Raises OSError or SMTPException when it is away from the beginning.
        """


def server_of(settings: Settings) -> Server | None:
    """The server of these settings, None when no mail is to be sent."""
    if settings.smtp_url is None:
        return None
    parts = urlsplit(settings.smtp_url.get_secret_value())
    host = parts.hostname or ""
    return Server(
        host=host,
        port=parts.port or _PORTS.get(parts.scheme, 587),
        tls=parts.scheme == "smtps",
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=settings.mail_from or f"fenzhen@{host}",
        plain_login=settings.smtp_plain_login,
    )


class Smtp:
    """A real server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def sender(self) -> str:
        return self._server.sender

    def send(self, messages: Sequence[EmailMessage]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        with self._connected() as connection:
            for message in messages:
                try:
                    outcomes.append(_handed_over(connection, message))
                except (OSError, smtplib.SMTPException):
                    if not outcomes:
                        raise
                    break
        return outcomes

    def _connected(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        if server.tls:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_TIMEOUT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_SECONDS)
        try:
            self._sign_in(connection, context)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sign_in(self, connection: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server = self._server
        secure = server.tls
        if not secure:
            connection.ehlo()
            if secure := connection.has_extn("starttls"):
                connection.starttls(context=context)
        if not server.user:
            return
        if not (secure or server.plain_login):
            raise NoTls("no TLS, no password")
        connection.login(server.user, server.password)


async def send_waiting(database: Database, settings: Settings, post: Post, at: datetime) -> int:
    """Send what waits, oldest first; returns how many were dealt with, a batch at most.

    Two workers never take the same. A server that is away leaves all as it was.
    """
    async with database.transaction() as tx:
        claimed = await _claim(tx, at)
    if not claimed:
        return 0
    mails = [_mail(each, staff, settings, post.sender, at) for each, staff in claimed]
    outcomes: list[Outcome] = []
    reached = True
    try:
        outcomes = await asyncio.to_thread(post.send, mails)
    except (OSError, smtplib.SMTPException) as error:
        reached = False
        log.warning("mail.not_sent", error=type(error).__name__, waiting=len(mails))
    async with database.transaction() as tx:
        for place, (notification, _) in enumerate(claimed):
            outcome = outcomes[place] if place < len(outcomes) else None
            in_doubt = reached and place == len(outcomes)
            await _mark(tx, notification, outcome, at, in_doubt=in_doubt)
    return len(outcomes)


async def _claim(tx: Transaction, at: datetime) -> list[tuple[Notification, Staff]]:
    """A batch of what waits, claimed for this worker, with who is written to."""
    wanted = (
        select(Notification, Staff)
        .join(Staff, Staff.id == Notification.staff_id)
        .where(
            Staff.active,
            Staff.email.is_not(None),
            Staff.notify["email"].contains(func.to_jsonb(Notification.kind)),
            Notification.mailed_at.is_(None),
            Notification.read_at.is_(None),
            Notification.created_at > at - _TOO_OLD,
            Notification.mail_tries < _MOST_TRIES,
            or_(Notification.mail_claimed_at.is_(None), Notification.mail_claimed_at < at - _CLAIM),
        )
        .order_by(Notification.created_at)
        .limit(_BATCH)
        .with_for_update(of=Notification, skip_locked=True)
    )
    claimed = [(row.Notification, row.Staff) for row in await tx.execute(wanted)]
    for notification, _ in claimed:
        notification.mail_claimed_at = at
        notification.mail_tries += 1
    return claimed


async def _mark(
    tx: Transaction, claimed: Notification, outcome: Outcome | None, at: datetime, *, in_doubt: bool
) -> None:
    """Write down what became of a claimed mail.

    One that the server took for later waits until its claim is over; one that it never saw is free
    at once; one in doubt keeps its try.
    """
    found = await tx.get_one(Notification, claimed.id, with_for_update={"key_share": True})
    if outcome in ("sent", "refused"):
        found.mailed_at = at
    elif outcome == "later":
        found.mail_tries -= 1
    else:
        found.mail_claimed_at = None
        found.mail_tries -= 0 if in_doubt else 1
    if outcome == "refused":
        log.warning("mail.refused", notification=str(found.id))


def _mail(
    notification: Notification, staff: Staff, settings: Settings, sender: str, at: datetime
) -> EmailMessage:
    language = "zh" if "zh" in staff.languages or not staff.languages else "en"
    text = text_of(notification, language)
    mail = EmailMessage()
    mail["From"], mail["To"] = sender, staff.email
    mail["Subject"] = say("mail.subject", language, text=" ".join(text.split()))
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(str(notification.id), domain=sender.rpartition("@")[2])
    mail.set_content(
        say("mail.body", language, name=staff.display_name, text=text, url=settings.base_url)
    )
    return mail


def _handed_over(connection: smtplib.SMTP, message: EmailMessage) -> Outcome:
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
    except smtplib.SMTPDataError as error:
        codes = [error.smtp_code]
    else:
        return "sent"
    connection.rset()
    return "refused" if min(codes) >= _FOR_GOOD else "later"
