"""E-mail to those who chose it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from api.ids import now
from api.notifications.mail import Smtp, send_waiting, server_of
from api.settings import Settings
from tests.integration.notifications.test_notifications import tell
from tests.support.mail_server import MailServer, mail_server
from tests.support.rig import Rig, settings_for


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


async def send(rig: Rig, server: MailServer) -> int:
    settings = told_of(server)
    where = server_of(settings)
    assert where is not None
    return await send_waiting(rig.database, settings, Smtp(where), now())


async def test_those_who_chose_it_get_one_mail_with_masked_numbers(
    rig: Rig, server: MailServer
) -> None:
    await wants(rig, "agent", "ticket_assigned", "sla_breach")
    await tell(rig, "agent", "supervisor", number="T1", title="请回电 13812345678")
    await tell(rig, "agent", kind="assigned", customer="林女士")
    assert await send(rig, server) == 1
    assert await send(rig, server) == 0
    (mail,) = server.taken
    assert (mail["From"], mail["To"]) == ("desk@shop.test", "agent@shop.test")
    assert "工单 T1 分派给您" in mail["Subject"]
    text = mail.get_content()
    assert "138****5678" in text
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
    await send(rig, server)
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
