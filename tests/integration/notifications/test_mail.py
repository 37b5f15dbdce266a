"""E-mail to those who chose it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from smtplib import SMTPNotSupportedError

import psycopg
import pytest
from pydantic import SecretStr

from api.ids import new_id, now
from api.models import Alert
from api.notifications.mail import NoTls, Outcome, Post, Smtp, send_waiting, server_of
from api.notifications.pruning import prune
from api.policies.service import policies
from api.settings import Settings
from tests.integration.notifications.test_notifications import tell
from tests.support.mail_server import MailServer, mail_server
from tests.support.rig import Rig, settings_for

CLAIM = timedelta(minutes=11)
"""By then a claim of before is over."""


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server."""
    with mail_server() as running:
        yield running


def told_of(server: MailServer) -> Settings:
    url = SecretStr(f"smtp://127.0.0.1:{server.port}")
    return settings_for(
        *("postgresql://", "redis://", Path()),
        smtp_url=url,
        mail_from="desk@shop.test",
        public_url="https://desk.shop.test",
    )


async def wants(rig: Rig, username: str, *kinds: str, address: str | None = None) -> None:
    """Let somebody choose to be told by e-mail."""
    listed = ", ".join(f'"{kind}"' for kind in kinds)
    await rig.rows(
        "UPDATE staff SET email = :address, notify = CAST(:notify AS jsonb)"
        " WHERE username = :name RETURNING 1",
        address=address or f"{username}@shop.test",
        notify=f'{{"email": [{listed}]}}',
        name=username,
    )


async def send(rig: Rig, server: MailServer, after: timedelta = timedelta()) -> int:
    settings = told_of(server)
    where = server_of(settings)
    assert where is not None
    return await send_waiting(rig.database, settings, Smtp(where), now() + after)


@dataclass
class Posted(Post):
    """A post that only notes what it is given; `on_the_way` happens before it has an answer."""

    on_the_way: Callable[[], object]
    sent: list[EmailMessage] = field(default_factory=list)
    sender: str = "desk@shop.test"

    def send(self, messages: Sequence[EmailMessage]) -> list[Outcome]:
        self.sent += messages
        self.on_the_way()
        return ["sent" for _ in messages]


class WorkerKilled(Exception):
    """What ends a worker in the middle of its work."""


def killed() -> None:
    raise WorkerKilled


async def test_those_who_chose_it_get_one_mail_with_masked_numbers(
    rig: Rig, server: MailServer
) -> None:
    await wants(rig, "agent", "ticket_assigned", "sla_breach")
    late = {"deadline": "首次响应", "title": "请回电 13812345678"}
    await tell(rig, "agent", "supervisor", kind="sla_breach", **late)
    await tell(rig, "agent", kind="assigned", customer="林女士")
    assert await send(rig, server) == 1
    assert await send(rig, server) == 0
    (mail,) = server.taken
    assert (mail["From"], mail["To"]) == ("desk@shop.test", "agent@shop.test")
    assert "首次响应已超时" in mail["Subject"]
    text = mail.get_content()
    assert "首次响应已超时：请回电 138****5678" in text
    assert "https://desk.shop.test" in text


async def test_two_workers_send_each_mail_once(rig: Rig, server: MailServer) -> None:
    await wants(rig, "agent", "ticket_assigned")
    for number in range(15):
        await tell(rig, "agent", number=f"T{number}", title="x")
    await asyncio.gather(send(rig, server), send(rig, server), send(rig, server))
    while await send(rig, server):
        pass
    assert len(server.taken) == 15


async def test_who_is_refused_for_good_holds_nobody_up(rig: Rig, server: MailServer) -> None:
    await wants(rig, "agent", "ticket_assigned")
    await wants(rig, "supervisor", "ticket_assigned")
    await wants(rig, "admin", "ticket_assigned")
    server.unknown, server.full = {"agent@shop.test"}, {"supervisor@shop.test"}
    await tell(rig, "agent", "supervisor", "admin", number="T1", title="x")
    await send(rig, server)
    assert [mail["To"] for mail in server.taken] == ["admin@shop.test"]
    server.full = set()
    assert await send(rig, server) == 0
    await send(rig, server, CLAIM)
    assert [mail["To"] for mail in server.taken] == ["admin@shop.test", "supervisor@shop.test"]


async def test_a_server_that_is_away_loses_nothing_for_a_day(rig: Rig) -> None:
    await wants(rig, "agent", "ticket_assigned")
    await tell(rig, "agent", number="T1", title="x")
    with mail_server() as gone:
        pass
    assert await send(rig, gone) == 0
    with mail_server() as back:
        settings = told_of(back)
        where = server_of(settings)
        assert where is not None
        late = now() + timedelta(days=2)
        assert await send_waiting(rig.database, settings, Smtp(where), late) == 0
        assert await send(rig, back) == 1


async def test_while_mail_is_sent_nothing_is_locked_and_nobody_else_sends_it(rig: Rig) -> None:
    await wants(rig, "agent", "ticket_assigned")
    await tell(rig, "agent", number="T1", title="x")
    settings = rig.desk.settings

    def look() -> None:
        with psycopg.connect(settings.libpq_url) as other:
            other.execute("SELECT id FROM notification FOR UPDATE NOWAIT").fetchall()
        assert asyncio.run_coroutine_threadsafe(second(), loop).result(10) == 0

    async def second() -> int:
        return await send_waiting(rig.database, settings, Posted(killed), now())

    loop = asyncio.get_running_loop()
    post = Posted(look)
    assert await send_waiting(rig.database, settings, post, now()) == 1
    assert len(post.sent) == 1
    assert await rig.scalar("SELECT count(*) FROM notification WHERE mailed_at IS NULL") == 0


async def test_a_worker_that_dies_before_the_answer_sends_again_but_not_for_ever(rig: Rig) -> None:
    await wants(rig, "agent", "ticket_assigned")
    await tell(rig, "agent", number="T1", title="x")
    post, at = Posted(killed), now()
    for _ in range(3):
        with pytest.raises(WorkerKilled):
            await send_waiting(rig.database, rig.desk.settings, post, at)
        assert await send_waiting(rig.database, rig.desk.settings, post, at) == 0
        at += CLAIM
    assert await send_waiting(rig.database, rig.desk.settings, post, at) == 0
    assert len(post.sent) == 3


async def test_a_server_that_hangs_up_costs_a_try_of_the_mail_on_the_way_alone(rig: Rig) -> None:
    await wants(rig, "agent", "ticket_assigned")
    for number in range(3):
        await tell(rig, "agent", number=f"T{number}", title="x")

    class HangsUp(Posted):
        def send(self, messages: Sequence[EmailMessage]) -> list[Outcome]:
            return super().send(messages)[:1]

    assert await send_waiting(rig.database, rig.desk.settings, HangsUp(lambda: None), now()) == 1
    rows = await rig.rows("SELECT mail_tries FROM notification ORDER BY created_at")
    assert [row.mail_tries for row in rows] == [1, 1, 0]
    post = Posted(lambda: None)
    assert await send_waiting(rig.database, rig.desk.settings, post, now()) == 2


async def test_no_password_is_sent_without_tls_unless_that_is_allowed(server: MailServer) -> None:
    url = f"smtp://desk:secret@127.0.0.1:{server.port}"
    settings = settings_for("postgresql://", "redis://", Path(), smtp_url=url)
    where = server_of(settings)
    assert where is not None
    with pytest.raises(NoTls):
        Smtp(where).send([])
    assert "AUTH" not in server.words
    with pytest.raises(SMTPNotSupportedError):  # it goes on to the login, which this server lacks
        Smtp(replace(where, plain_login=True)).send([])


async def test_what_staff_were_told_and_what_is_over_is_kept_for_a_set_time(rig: Rig) -> None:
    await tell(rig, "agent", number="T1", title="x")
    async with rig.database.transaction() as tx:
        rules = (await policies(tx)).privacy
        for ended_at in (None, now()):
            about = {"kind": "burst", "subject_kind": "queue", "subject_id": new_id()}
            tx.add(Alert(**about, level="lead", ended_at=ended_at))

    async def left(days: float) -> tuple[int, int]:
        async with rig.database.transaction() as tx:
            await prune(tx, now() + timedelta(days=days))
        told = await rig.scalar("SELECT count(*) FROM notification")
        return told, await rig.scalar("SELECT count(*) FROM alert")

    assert await left(rules.notifications_kept_days - 0.1) == (1, 2)
    assert await left(rules.notifications_kept_days + 0.1) == (0, 2)
    assert await left(rules.alerts_kept_days + 0.1) == (0, 1)


async def test_what_was_read_in_the_console_is_not_sent(rig: Rig, server: MailServer) -> None:
    agent = await rig.staff()
    await wants(rig, "agent", "ticket_assigned")
    await tell(rig, "agent", number="T1", title="x")
    await agent.post("/api/v1/notifications/read", json={"all": True})
    assert await send(rig, server) == 0


def test_without_a_server_nothing_is_sent() -> None:
    settings = settings_for("postgresql://", "redis://", Path(), smtp_url="")
    assert server_of(settings) is None


def test_a_server_is_read_from_its_address() -> None:
    url = "smtps://desk%40shop.test:p%20w@mail.shop.test"
    server = server_of(settings_for("postgresql://", "redis://", Path(), smtp_url=url))
    assert server is not None
    assert (server.host, server.port, server.tls) == ("mail.shop.test", 465, True)
    assert (server.user, server.password) == ("desk@shop.test", "p w")
    assert server.sender == "fenzhen@mail.shop.test"
