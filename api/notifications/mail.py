"""Notifications by e-mail, for those who chose so (norms §6). Off unless a server is set.

Mail is sent at least once: when the worker dies between the server's yes and its own commit, the
same mail goes out again. What could not be sent within a day is not sent any more.
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
from sqlalchemy import func, select

from api.db import Database
from api.i18n import say
from api.models import Notification, Staff
from api.notifications.texts import text_of
from api.settings import Settings

log = structlog.get_logger(__name__)

_BATCH = 20
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
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
        if server.user:
            connection.login(server.user, server.password)
        return connection


async def send_waiting(database: Database, settings: Settings, post: Post, at: datetime) -> int:
    """Send what waits, oldest first; returns how many were dealt with, a batch at most.

    Two workers never take the same. A server that is away leaves all as it was.
    """
    async with database.transaction() as tx:
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
            )
            .order_by(Notification.created_at)
            .limit(_BATCH)
            .with_for_update(of=Notification, skip_locked=True)
        )
        waiting = [(row.Notification, row.Staff) for row in await tx.execute(wanted)]
        if not waiting:
            return 0
        mails = [_mail(each, staff, settings, post.sender, at) for each, staff in waiting]
        try:
            taken = await asyncio.to_thread(post.send, mails)
        except (OSError, smtplib.SMTPException) as error:
            log.warning("mail.not_sent", error=type(error).__name__, waiting=len(mails))
            return 0
        for (notification, _), outcome in zip(waiting, taken, strict=False):
            if outcome != "later":
                notification.mailed_at = at
            if outcome == "refused":
                log.warning("mail.refused", notification=str(notification.id))
        return len(taken)


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
